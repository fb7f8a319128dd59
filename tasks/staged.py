"""What a worker leaves in staging for each shard, and the run it works for."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow.parquet as pq

from newsmill.schema import Article, BigInt, LedgerLine, Unsigned, column
from tasks.parquet import arrow_schema


@dataclass(slots=True)
class ListedFile:
    """One row a raw file to read, as it was when it was found."""

    raw_path: str = column("Source file, relative to RAW, with /.")
    size: BigInt = column("Bytes.")
    mtime_ns: BigInt = column("When it was last written to, in nanoseconds.")
    inode: Unsigned = column("Its inode.")
    mapping: str | None = column("Text of the mapping beside it. Null where there is none.")
    sha256: str | None = column("SHA-256 when it was last read. Null where it is new or its mapping has changed.")


@dataclass(slots=True)
class StoredText:
    """One row a text that is stored and to be cleaned by today's rules."""

    raw_path: str = column("Source file, relative to RAW, with /.")
    record: BigInt = column("Number of the record inside its container.")
    member: str | None = column("Path of the file inside the archive. Null outside an archive.")
    sha256: str = column("SHA-256 of the source file, in hex.")
    raw_format: str = column("Reader that read the file.")
    encoding: str = column("Codec that the bytes were decoded with.")
    text: str = column("The text as it was decoded.")


@dataclass(slots=True)
class ReadRecord:
    """One row a record that was read, or a file that gave none."""

    raw_path: str = column("Source file, relative to RAW, with /.")
    size: BigInt = column("Bytes of the file.")
    mtime_ns: BigInt = column("When the file was last written to, in nanoseconds.")
    inode: Unsigned = column("The file's inode.")
    sha256: str | None = column("SHA-256 of the file, in hex. Null where it was not read.")
    mapping_sha256: str | None = column("SHA-256 of the mapping beside it. Null where there is none.")
    record: BigInt = column("Number of the record inside its container.")
    record_id: UUID = column("Identity of the record: from raw_path and record.")
    outcome: str = column(
        "cleaned, rejected, skipped, known (the file's bytes are those that were read before) or deferred (it changed "
        "or went while it was read)."
    )
    raw_format: str | None = column("Of a cleaned record: reader that read the file.")
    stage: str | None = column("Of a rejected record: where it stopped.")
    code: str | None = column("Of a rejected record: the reason.")
    message: str | None = column("Of a rejected record: the reason in a sentence.")
    article_id: UUID | None = column("Of a cleaned record: the article's identity.")
    content_hash: UUID | None = column("Of a cleaned record: the hash of its body.")
    title: str | None = column("Of a cleaned record: the headline.")
    outlet: str | None = column("Of a cleaned record: the outlet's display name.")
    outlet_domain: str | None = column("Of a cleaned record: the outlet's domain.")


@dataclass(slots=True)
class ReadArticle(Article):
    """One row an article before its version is known."""

    record_id: UUID = column("Identity of the record: from raw_path and record.")


#: What the workers leave of each table; an article's lines have the record's identity in the place of the article's.
STAGED: dict[str, type] = {"records": ReadRecord, "articles": ReadArticle, "lines": LedgerLine}

#: In place of a record's number: the worker is reading the file, between its records.
READING = -1


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What every row that a run writes says of the run."""

    run_id: str
    started_at: datetime
    code_version: str
    rules_version: str


@dataclass(frozen=True, slots=True)
class Job:
    """One shard for one worker: paths alone travel; the listing and the results stand in staging."""

    raw: str
    rules: str
    listing: str
    output: str
    run: RunInfo
    #: Whether the listing holds texts (:class:`StoredText`) and not files (:class:`ListedFile`).
    of_texts: bool = False
    #: Where the worker that takes the job says how far it is.
    counter: str = ""
    #: What stopped a worker before: raw_path, record (or :data:`READING`), code and message of the rejection.
    poisoned: list[tuple[str, int, str, str]] = field(default_factory=list)

    def to_json(self) -> str:
        """Write the job as one line."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """Read a job as :meth:`to_json` wrote it."""
        fields = json.loads(line)
        run = fields.pop("run")
        run["started_at"] = datetime.fromisoformat(run["started_at"])
        poisoned = [(path, record, code, message) for path, record, code, message in fields.pop("poisoned")]
        return cls(**fields, run=RunInfo(**run), poisoned=poisoned)


@dataclass(frozen=True, slots=True)
class Shard:
    """A share of the files to read, or of the texts that are stored: about as many bytes as the others."""

    number: int
    files: int
    bytes: int
    of_texts: bool = False

    def listing(self, staging: Path) -> Path:
        """The Parquet file that names the shard's files."""
        return staging / f"shard-{self.number:04}.parquet"

    def output(self, staging: Path) -> Path:
        """The folder of the shard's results."""
        return staging / f"shard-{self.number:04}"


def staged_files(staging: Path, shards: list[Shard]) -> dict[str, list[str]]:
    """Name the files of each table that the workers left.

    Where there are no shards it is one without rows, so that a run that finds nothing new goes the same way as
    any other.
    """
    folders = [shard.output(staging) for shard in shards] or [_empty_shard(staging)]
    return {name: [str(folder / f"{name}.parquet") for folder in folders] for name in STAGED}


def _empty_shard(staging: Path) -> Path:
    empty = staging / "shard-none"
    empty.mkdir()
    for name, record_class in STAGED.items():
        pq.write_table(arrow_schema(record_class).empty_table(), empty / f"{name}.parquet")
    return empty
