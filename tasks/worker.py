"""The worker process: reads a shard's raw files, cleans them, and leaves Parquet in staging.

Started as ``python -P -m tasks.worker``, it takes one job a line on standard input and answers one line
each. It imports the core and pyarrow, never Prefect (whose import would cost every worker seconds), and
ends at once when its standard input closes, so that it cannot outlive the run that started it.
"""

import hashlib
import json
import mmap
import os
import queue
import resource
import struct
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.clean import clean_source
from newsmill.cleaned import Cleaned
from newsmill.identity import content_hash, record_id
from newsmill.paths import from_raw_path
from newsmill.readers import Reader, reader_for
from newsmill.record import Record, Source
from newsmill.rejection import Rejected
from newsmill.rules import Rules
from newsmill.schema import LedgerLine
from tasks.failpoints import failpoint
from tasks.files import RawFolder
from tasks.parquet import arrow_schema
from tasks.rules import load_rules
from tasks.staged import ARTICLES, LISTING, RECORDS, Job

#: Address space of a worker: a file that needs more is quarantined, the machine stays usable.
MEMORY_LIMIT = 4 * 2**30
_FLUSH_CHARS = 4_000_000
_COUNTER = struct.Struct("<qq")
COUNTER_BYTES = _COUNTER.size


@dataclass(frozen=True, slots=True)
class _Listed:
    raw_path: str
    size: int
    mtime_ns: int
    inode: int
    sha256: str | None


class Counter:
    """Where a worker stands, in shared memory: the file it is at and the bytes it has behind it.

    The parent reads it for the progress bar, to notice a file that never ends, and to name the file at
    which a worker died.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), COUNTER_BYTES)

    def write(self, place: int, done_bytes: int) -> None:
        """Say that the worker begins the file at ``place``."""
        _COUNTER.pack_into(self._memory, 0, place, done_bytes)

    def read(self) -> tuple[int, int]:
        """Give the place and the bytes last written."""
        place, done_bytes = _COUNTER.unpack_from(self._memory, 0)
        return place, done_bytes


class _Columns:
    """Rows on their way to a staged Parquet file, column by column."""

    def __init__(self, path: Path, schema: pa.Schema, dictionary: list[str]) -> None:
        self._schema = schema
        self._columns: list[list[Any]] = [[] for _ in schema]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="lz4",
            use_dictionary=dictionary,  # type: ignore[arg-type] # pyarrow-stubs: all columns or none
            write_statistics=False,
        )

    def add(self, *row: Any) -> None:
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)

    def extend(self, *columns: list[Any]) -> None:
        for column, values in zip(self._columns, columns, strict=True):
            column.extend(values)

    def flush(self) -> None:
        if self._columns[0]:
            arrays = [_array(c, field.type) for c, field in zip(self._columns, self._schema, strict=True)]
            self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
            self._columns = [[] for _ in self._schema]

    def close(self) -> None:
        self.flush()
        self._writer.close()


def _array(values: list[Any], kind: pa.DataType) -> "pa.Array[Any]":
    if kind == pa.uuid():  # from bytes: pyarrow's own way through uuid.UUID costs several times as much
        return pa.ExtensionArray.from_storage(kind, pa.array(values, pa.binary(16)))
    return pa.array(values, kind)


class _Shard:
    """One job at work: its three outputs and how many characters wait to be written."""

    def __init__(self, job: Job, rules: Rules) -> None:
        self._job = job
        self._rules = rules
        self._waiting = 0
        output = Path(job.output)
        output.mkdir(parents=True, exist_ok=True)
        self._records = _Columns(
            output / "records.parquet", RECORDS, ["outcome", "raw_format", "outlet", "outlet_domain"]
        )
        self._articles = _Columns(output / "articles.parquet", ARTICLES, ["language", "outlet", "run_id"])
        self._lines = _Columns(output / "lines.parquet", arrow_schema(LedgerLine), ["article_id", "fate", "rule"])

    def run(self) -> None:
        """Read and clean every listed file."""
        counter = Counter(Path(self._job.counter))
        listing = pq.read_table(self._job.listing, schema=LISTING).to_pylist()
        done_bytes = 0
        with RawFolder(Path(self._job.raw)) as raw:
            for place, row in enumerate(listing):
                counter.write(place, done_bytes)
                self._read(raw, _Listed(**row))
                done_bytes += row["size"]
                if self._waiting > _FLUSH_CHARS:
                    self._flush()
        for output in (self._records, self._articles, self._lines):
            output.close()
        counter.write(len(listing), done_bytes)

    def _flush(self) -> None:
        for output in (self._records, self._articles, self._lines):
            output.flush()
        self._waiting = 0

    def _read(self, raw: RawFolder, listed: _Listed) -> None:
        if reason := self._job.poisoned.get(listed.raw_path):
            self._reject(listed, 0, None, Rejected("clean", *reason))
            return
        reader = reader_for(listed.raw_path)
        if reader is None:
            message = "No reader takes files of this name: rename it, or convert it to .txt."
            self._reject(listed, 0, None, Rejected("read", "unsupported", message))
            return
        try:
            self._read_records(raw, listed, reader)
        except FileNotFoundError:
            self._outcome(listed, None, 0, "deferred")
        except OSError as error:
            message = f"Cannot be read ({error.strerror or error}): check its permissions and the disk."
            self._reject(listed, 0, None, Rejected("read", "unreadable", message))

    def _read_records(self, raw: RawFolder, listed: _Listed, reader: Reader) -> None:
        if listed.size > reader.max_bytes:
            limit = f"{listed.size / 2**20:.0f} MiB, over the {reader.max_bytes // 2**20} MiB that one file may have"
            too_large = Rejected("read", "too_large", f"{limit}: split it into one file an article.")
            self._reject(listed, 0, None, too_large)
            return
        with os.fdopen(raw.open(from_raw_path(listed.raw_path)), "rb", buffering=0) as file:
            data = file.read(listed.size + 1)
            now = os.fstat(file.fileno())
        if (len(data), now.st_size, now.st_mtime_ns) != (listed.size, listed.size, listed.mtime_ns):
            self._outcome(listed, None, 0, "deferred")
            return
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 == listed.sha256:
            self._outcome(listed, sha256, 0, "known")
            return
        for record in reader.read(BytesIO(data)):
            self._take(listed, sha256, reader.format, record)
        self._waiting += listed.size

    def _take(self, listed: _Listed, sha256: str, raw_format: str, record: Record) -> None:
        number, source = record.number, record.content
        if isinstance(source, Rejected):
            self._reject(listed, number, sha256, source)
            return
        cleaned = self._clean(listed.raw_path, source)
        if isinstance(cleaned, Rejected):
            self._reject(listed, number, sha256, cleaned)
            return
        identity = record_id(listed.raw_path, number).bytes
        body_hash = content_hash(cleaned.body).bytes
        fields, outlet, published = cleaned.fields, cleaned.fields.outlet, cleaned.fields.published
        run = self._job.run
        self._outcome(
            listed,
            sha256,
            number,
            "cleaned",
            raw_format=raw_format,
            article_id=identity,
            content_hash=body_hash,
            title=fields.title,
            outlet=outlet.name if outlet else None,
            outlet_domain=outlet.domain if outlet else None,
        )
        self._articles.add(
            identity,  # record_id
            identity,  # article_id
            0,  # version: decided when all shards are known
            body_hash,
            listed.raw_path,
            number,
            sha256,
            raw_format,
            source.encoding,
            outlet.name if outlet else None,
            outlet.domain if outlet else None,
            outlet.source if outlet else None,
            fields.url,
            fields.title,
            fields.deck,
            fields.authors,
            fields.agency,
            fields.dateline,
            published.at if published else None,
            published.precision if published else None,
            published.source if published else None,
            fields.modified.at if fields.modified else None,
            fields.section,
            fields.tags,
            cleaned.language,
            cleaned.doc_type,
            cleaned.method,
            cleaned.body,
            cleaned.word_count,
            len(cleaned.text),
            sum(line.end - line.start for line, v in zip(cleaned.lines, cleaned.verdicts, strict=True) if not v.kept),
            cleaned.confidence,
            run.started_at,
            run.run_id,
            run.code_version,
            run.rules_version,
        )
        lines, verdicts, text = cleaned.lines, cleaned.verdicts, cleaned.text
        count = len(lines)
        self._lines.extend(
            [identity] * count,  # article_id, and version 0: as a duplicate's lines, until it is decided
            [0] * count,
            list(range(count)),
            [line.start for line in lines],
            [line.end for line in lines],
            [verdict.fate for verdict in verdicts],
            [verdict.kept for verdict in verdicts],
            [verdict.rule for verdict in verdicts],
            [text[line.start : line.end] for line in lines],
        )

    def _clean(self, raw_path: str, source: Source) -> Cleaned | Rejected:
        failpoint("mid-clean")
        try:
            return clean_source(source, self._rules, raw_path)
        except MemoryError:
            message = f"Needs more than {MEMORY_LIMIT // 2**30} GiB of memory to clean."
            return Rejected("clean", "out_of_memory", message)

    def _reject(self, listed: _Listed, number: int, sha256: str | None, why: Rejected) -> None:
        self._outcome(listed, sha256, number, "rejected", stage=why.stage, code=why.code, message=why.message)

    def _outcome(  # noqa: PLR0913 (a row's columns)
        self,
        listed: _Listed,
        sha256: str | None,
        number: int,
        outcome: str,
        *,
        raw_format: str | None = None,
        stage: str | None = None,
        code: str | None = None,
        message: str | None = None,
        article_id: bytes | None = None,
        content_hash: bytes | None = None,
        title: str | None = None,
        outlet: str | None = None,
        outlet_domain: str | None = None,
    ) -> None:
        self._records.add(
            listed.raw_path,
            listed.size,
            listed.mtime_ns,
            listed.inode,
            sha256,
            number,
            record_id(listed.raw_path, number).bytes,
            outcome,
            raw_format,
            stage,
            code,
            message,
            article_id,
            content_hash,
            title,
            outlet,
            outlet_domain,
        )


def _jobs() -> Iterator[str]:
    """Yield the jobs on standard input; end the process when the parent is gone, even in mid-shard."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            waiting.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield waiting.get()


def main() -> None:
    """Answer jobs until standard input closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    rules: Rules | None = None
    for line in _jobs():
        job = Job.from_json(line)
        rules = rules or load_rules(Path(job.rules))
        try:
            _Shard(job, rules).run()
            answer: dict[str, object] = {}
        except OSError as error:
            answer = {"errno": error.errno, "error": error.strerror or str(error), "file": job.output}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
