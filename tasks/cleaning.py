"""A shard at work in a worker: its raw files read and cleaned record by record, what came of them left in Parquet."""

import hashlib
import io
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pyarrow.parquet as pq

from newsmill.address import canonical_address, is_front_page
from newsmill.clean import clean_source
from newsmill.cleaned import Cleaned
from newsmill.identity import article_id, content_hash, record_id
from newsmill.paths import from_raw_path
from newsmill.readers import max_bytes, read_records, reader_for
from newsmill.readers.mapping import USUAL, Fields
from newsmill.record import Record, Source
from newsmill.rejection import Rejected, Skipped
from newsmill.rules import Rules
from tasks.counter import Beat, Counter
from tasks.failpoints import failpoint
from tasks.files import RawFolder
from tasks.parquet import RowWriter, arrow_schema
from tasks.raw_file import has_changed, opened
from tasks.staged import READING, STAGED, Job, ListedFile, ReadArticle, ReadRecord

#: Address space of a worker: a file that needs more is quarantined, the machine stays usable.
MEMORY_LIMIT = 4 * 2**30
_FLUSH_CHARS = 4_000_000
_TEXTS_AT_ONCE = 500
# What a row weighs beside its text: its numbers and the objects that hold them.
_ROW_CHARS = 400
# Columns whose values repeat within a shard.
_REPETITIVE = {
    "records": ["outcome", "raw_format", "outlet", "outlet_domain"],
    "articles": ["language", "outlet", "run_id"],
    "lines": ["article_id", "fate", "rule"],
}


def clean_job(job: Job, rules: Rules) -> None:
    """Clean every file or text that the job lists.

    Raises:
        OSError: the results cannot be written.
    """
    shard = _Shard(job, rules)
    if job.of_texts:
        shard.clean_texts()
    else:
        shard.clean_files()
    shard.close()


@dataclass(frozen=True, slots=True)
class _File:
    """A raw file at work, as it was listed. ``sha256`` and ``raw_format`` are empty until it is read."""

    listed: ListedFile
    mapping_sha256: str | None
    sha256: str = ""
    raw_format: str = ""


class _Shard:
    """One job at work: its three outputs and how many characters wait to be written."""

    def __init__(self, job: Job, rules: Rules) -> None:
        self._job = job
        self._rules = rules
        self._counter = Counter(Path(job.counter))
        self._poisoned = {(path, record): Rejected("clean", *why) for path, record, *why in job.poisoned}
        self._waiting = 0
        output = Path(job.output)
        output.mkdir(parents=True, exist_ok=True)
        self._outputs = {
            name: RowWriter(output / f"{name}.parquet", record_class, _REPETITIVE[name])
            for name, record_class in STAGED.items()
        }

    def clean_files(self) -> None:
        listing = pq.read_table(self._job.listing, schema=arrow_schema(ListedFile)).to_pylist()
        done_bytes = 0
        with RawFolder(Path(self._job.raw)) as raw:
            for place, row in enumerate(listing):
                listed = ListedFile(**row)
                mapping = None if listed.mapping is None else hashlib.sha256(listed.mapping.encode()).hexdigest()
                self._read(raw, _File(listed, mapping), Beat(self._counter, place, done_bytes))
                done_bytes += listed.size
        self._counter.write(len(listing), done_bytes)

    def clean_texts(self) -> None:
        place = 0
        with pq.ParquetFile(self._job.listing) as listing:
            for batch in listing.iter_batches(_TEXTS_AT_ONCE):
                for row in batch.to_pylist():
                    self._counter.write(place, 0, row["record"])
                    listed = ListedFile(
                        row["raw_path"], size=0, mtime_ns=0, inode=0, mapping=None, sha256=row["sha256"]
                    )
                    record = Record(row["record"], Source(row["text"], row["encoding"]), row["member"] or "")
                    self._take(_File(listed, None, row["sha256"], row["raw_format"]), record)
                    place += 1
                self._flush()

    def close(self) -> None:
        for output in self._outputs.values():
            output.close()

    def _flush(self) -> None:
        for output in self._outputs.values():
            output.flush()
        self._waiting = 0

    def _read(self, raw: RawFolder, file: _File, beat: Beat) -> None:
        raw_path, size = file.listed.raw_path, file.listed.size
        if reason := self._poisoned.get((raw_path, READING)):
            self._reject(file, 0, reason)
            return
        limit = max_bytes(raw_path)
        if limit is not None and size > limit:
            said = f"{size / 2**20:.0f} MiB, over the {limit // 2**20} MiB that one article's file may have"
            self._reject(file, 0, Rejected("read", "too_large", f"{said}: split it into one file an article."))
            return
        try:
            descriptor = raw.open(from_raw_path(raw_path))
        except FileNotFoundError:
            self._note(file, "deferred")
        except OSError as error:
            self._reject(file, 0, _unreadable(error))
        else:
            with os.fdopen(descriptor, "rb", buffering=0) as opened_file:
                self._read_records(opened_file, file, beat)

    def _read_records(self, raw_file: io.FileIO, file: _File, beat: Beat) -> None:
        """Take the records of a file that is what it was when it was found; one that has changed is left as a whole."""
        try:
            content, sha256 = opened(raw_file, file.listed.size, beat)
        except OSError as error:
            self._reject(file, 0, _unreadable(error))
            return
        if has_changed(raw_file, file.listed):
            self._note(file, "deferred")
        elif sha256 == file.listed.sha256:
            self._note(replace(file, sha256=sha256), "known")
        else:
            self._take_all(content, file, sha256, beat)
            if has_changed(raw_file, file.listed):
                self._note(file, "deferred")

    def _take_all(self, content: BinaryIO, unread: _File, sha256: str, beat: Beat) -> None:
        listed = unread.listed
        reader = reader_for(listed.raw_path)
        file = replace(unread, sha256=sha256, raw_format=reader.format if reader else "")
        fields = Fields.parse(listed.mapping) if listed.mapping is not None else USUAL
        if isinstance(fields, Rejected):
            self._reject(file, 0, fields)
            return
        records = read_records(listed.raw_path, content, fields)
        taken = 0
        while True:
            try:
                record = next(records, None)
            except OSError as error:
                if taken:  # the next run tries the whole file again
                    self._note(unread, "deferred")
                else:
                    self._reject(unread, 0, _unreadable(error))
                return
            if record is None:
                return
            beat.at(record.number)
            self._take(file, record)
            if self._waiting > _FLUSH_CHARS:
                self._flush()
            beat.at(READING)
            taken += 1

    def _take(self, file: _File, record: Record) -> None:
        """Clean a record, and add what came of it to the outputs."""
        raw_path = file.listed.raw_path
        source = self._poisoned.get((raw_path, record.number), record.content)
        if isinstance(source, Rejected):
            self._reject(file, record.number, source)
            return
        cleaned = self._clean(f"{raw_path}/{record.member}" if record.member else raw_path, source)
        if isinstance(cleaned, Rejected):
            self._reject(file, record.number, cleaned)
            return
        article = self._article(file, record, source.encoding, cleaned)
        self._add_record(file, record.number, article.record_id, "cleaned", article=article)
        self._outputs["articles"].add(article)
        self._add_lines(article.record_id, cleaned)

    def _article(self, file: _File, record: Record, encoding: str, cleaned: Cleaned) -> ReadArticle:
        identity = record_id(file.listed.raw_path, record.number)
        fields, outlet, published = cleaned.fields, cleaned.fields.outlet, cleaned.fields.published
        url = canonical_address(fields.url) if fields.url else None
        cut = (line for line, verdict in zip(cleaned.lines, cleaned.verdicts, strict=True) if not verdict.kept)
        run = self._job.run
        return ReadArticle(
            record_id=identity,
            article_id=article_id(url) if url and not is_front_page(url) else identity,
            version=0,  # decided when all shards are known
            content_hash=content_hash(cleaned.body),
            raw_path=file.listed.raw_path,
            record=record.number,
            member=record.member or None,
            raw_sha256=file.sha256,
            raw_format=file.raw_format,
            encoding=encoding,
            outlet=outlet.name if outlet else None,
            outlet_domain=outlet.domain if outlet else None,
            outlet_source=outlet.source if outlet else None,
            url=url,
            title=fields.title,
            deck=fields.deck,
            authors=fields.authors,
            agency=fields.agency,
            dateline=fields.dateline,
            published_at=published.at if published else None,
            published_precision=published.precision if published else None,
            published_source=published.source if published else None,
            modified_at=fields.modified.at if fields.modified else None,
            section=fields.section,
            tags=fields.tags,
            language=cleaned.language,
            doc_type=cleaned.doc_type,
            extraction_method=cleaned.method,
            body=cleaned.body,
            word_count=cleaned.word_count,
            raw_chars=len(cleaned.text),
            cut_chars=sum(line.end - line.start for line in cut),
            confidence=cleaned.confidence,
            ingested_at=run.started_at,
            run_id=run.run_id,
            code_version=run.code_version,
            rules_version=run.rules_version,
        )

    def _add_lines(self, identity: UUID, cleaned: Cleaned) -> None:
        lines, verdicts, text = cleaned.lines, cleaned.verdicts, cleaned.text
        count = len(lines)
        self._outputs["lines"].extend(
            article_id=[identity] * count,  # and version 0: as a duplicate's lines, until it is decided
            version=[0] * count,
            line=list(range(count)),
            start=[line.start for line in lines],
            end=[line.end for line in lines],
            fate=[verdict.fate for verdict in verdicts],
            kept=[verdict.kept for verdict in verdicts],
            rule=[verdict.rule for verdict in verdicts],
            text=[text[line.start : line.end] for line in lines],
        )
        self._waiting += 2 * len(text) + _ROW_CHARS * count

    def _clean(self, raw_path: str, source: Source) -> Cleaned | Rejected:
        failpoint("mid-clean")
        try:
            return clean_source(source, self._rules, raw_path)
        except MemoryError:
            message = f"Needs more than {MEMORY_LIMIT // 2**30} GiB of memory to clean."
            return Rejected("clean", "out_of_memory", message)

    def _reject(self, file: _File, number: int, why: Rejected) -> None:
        outcome = "skipped" if isinstance(why, Skipped) else "rejected"
        self._add_record(file, number, record_id(file.listed.raw_path, number), outcome, why=why)

    def _note(self, file: _File, outcome: str) -> None:
        """Say what came of a file that gives no record."""
        self._add_record(file, 0, record_id(file.listed.raw_path, 0), outcome)

    def _add_record(  # noqa: PLR0913 (what a row is made of)
        self,
        file: _File,
        number: int,
        identity: UUID,
        outcome: str,
        *,
        article: ReadArticle | None = None,
        why: Rejected | None = None,
    ) -> None:
        listed = file.listed
        self._outputs["records"].add(
            ReadRecord(
                raw_path=listed.raw_path,
                size=listed.size,
                mtime_ns=listed.mtime_ns,
                inode=listed.inode,
                sha256=file.sha256 or None,
                mapping_sha256=file.mapping_sha256,
                record=number,
                record_id=identity,
                outcome=outcome,
                raw_format=article.raw_format if article else None,
                stage=why.stage if why else None,
                code=why.code if why else None,
                message=why.message if why else None,
                article_id=article.article_id if article else None,
                content_hash=article.content_hash if article else None,
                title=article.title if article else None,
                outlet=article.outlet if article else None,
                outlet_domain=article.outlet_domain if article else None,
            )
        )
        self._waiting += _ROW_CHARS


def _unreadable(error: OSError) -> Rejected:
    message = f"Cannot be read ({error.strerror or error}): check its permissions and the disk."
    return Rejected("read", "unreadable", message)
