"""Record classes to Arrow schemas and Parquet files."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.schema import BigInt, Float32, Unsigned, columns
from tasks.failpoints import failpoint

ROW_GROUP = 20_000
#: A row group of so many bytes gets no more rows.
ROW_GROUP_BYTES = 32 * 2**20

_ARROW: dict[Any, pa.DataType] = {
    UUID: pa.uuid(),
    str: pa.string(),
    int: pa.int32(),
    BigInt: pa.int64(),
    Unsigned: pa.uint64(),
    Float32: pa.float32(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us", tz="UTC"),
    list[str]: pa.list_(pa.string()),
}


def arrow_schema(record_class: type) -> pa.Schema:
    """Derive the Arrow schema of a record class; each field carries its meaning as metadata.

    >>> from newsmill.schema import Duplicate
    >>> arrow_schema(Duplicate).field("record").type
    DataType(int64)
    """
    return pa.schema(
        [
            pa.field(c.name, _ARROW[c.type], nullable=c.nullable, metadata={"comment": c.meaning})
            for c in columns(record_class)
        ]
    )


def write_batch(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write a Parquet file of the warehouse and give its number of rows.

    Row groups of 20,000 rows so that a month can be read without the rest, of fewer where they are long; zstd level 3,
    page checksums (without them most flipped bits are read as data), a bloom filter on ``content_hash``.
    """
    rows = 0
    hashed = {"content_hash": {"ndv": ROW_GROUP, "fpp": 0.01}} if "content_hash" in schema.names else None
    try:
        with pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=3,
            write_page_checksum=True,
            bloom_filter_options=hashed,
            use_dictionary=[name for name in schema.names if name not in _UNIQUE],  # type: ignore[arg-type] # pyarrow-stubs: all or none
        ) as writer:
            for group in _row_groups(tables):
                writer.write_table(group.cast(schema), row_group_size=ROW_GROUP)
                rows += group.num_rows
                failpoint("mid-parquet")
    except OSError as error:  # pyarrow's, which names no file
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    return rows


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Cut and join tables to what is one row group each."""
    waiting: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        start = 0
        step = max(1, min(ROW_GROUP, ROW_GROUP_BYTES // 4 * table.num_rows // (table.nbytes + 1)))
        while start < table.num_rows:
            part = table.slice(start, min(step, ROW_GROUP - rows))
            waiting.append(part)
            start += part.num_rows
            rows += part.num_rows
            size += part.nbytes
            if rows == ROW_GROUP or size >= ROW_GROUP_BYTES:
                yield pa.concat_tables(waiting)
                waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting)


# Columns whose values hardly repeat: a dictionary of them is work for nothing.
_UNIQUE = frozenset({"body", "text", "content_hash", "raw_path", "raw_sha256", "start", "end", "line"})


class RowWriter:
    """Rows of a record class on their way to a staged Parquet file, column by column.

    ``repetitive`` names the columns whose values repeat within a file.
    """

    def __init__(self, path: Path, record_class: type, repetitive: list[str]) -> None:
        self._schema = arrow_schema(record_class)
        self._columns: dict[str, list[Any]] = {name: [] for name in self._schema.names}
        self._values = attrgetter(*self._schema.names)
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="lz4",
            use_dictionary=repetitive,  # type: ignore[arg-type] # pyarrow-stubs: all columns or none
            write_statistics=False,
        )

    def add(self, row: Any) -> None:
        """Add a row: an instance of the record class."""
        for column, value in zip(self._columns.values(), self._values(row), strict=True):
            column.append(value)

    def extend(self, **columns: list[Any]) -> None:
        """Add rows, given as all columns of them."""
        if columns.keys() != self._columns.keys():
            raise ValueError(f"other columns than {self._schema.names}: {[*columns]}")
        for name, values in columns.items():
            self._columns[name].extend(values)

    def flush(self) -> None:
        """Write the rows that wait."""
        if any(self._columns.values()):
            arrays = [_array(self._columns[field.name], field.type) for field in self._schema]
            self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
            self._columns = {name: [] for name in self._columns}

    def close(self) -> None:
        """Write the rows that wait and end the file."""
        self.flush()
        self._writer.close()


def _array(values: list[Any], kind: pa.DataType) -> "pa.Array[Any]":
    if kind == pa.uuid():  # from bytes: pyarrow's own way through uuid.UUID costs several times as much
        stored = [value and value.bytes for value in values]
        return pa.ExtensionArray.from_storage(kind, pa.array(stored, pa.binary(16)))
    return pa.array(values, kind)
