"""The worker process: reads a shard's raw files, cleans them, and leaves Parquet in staging.

Started as ``python -P -m tasks.worker``, it takes one job a line on standard input and answers one line
each. It imports the core and pyarrow, never Prefect (whose import would cost every worker seconds), and
ends at once when its standard input closes, so that it cannot outlive the run that started it.
"""

import hashlib
import io
import json
import mmap
import os
import queue
import resource
import struct
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.address import canonical_address, is_front_page
from newsmill.clean import clean_source
from newsmill.cleaned import Cleaned
from newsmill.identity import article_id, content_hash, record_id
from newsmill.paths import from_raw_path
from newsmill.readers import max_bytes, read_records, reader_for
from newsmill.readers.mapping import USUAL, Fields
from newsmill.readers.stream import MAX_RECORD
from newsmill.record import Record, Source
from newsmill.rejection import Rejected
from newsmill.rules import Rules
from newsmill.schema import LedgerLine
from tasks.failpoints import failpoint
from tasks.files import RawFolder
from tasks.parquet import arrow_schema
from tasks.rules import load_rules
from tasks.staged import ARTICLES, LISTING, READING, RECORDS, Job

#: Address space of a worker: a file that needs more is quarantined, the machine stays usable.
MEMORY_LIMIT = 4 * 2**30
_FLUSH_CHARS = 4_000_000
_TEXTS_AT_ONCE = 500
# What a row weighs beside its text: its numbers and the objects that hold them.
_ROW_CHARS = 400
_CHUNK = 2**20
_COUNTER = struct.Struct("<qqqq")
COUNTER_BYTES = _COUNTER.size


@dataclass(frozen=True, slots=True)
class _Listed:
    raw_path: str
    size: int
    mtime_ns: int
    inode: int
    mapping: str | None
    sha256: str | None


class Counter:
    """Where a worker stands, in shared memory: the file and the record it is at, and the bytes it has behind it.

    The parent reads it for the progress bar, to notice a record that never ends, and to name the one at which a
    worker died.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), COUNTER_BYTES)
        self._beats = 0

    def write(self, place: int, done_bytes: int, record: int = READING) -> None:
        """Say that the worker is at the file at ``place``, and at which of its records. Each call is a sign of life."""
        self._beats += 1
        _COUNTER.pack_into(self._memory, 0, place, done_bytes, record, self._beats)

    def read(self) -> tuple[int, int, int, int]:
        """Give place, bytes and record as last written, and how often they were."""
        place, done_bytes, record, beats = _COUNTER.unpack_from(self._memory, 0)
        return place, done_bytes, record, beats


class _Watched(io.RawIOBase):
    """A raw file that says how far it is read. It has ``size`` bytes, whatever is added to it meanwhile."""

    def __init__(self, file: io.FileIO, size: int, beat: "_Beat") -> None:
        self._file = file
        self._size = size
        self._beat = beat
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")[: max(self._size - self._at, 0)]
        self._file.seek(self._at)
        count = self._file.readinto(view)
        self._at += count
        self._beat.read_to(self._at)
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at


class _Beat:
    """How far the worker is with one file."""

    def __init__(self, counter: Counter, place: int, done_bytes: int) -> None:
        self._counter = counter
        self._place = place
        self._done_bytes = done_bytes
        self._read_bytes = 0
        self.at(READING)

    def read_to(self, offset: int) -> None:
        """Say that the file is being read, and how far it is."""
        self._read_bytes = max(self._read_bytes, offset)
        self.at(READING)

    def at(self, record: int) -> None:
        """Say which of its records is at work."""
        self._counter.write(self._place, self._done_bytes + self._read_bytes, record)


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
        self._poisoned = {(path, record): Rejected("clean", *why) for path, record, *why in job.poisoned}
        self._waiting = 0
        output = Path(job.output)
        output.mkdir(parents=True, exist_ok=True)
        self._records = _Columns(
            output / "records.parquet", RECORDS, ["outcome", "raw_format", "outlet", "outlet_domain"]
        )
        self._articles = _Columns(output / "articles.parquet", ARTICLES, ["language", "outlet", "run_id"])
        self._lines = _Columns(output / "lines.parquet", arrow_schema(LedgerLine), ["article_id", "fate", "rule"])

    def run(self) -> None:
        """Clean every listed file or text."""
        counter = Counter(Path(self._job.counter))
        if self._job.of_texts:
            self._run_texts(counter)
        else:
            self._run_files(counter)
        for output in (self._records, self._articles, self._lines):
            output.close()

    def _run_files(self, counter: Counter) -> None:
        listing = pq.read_table(self._job.listing, schema=LISTING).to_pylist()
        done_bytes = 0
        with RawFolder(Path(self._job.raw)) as raw:
            for place, row in enumerate(listing):
                self._read(raw, _Listed(**row), _Beat(counter, place, done_bytes))
                done_bytes += row["size"]
        counter.write(len(listing), done_bytes)

    def _run_texts(self, counter: Counter) -> None:
        place = 0
        with pq.ParquetFile(self._job.listing) as listing:
            for batch in listing.iter_batches(_TEXTS_AT_ONCE):
                for row in batch.to_pylist():
                    counter.write(place, 0, row["record"])
                    listed = _Listed(row["raw_path"], 0, 0, 0, None, row["sha256"])
                    record = Record(row["record"], Source(row["text"], row["encoding"]), row["member"] or "")
                    self._take(listed, row["sha256"], row["raw_format"], record)
                    place += 1
                self._flush()

    def _flush(self) -> None:
        for output in (self._records, self._articles, self._lines):
            output.flush()
        self._waiting = 0

    def _read(self, raw: RawFolder, listed: _Listed, beat: _Beat) -> None:
        if reason := self._poisoned.get((listed.raw_path, READING)):
            self._reject(listed, 0, None, reason)
            return
        limit = max_bytes(listed.raw_path)
        if limit is not None and listed.size > limit:
            size = f"{listed.size / 2**20:.0f} MiB, over the {limit // 2**20} MiB that one article's file may have"
            self._reject(listed, 0, None, Rejected("read", "too_large", f"{size}: split it into one file an article."))
            return
        try:
            descriptor = raw.open(from_raw_path(listed.raw_path))
        except FileNotFoundError:
            self._outcome(listed, None, 0, "deferred")
        except OSError as error:
            self._reject(listed, 0, None, _unreadable(error))
        else:
            with os.fdopen(descriptor, "rb", buffering=0) as file:
                self._read_records(file, listed, beat)

    def _read_records(self, file: io.FileIO, listed: _Listed, beat: _Beat) -> None:
        """Take the records of a file that is what it was when it was found; one that has changed is left as a whole."""
        try:
            opened, sha256 = _opened(file, listed.size, beat)
        except OSError as error:
            self._reject(listed, 0, None, _unreadable(error))
            return
        if _has_changed(file, listed):
            self._outcome(listed, None, 0, "deferred")
        elif sha256 == listed.sha256:
            self._outcome(listed, sha256, 0, "known")
        else:
            self._take_all(opened, listed, sha256, beat)
            if _has_changed(file, listed):
                self._outcome(listed, None, 0, "deferred")

    def _take_all(self, file: BinaryIO, listed: _Listed, sha256: str, beat: _Beat) -> None:
        fields = Fields.parse(listed.mapping) if listed.mapping is not None else USUAL
        if isinstance(fields, Rejected):
            self._reject(listed, 0, sha256, fields)
            return
        reader = reader_for(listed.raw_path)
        records = read_records(listed.raw_path, file, fields)
        taken = 0
        while True:
            try:
                record = next(records, None)
            except OSError as error:
                if taken:  # the next run tries the whole file again
                    self._outcome(listed, None, 0, "deferred")
                else:
                    self._reject(listed, 0, None, _unreadable(error))
                return
            if record is None:
                return
            beat.at(record.number)
            self._take(listed, sha256, reader.format if reader else "", record)
            if self._waiting > _FLUSH_CHARS:
                self._flush()
            beat.at(READING)
            taken += 1

    def _take(self, listed: _Listed, sha256: str, raw_format: str, record: Record) -> None:
        number, source = record.number, record.content
        source = self._poisoned.get((listed.raw_path, number), source)
        if isinstance(source, Rejected):
            self._reject(listed, number, sha256, source)
            return
        cleaned = self._clean(f"{listed.raw_path}/{record.member}" if record.member else listed.raw_path, source)
        if isinstance(cleaned, Rejected):
            self._reject(listed, number, sha256, cleaned)
            return
        identity = record_id(listed.raw_path, number).bytes
        body_hash = content_hash(cleaned.body).bytes
        fields, outlet, published = cleaned.fields, cleaned.fields.outlet, cleaned.fields.published
        url = canonical_address(fields.url) if fields.url else None
        article = article_id(url).bytes if url and not is_front_page(url) else identity
        run = self._job.run
        self._outcome(
            listed,
            sha256,
            number,
            "cleaned",
            raw_format=raw_format,
            article_id=article,
            content_hash=body_hash,
            title=fields.title,
            outlet=outlet.name if outlet else None,
            outlet_domain=outlet.domain if outlet else None,
        )
        self._articles.add(
            identity,  # record_id
            article,
            0,  # version: decided when all shards are known
            body_hash,
            listed.raw_path,
            number,
            record.member or None,
            sha256,
            raw_format,
            source.encoding,
            outlet.name if outlet else None,
            outlet.domain if outlet else None,
            outlet.source if outlet else None,
            url,
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
            [identity] * count,  # the record_id, and version 0: as a duplicate's lines, until it is decided
            [0] * count,
            list(range(count)),
            [line.start for line in lines],
            [line.end for line in lines],
            [verdict.fate for verdict in verdicts],
            [verdict.kept for verdict in verdicts],
            [verdict.rule for verdict in verdicts],
            [text[line.start : line.end] for line in lines],
        )
        self._waiting += 2 * len(text) + _ROW_CHARS * count

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
            _sha256(io.BytesIO(listed.mapping.encode())) if listed.mapping is not None else None,
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
        self._waiting += _ROW_CHARS


def _opened(file: io.FileIO, size: int, beat: _Beat) -> tuple[BinaryIO, str]:
    """Give a file to read from, and its SHA-256.

    A small file is held in memory. A large one is read twice: what it holds is not wanted where its bytes are known.
    """
    if size <= MAX_RECORD:
        data = file.read(size + 1)
        return io.BytesIO(data), hashlib.sha256(data).hexdigest()
    watched = cast("BinaryIO", _Watched(file, size, beat))
    sha256 = _sha256(watched)
    watched.seek(0)
    return watched, sha256


def _unreadable(error: OSError) -> Rejected:
    message = f"Cannot be read ({error.strerror or error}): check its permissions and the disk."
    return Rejected("read", "unreadable", message)


def _sha256(file: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while data := file.read(_CHUNK):
        hashed.update(data)
    return hashed.hexdigest()


def _has_changed(file: io.FileIO, listed: _Listed) -> bool:
    """Whether a file is not what it was when it was found."""
    now = os.fstat(file.fileno())
    return (now.st_size, now.st_mtime_ns) != (listed.size, listed.mtime_ns)


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
        answer: dict[str, str] = {}
        try:
            rules = rules or load_rules(Path(job.rules))
            _Shard(job, rules).run()
        except OSError as error:
            answer = {"storage": f"{job.output}: {error.strerror or error}."}
        except MemoryError:
            answer = {"memory": f"{MEMORY_LIMIT // 2**30} GiB"}
        except Exception as error:  # a mistake of newsmill's own: it is told beside the record that it was met at
            traceback.print_exc()
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
