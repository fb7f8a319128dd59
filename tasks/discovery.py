"""What of RAW is new, and how it is shared out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.database import connection, fetch_one, statement
from tasks.parquet import arrow_schema
from tasks.run import Run
from tasks.staged import ListedFile, Shard
from tasks.state import open_state
from tasks.walk import Listed, Refused, walk

SHARD_BYTES = 8 * 2**20
MAX_SHARDS = 90
_LISTED_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """What discovery found: the shards to clean, and the records of files that have not changed."""

    shards: list[Shard]
    refused: Counter[str]
    refused_examples: dict[str, list[str]]
    unchanged: int
    duplicates: int
    quarantined: int
    skipped: int

    @property
    def bytes(self) -> int:
        """Raw bytes to read."""
        return sum(shard.bytes for shard in self.shards)

    @property
    def files(self) -> int:
        """Files to read."""
        return sum(shard.files for shard in self.shards)


def find_new(run: Run) -> Found:
    """List RAW, leave out the files whose size, mtime and inode are known, and share out the rest.

    Each shard's listing is left in the run's staging; memory does not grow with the number of files.
    """
    refused = Refused()
    found = run.staging / "found.parquet"
    _write_listing(found, walk(run.raw, refused))
    with connection(run.staging) as db:
        open_state(db, run.warehouse)
        limits = {"found": str(found), "shard_bytes": SHARD_BYTES, "max_shards": MAX_SHARDS}
        db.execute(statement("ingest/find"), limits)
        unchanged, duplicates, quarantined, skipped = fetch_one(db, statement("ingest/known"), {"found": str(found)})
        shards = [Shard(*row) for row in db.execute(statement("ingest/shards")).fetchall()]
        for shard in shards:
            rows = db.sql(statement("ingest/shard_files"), params={"shard": shard.number}).to_arrow_table()
            pq.write_table(rows.cast(arrow_schema(ListedFile)), shard.listing(run.staging))
    return Found(shards, refused.counts, refused.examples, unchanged, duplicates, quarantined, skipped)


def _write_listing(path: Path, files: Iterator[Listed]) -> None:
    schema = arrow_schema(ListedFile)
    schema = schema.remove(schema.get_field_index("sha256"))
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        while rows := list(islice(files, _LISTED_AT_ONCE)):
            arrays = [
                pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
