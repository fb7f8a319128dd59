"""Whole texts through DuckDB, a piece at a time.

Its memory limit bounds what it sorts and joins, but not its vectors: it gathers up to 2,048 rows behind a join, and
looks at so many at once when it writes or reads a table. So a statement that handles whole texts gets a few megabytes
of them at a time, as a table ``piece``; rows that are to be sorted are first put into buckets of that size.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.database import statement

#: Bytes that are sorted, joined or inserted at once, about.
PIECE_BYTES = 16 * 2**20
_STORED = pa.ipc.IpcWriteOptions(compression="lz4")


def pieces_of(files: Iterable[str]) -> Iterator[pa.Table]:
    """Read Parquet files that the mill wrote: their row groups, together until they are a piece; one at least."""
    waiting: list[pa.Table] = []
    size = 0
    for name in files:
        with pq.ParquetFile(name, page_checksum_verification=True) as file:
            if not waiting:
                waiting.append(file.schema_arrow.empty_table())
            for number in range(file.num_row_groups):
                waiting.append(file.read_row_group(number))
                size += waiting[-1].nbytes
                if size >= PIECE_BYTES:
                    yield pa.concat_tables(waiting)
                    waiting, size = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def asked(
    db: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any] | None = None, **tables: pa.Table
) -> pa.Table:
    """Ask a statement of sql/ that reads these tables beside those of the database.

    The first table that it names goes through in its order: what is joined to it is held.
    """
    for table, given in tables.items():
        db.register(table, given)
    db.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        rows: pa.Table = db.sql(statement(name), params=dict(values or {})).to_arrow_table()
        return rows
    finally:
        db.execute("RESET disabled_optimizers")
        for table in tables:
            db.unregister(table)


def in_stretches(db: duckdb.DuckDBPyConnection, name: str, stretches: str) -> Iterator[pa.Table]:
    """Ask a statement of sql/ of a stretch of a stored table at a time.

    ``stretches`` is the statement that names their first and last rows, of about so many characters.
    """
    limits = {"piece_chars": PIECE_BYTES}
    for first, last in db.execute(statement(stretches), limits).fetchall():
        yield asked(db, name, {"first": first, "last": last})


def by_bucket(
    db: duckdb.DuckDBPyConnection, spill: Path, name: str, values: Mapping[str, Any], **sources: Iterable[pa.Table]
) -> Iterator[pa.Table]:
    """Ask a statement of sql/ of one bucket after the other.

    ``sources`` are rows with the number of their ``bucket``, in any order: the statement reads those of one bucket by
    the name of their source. The first one says which buckets there are. What does not fit in memory is in ``spill``.
    """
    buckets = {source: Buckets(spill / f"{source}.spill") for source in sources}
    for source, tables in sources.items():
        for table in tables:
            buckets[source].add(table)
    for number in next(iter(buckets.values())).numbers():
        yield asked(db, name, values, **{source: of_source.take(number) for source, of_source in buckets.items()})
    for of_source in buckets.values():
        of_source.path.unlink(missing_ok=True)


class Buckets:
    """Rows that come in any order and go bucket by bucket: so many wait in memory, the others in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._schema = pa.schema([])
        self._waiting: defaultdict[int, list[pa.RecordBatch]] = defaultdict(list)
        self._waiting_bytes = 0
        self._stored: defaultdict[int, list[int]] = defaultdict(list)  # offsets in the file

    def add(self, rows: pa.Table) -> None:
        """Add rows, each to the bucket that its column ``bucket`` names."""
        self._schema = rows.schema
        if not rows.num_rows:
            return
        [batch] = rows.take(pc.sort_indices(rows["bucket"])).combine_chunks().to_batches()
        start = 0
        runs = pc.run_end_encode(batch["bucket"])  # type: ignore[attr-defined] # not in pyarrow-stubs
        for end, number in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
            self._waiting[number].append(batch.slice(start, end - start))
            start = end
        self._waiting_bytes += batch.nbytes
        if self._waiting_bytes > 2 * PIECE_BYTES:
            self._store()

    def numbers(self) -> Sequence[int]:
        """Name the buckets that hold rows, in order."""
        return sorted(self._waiting.keys() | self._stored.keys())

    def take(self, number: int) -> pa.Table:
        """Take the rows of a bucket, in no order; none where there is no such bucket."""
        batches: list[pa.RecordBatch] = []
        if offsets := self._stored.pop(number, None):
            with self.path.open("rb") as file:
                for offset in offsets:
                    file.seek(offset)
                    batches += pa.ipc.open_stream(file)
        batches += self._waiting.pop(number, [])
        return pa.Table.from_batches(batches, self._schema)

    def _store(self) -> None:
        with self.path.open("ab") as file:
            for number, batches in self._waiting.items():
                self._stored[number].append(file.tell())
                with pa.ipc.new_stream(file, self._schema, options=_STORED) as stream:
                    for batch in batches:
                        stream.write_batch(batch)
        self._waiting.clear()
        self._waiting_bytes = 0
