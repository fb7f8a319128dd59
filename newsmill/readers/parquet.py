"""Parquet tables of articles, one article a row.

The number of a record is that of its row, from 0. This is the one module of the core that knows pyarrow: the
format is its own, and it is imported only where such a file is read.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from newsmill.readers.mapping import Fields
from newsmill.readers.packing import FREE_BYTES, MAX_RATIO
from newsmill.readers.stream import MAX_RECORD, Stream
from newsmill.record import Record, Source
from newsmill.rejection import Rejected

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_AT_ONCE = 64
# Bytes that the rows read at once may have, were each as large as a row of the group can be.
_AT_ONCE = 64 * 2**20
# A group that is larger may hide in its mean that some rows are too: so many of its rows are read at once.
_FEW_ROWS = 8
# So many rows are read at once where texts that they share stay shared. Arrow then keeps all texts of a group.
_SHARING_ROWS = 4_096
_SHARING_BYTES = 256 * 2**20
# Where the texts of one row may have more bytes than this, rows share them.
_MAX_OWN = 8 * 2**20
# Bytes that a number takes once it is read, however few it takes in the file.
_NUMBER_BYTES = 8
_PAGE_HEADER = 32
_DICTIONARY_PAGE = 2
#: Bytes that a compressed Parquet file may have once it is unpacked: it is read from its end, so held whole.
MAX_UNPACKED = 256 * 2**20


def read_parquet(stream: Stream, fields: Fields) -> Iterator[Record]:
    """Read a Parquet file; where some rows cannot be read, those of the next row group are."""
    import pyarrow as pa

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
        table = _open(file)
        columns = table.schema_arrow.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        yield Record(0, Rejected("read", "damaged", f"It cannot be opened as Parquet: {_first_line(error)}."))
        return
    with table:
        if missing := fields.missing(columns):
            yield Record(0, missing)
            return
        first, left = 0, FREE_BYTES + MAX_RATIO * file.seek(0, 2)
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            for record in _read_group(file, table, group, range(first, first + rows), fields):
                left -= len(record.content.text) if isinstance(record.content, Source) else 0
                if left < 0:
                    message = (
                        f"Its texts have over {MAX_RATIO} times its size: rows from {record.number:,} on were not read."
                    )
                    yield record._replace(content=Rejected("read", "bomb", message))
                    return
                yield record
            first += rows


def _open(file: BinaryIO, shared: Sequence[str] = ()) -> "pq.ParquetFile":
    """Open a file; the texts of ``shared`` columns stay as they are stored, many rows having the same one: once."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(
        file, read_dictionary=[*shared], pre_buffer=False, buffer_size=2**20, page_checksum_verification=True
    )


def _read_group(
    file: BinaryIO, table: "pq.ParquetFile", group: int, numbers: range, fields: Fields
) -> Iterator[Record]:
    import pyarrow as pa

    columns = fields.names(table.schema_arrow.names)
    number = numbers.start
    try:
        plan = _plan(file, table, group, columns)
        if isinstance(plan, Rejected):
            yield Record(number, plan)
            return
        with _open(file, plan.shared) if plan.shared else nullcontext(table) as opened:
            for batch in opened.iter_batches(plan.at_once, [group], columns):
                for row in _rows(batch):
                    yield Record(number, fields.source(row, "utf-8"))
                    number += 1
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        rows = f"Rows {number:,} to {numbers.stop - 1:,} cannot be read: {_first_line(error)}."
        yield Record(number, Rejected("read", "damaged", rows))


class _Plan(NamedTuple):
    """How a row group is read: so many rows at once, and the columns whose texts stay shared."""

    at_once: int
    shared: list[str]


def _plan(file: BinaryIO, table: "pq.ParquetFile", group: int, names: list[str]) -> _Plan | Rejected:
    """Plan to read some columns of a row group in bounded memory, whatever a few bytes of it stand for.

    A text of megabytes that a thousand rows share takes kilobytes in the file, and gigabytes once each has its own.
    """
    described = table.metadata.row_group(group)
    rows = max(described.num_rows, 1)
    written_shared = {field.name for field in table.schema_arrow if "dictionary<" in str(field.type)}
    shared, shared_bytes, own_bytes, largest = [], 0, 0, 0
    for column in map(described.column, range(described.num_columns)):
        path, unpacked = column.path_in_schema, column.total_uncompressed_size
        name = next((name for name in names if path == name or path.startswith(f"{name}.")), None)
        if name is None:
            continue
        if unpacked > FREE_BYTES + MAX_RATIO * column.total_compressed_size:
            message = f"A column unpacks to over {MAX_RATIO} times its size: its rows were not read."
            return Rejected("read", "bomb", message)
        stored = unpacked + _NUMBER_BYTES * column.num_values
        in_a_row = _dictionary_bytes(file, column) * max(1, column.num_values // rows)
        if column.physical_type == "BYTE_ARRAY" and (in_a_row > _MAX_OWN or name in written_shared):
            shared.append(path)
            shared_bytes += stored
        else:
            own_bytes += stored
            largest += in_a_row
    mean = (shared_bytes + own_bytes) // rows
    if mean > 2 * MAX_RECORD or shared_bytes > _SHARING_BYTES:
        message = "So many rows as stand in a group of it cannot be held: write it anew, with fewer rows to a group."
        return Rejected("read", "too_large", message)
    most = _SHARING_ROWS if shared else _ROWS_AT_ONCE
    if own_bytes > _AT_ONCE:
        most = _FEW_ROWS
    return _Plan(max(1, min(most, _AT_ONCE // max(largest, 1), MAX_RECORD // max(mean, 1))), shared)


def _dictionary_bytes(file: BinaryIO, column: "pq.ColumnChunkMetaData") -> int:
    """Give the bytes of the values that a column stores once for all rows that have them: none is larger.

    They are in no metadata but in the head of the column's first page, in Thrift's compact protocol.
    """
    offsets = [offset for offset in (column.dictionary_page_offset, column.data_page_offset) if offset and offset > 0]
    file.seek(min(offsets, default=0))
    numbers = _first_numbers(file.read(_PAGE_HEADER))
    return numbers[1] if numbers[:1] == [_DICTIONARY_PAGE] and len(numbers) > 1 else 0


def _first_numbers(data: bytes) -> list[int]:
    r"""Read the first fields of a Thrift structure while they are 32-bit numbers that stand one behind the other.

    >>> _first_numbers(b"\x15\x04\x15\xac\x02\x2c")
    [2, 150]
    """
    numbers = []
    number = shift = 0
    is_inside = False
    for byte in data:
        if not is_inside:
            if byte != 0x15:
                break
            number, shift, is_inside = 0, 0, True
            continue
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number >> 1 ^ -(number & 1))
            is_inside = False
    return numbers


def _rows(batch: "pa.RecordBatch") -> Iterator[dict[str, object]]:
    columns = {name: _values(batch.column(place)) for place, name in enumerate(batch.schema.names)}
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _values(column: "pa.Array[Any]") -> Iterator[object]:
    """Yield a column's values; None for one that Python cannot hold, such as a day in the year 300,000."""
    import pyarrow as pa

    if pa.types.is_temporal(column.type):
        column = column.cast(pa.string())
    return map(_value, column)


def _value(value: "pa.Scalar[Any]") -> object:
    import pyarrow as pa

    if isinstance(value, pa.DictionaryScalar):
        value = value.value
    if not value.is_valid:
        return None
    if isinstance(value, pa.StringScalar):
        return str(value.as_buffer(), "utf-8", "replace")  # Arrow does not check that it is UTF-8
    if isinstance(value, pa.ListScalar):
        return _some(_values(cast("pa.Array[Any]", value.values)))
    if isinstance(value, pa.StructScalar):
        return {field.name: _value(value[place]) for place, field in enumerate(value.type)}  # type: ignore[index] # by place, too
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return None


def _some(values: Iterator[object]) -> list[object]:
    """Give the values of a list; of one that is too large for an article no more than shows it."""
    found, size = [], 0
    for value in values:
        found.append(value)
        size += _chars(value)
        if size > MAX_RECORD:
            break
    return found


def _chars(value: object) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, list):
        return sum(map(_chars, value))
    return sum(map(_chars, value.values())) if isinstance(value, dict) else 0


def _first_line(error: Exception) -> str:
    """Say what Arrow met. A fault of the disk is none of the file's."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    return str(error).strip().partition("\n")[0][:200].rstrip(".")
