"""Parquet tables of articles, one article a row.

The number of a record is that of its row, from 0. This is the one module of the core that knows pyarrow: the
format is its own, and it is imported only where such a file is read.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from newsmill.readers.mapping import Fields
from newsmill.readers.stream import MAX_RECORD, Stream
from newsmill.record import Record
from newsmill.rejection import Rejected

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_AT_ONCE = 64
#: Bytes that a compressed Parquet file may have once it is unpacked: it is read from its end, so held whole.
MAX_UNPACKED = 256 * 2**20


def read_parquet(stream: Stream, fields: Fields) -> Iterator[Record]:
    """Read a Parquet file; where some rows cannot be read, those of the next row group are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = stream.file
    if file is None:
        data = stream.read(MAX_UNPACKED + 1)
        if stream.damage is not None or len(data) > MAX_UNPACKED:
            limit = (
                f"Unpacked it has over {MAX_UNPACKED // 2**20} MiB: leave it as .parquet, which is compressed itself."
            )
            yield Record(0, stream.damage or Rejected("read", "too_large", limit))
            return
        file = BytesIO(data)
    try:
        table = pq.ParquetFile(file, pre_buffer=False, buffer_size=2**20, page_checksum_verification=True)
        columns = table.schema_arrow.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        yield Record(0, Rejected("read", "damaged", f"It cannot be opened as Parquet: {_first_line(error)}."))
        return
    with table:
        if missing := fields.missing(columns):
            yield Record(0, missing)
            return
        first = 0
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            yield from _read_group(table, group, range(first, first + rows), fields)
            first += rows


def _read_group(table: "pq.ParquetFile", group: int, numbers: range, fields: Fields) -> Iterator[Record]:
    import pyarrow as pa

    columns = fields.names(table.schema_arrow.names)
    number = numbers.start
    row_bytes = table.metadata.row_group(group).total_byte_size // max(len(numbers), 1)
    at_once = max(1, min(_ROWS_AT_ONCE, MAX_RECORD // max(row_bytes, 1)))
    try:
        for batch in table.iter_batches(at_once, [group], columns):
            for row in _rows(batch):
                yield Record(number, fields.source(row, "utf-8"))
                number += 1
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        rows = f"Rows {number:,} to {numbers.stop - 1:,} cannot be read: {_first_line(error)}."
        yield Record(number, Rejected("read", "damaged", rows))


def _rows(batch: "pa.RecordBatch") -> Iterator[dict[str, object]]:
    columns = {name: _values(batch.column(place)) for place, name in enumerate(batch.schema.names)}
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _values(column: "pa.Array[Any]") -> list[object]:
    """Give a column's values; None for one that Python cannot hold, such as a day in the year 300,000."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode())  # type: ignore[attr-defined] # it is a DictionaryArray
    if pa.types.is_temporal(kind):
        return _values(column.cast(pa.string()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        texts = column.cast(pa.large_binary()).to_pylist()  # Arrow does not check that it is UTF-8
        return [text if text is None else text.decode("utf-8", "replace") for text in texts]
    return [_value(value) for value in column]


def _value(value: "pa.Scalar[Any]") -> object:
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return None


def _first_line(error: Exception) -> str:
    """Say what Arrow met. A fault of the disk is none of the file's."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    return str(error).strip().partition("\n")[0][:200].rstrip(".")
