"""What a worker leaves in staging for each shard, and the run it works for."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.schema import TABLES, Article
from tasks.layout import BATCHED
from tasks.parquet import arrow_schema

_FILE: "list[pa.Field[Any]]" = [
    pa.field("raw_path", pa.string(), nullable=False),
    pa.field("size", pa.int64(), nullable=False),
    pa.field("mtime_ns", pa.int64(), nullable=False),
    pa.field("inode", pa.uint64(), nullable=False),
]

#: One row a file to read. ``sha256`` is that of the file when it was last read, null for a new file and for one
#: whose mapping has changed; ``mapping`` is the text of the mapping beside it, null where there is none.
LISTING = pa.schema([*_FILE, pa.field("mapping", pa.string()), pa.field("sha256", pa.string())])

#: One row a record, or a file that gave none. ``outcome``: cleaned, rejected, known (the file's bytes are
#: those that were read before) or deferred (it changed or went while it was read).
RECORDS = pa.schema(
    [
        *_FILE,
        pa.field("sha256", pa.string()),
        pa.field("mapping_sha256", pa.string()),
        pa.field("record", pa.int64(), nullable=False),
        pa.field("record_id", pa.uuid(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("raw_format", pa.string()),
        pa.field("stage", pa.string()),
        pa.field("code", pa.string()),
        pa.field("message", pa.string()),
        pa.field("article_id", pa.uuid()),
        pa.field("content_hash", pa.uuid()),
        pa.field("title", pa.string()),
        pa.field("outlet", pa.string()),
        pa.field("outlet_domain", pa.string()),
    ]
)

_TEXT: "list[pa.Field[Any]]" = [
    pa.field("raw_path", pa.string(), nullable=False),
    pa.field("record", pa.int64(), nullable=False),
    pa.field("member", pa.string()),
    pa.field("sha256", pa.string(), nullable=False),
    pa.field("raw_format", pa.string(), nullable=False),
    pa.field("encoding", pa.string(), nullable=False),
    pa.field("text", pa.string(), nullable=False),
]

#: One row a text that is stored and to be cleaned by today's rules, as it was decoded.
TEXTS = pa.schema(_TEXT)

#: An article before its version is known.
ARTICLES = pa.schema([pa.field("record_id", pa.uuid(), nullable=False), *arrow_schema(Article)])


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
    #: Whether the listing holds texts (:data:`TEXTS`) and not files (:data:`LISTING`).
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
    return {name: [str(folder / f"{name}.parquet") for folder in folders] for name in ("records", *BATCHED)}


def _empty_shard(staging: Path) -> Path:
    empty = staging / "shard-none"
    empty.mkdir()
    for name, schema in (
        ("records", RECORDS),
        ("articles", ARTICLES),
        ("lines", arrow_schema(TABLES["lines"])),
    ):
        pq.write_table(pa.Table.from_pylist([], schema=schema), empty / f"{name}.parquet")
    return empty
