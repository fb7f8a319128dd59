r"""Tables of articles: ``.csv`` and ``.tsv``, one article a row, the names of the columns in the first.

The number of a record is the line at which its row begins, from 0, which is the line of the names.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from newsmill.decode import decode
from newsmill.readers.mapping import Fields
from newsmill.readers.stream import MAX_RECORD, Stream, in_utf8
from newsmill.record import Record
from newsmill.rejection import Rejected

_SAMPLE = 256 * 2**10
_DELIMITERS = (b",", b";", b"\t", b"|")
# Fields of a row are decoded together: a row has one codec, and short fields give none away.
_JOINTS = "\x1f\x1e\x1d\x1c\x1a"
_BLANK = b" \t\r\n\f\v\x1c\x1d\x1e\x1f"


def read_csv(stream: Stream, fields: Fields) -> Iterator[Record]:
    r"""Read a table in text. A row with broken quotes, or with too many fields or too few, is lost alone.

    >>> from newsmill.readers.mapping import USUAL
    >>> table = Stream.of(b'title,body\nOne,"It\nruns."\nTwo,"It "runs."\nThree,It runs.\n')
    >>> for record in read_csv(table, USUAL):
    ...     print(record.number, record.content[:2])
    1 ('It\nruns.', 'utf-8')
    3 ('read', 'malformed')
    4 ('It runs.', 'utf-8')
    """
    rows = _Rows(in_utf8(stream))
    header = rows.next()
    if header is None:
        return
    names = _decoded(header)
    if isinstance(names, Rejected):
        yield Record(0, names)
        return
    names = names._replace(values=[name.strip() for name in names.values])
    if missing := fields.missing(names.values):
        yield Record(0, missing)
        return
    yield from _records(rows, names.values, fields)
    if rows.stream.damage is not None:
        yield Record(rows.line, rows.stream.damage)


class _Row(NamedTuple):
    """A row, the line it begins on, and its fields as bytes; no fields where its quotes are broken."""

    line: int
    fields: list[bytes] | Rejected


class _Decoded(NamedTuple):
    values: list[str]
    encoding: str


def _records(rows: "_Rows", names: list[str], fields: Fields) -> Iterator[Record]:
    lost = False  # behind broken quotes: lines that make no row are of the one that was lost
    while row := rows.next():
        if isinstance(row.fields, Rejected):
            if not lost:
                yield Record(row.line, row.fields)
            lost = True
        elif not any(row.fields):
            continue
        elif len(row.fields) == len(names):
            lost = False
            decoded = _decoded(row)
            if isinstance(decoded, Rejected):
                yield Record(row.line, decoded)
            else:
                values = dict(zip(names, decoded.values, strict=True))
                yield Record(row.line, fields.source(values, decoded.encoding))
        elif not lost:
            message = f"Line {row.line + 1:,}: {len(row.fields):,} fields where the table has {len(names):,} columns."
            yield Record(row.line, Rejected("read", "malformed", message))


def _decoded(row: _Row) -> _Decoded | Rejected:
    if isinstance(row.fields, Rejected):
        return row.fields
    together = b"".join(row.fields)
    if together.isascii() and b"\x00" not in together and together.strip(_BLANK):
        return _Decoded([field.decode("ascii") for field in row.fields], "utf-8")
    joint = next((sign for sign in _JOINTS if sign.encode() not in together), _JOINTS[0])
    decoded = decode(b"".join(joint.encode() + field for field in row.fields))
    if isinstance(decoded, Rejected):
        return decoded
    values = decoded.text.split(joint)[1:]
    if len(values) != len(row.fields):
        message = f"Line {row.line + 1:,}: control characters blur where its fields end."
        return Rejected("read", "malformed", message)
    return _Decoded(values, decoded.encoding)


class _Rows:
    """The rows of a table in text, taken apart and not yet decoded."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        #: Line of the file at which the next row begins, from 0.
        self.line = 0
        self._waiting: deque[bytes] = deque()
        sample = stream.peek(_SAMPLE)
        names = sample.partition(b"\n")[0]
        self._delimiter = max(_DELIMITERS, key=names.count).decode()
        self._escape = "\\" if sample.count(b'\\"') > sample.count(b'""') else None
        # What makes a line more than fields between delimiters.
        self._signs = [b'"', b"\r", *([b"\\"] if self._escape else [])]
        csv.field_size_limit(2 * MAX_RECORD)

    def next(self) -> _Row | None:
        """Take the next row; None at the end, and where the file is damaged."""
        while True:
            if (plain := self._plain()) is not None:
                if plain.fields:
                    return plain
                continue
            line, taken = self.line, list[bytes]()
            reader = csv.reader(
                self._lines(taken),
                delimiter=self._delimiter,
                doublequote=self._escape is None,
                escapechar=self._escape,
                strict=True,
            )
            try:
                fields = next(reader, None)
            except csv.Error as error:
                self._waiting.extendleft(reversed(taken[1:]))
                self.line += 1
                return _Row(line, Rejected("read", "malformed", f"Line {line + 1:,}: its quotes are broken ({error})."))
            self.line += len(taken)
            if fields is None:
                return None
            if fields:
                return _Row(line, [field.encode("latin-1") for field in fields])

    def _plain(self) -> _Row | None:
        """Take the next row if it is a line without quotes: what most rows are needs no reader of its own.

        None where the next one may be more; no fields where the line is blank.
        """
        line = self._waiting.popleft() if self._waiting else self.stream.line(MAX_RECORD + 1)
        text = line[:-1].removesuffix(b"\r")
        if not line.endswith(b"\n") or len(line) > MAX_RECORD or any(sign in text for sign in self._signs):
            self._waiting.appendleft(line)
            return None
        self.line += 1
        return _Row(self.line - 1, text.split(self._delimiter.encode()) if text else [])

    def _lines(self, taken: list[bytes]) -> Iterator[str]:
        """Yield lines, each byte a character, until a row has too many."""
        size = 0
        while size <= MAX_RECORD:
            line = self._waiting.popleft() if self._waiting else self.stream.line(MAX_RECORD + 1)
            if not line or (self.stream.damage is not None and not line.endswith(b"\n")):
                return
            if len(line) > MAX_RECORD and not line.endswith(b"\n"):
                self.stream.skip_line()
                line = b'"\n'  # no row is left of it: its quotes are broken
            size += len(line)
            taken.append(line)
            yield line.decode("latin-1")
