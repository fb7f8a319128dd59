"""The table of readers: which function reads which kind of file.

A format whose files are one article each is a function of bytes that gives a Source or a Rejected; one whose files
hold many is a function of a Stream and the mapping's Fields that yields Records. To add a format, write that
function and add its line to :data:`READERS`; compression, archives, limits, numbers in messages and the shared tests
come with it. docs/formats.md shows how.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, NamedTuple

from newsmill.readers.archive import read_zip
from newsmill.readers.feeds import read_feed
from newsmill.readers.jsons import read_json, read_json_lines
from newsmill.readers.mapping import USUAL, Fields
from newsmill.readers.packing import Packing, Unpacked, bzip2, gzip, zstandard
from newsmill.readers.pages import read_html, read_mhtml, read_text
from newsmill.readers.parquet import read_parquet
from newsmill.readers.stream import MAX_RECORD, Stream
from newsmill.readers.tables import read_csv
from newsmill.readers.warc import read_warc
from newsmill.record import Record, Source
from newsmill.rejection import Rejected


class Reader(NamedTuple):
    """A format: its name in ``articles.raw_format``, its function, and the bytes that a file of it may have.

    ``max_bytes`` is None for a container, which may have any size. ``is_mapped`` says that a mapping beside the
    file tells which field is what.
    """

    format: str
    read: Callable[[Stream, Fields], Iterator[Record]]
    max_bytes: int | None = None
    is_mapped: bool = False


def _one_article(format_: str, read: Callable[[bytes], Source | Rejected], max_bytes: int = MAX_RECORD) -> Reader:
    """Make a reader of files that are one article each: none is stored in part."""

    def read_one(stream: Stream, _fields: Fields) -> Iterator[Record]:
        data = stream.read(max_bytes + 1)
        if stream.damage is not None:
            yield Record(0, stream.damage)
        elif len(data) > max_bytes:
            yield Record(0, Rejected("read", "too_large", f"It has over {max_bytes // 2**20} MiB: split it up."))
        else:
            yield Record(0, read(data))

    return Reader(format_, read_one, max_bytes)


def _read_member(name: str, stream: Stream, fields: Fields) -> Iterator[Record]:
    if reader_for(name) is _ZIP:
        yield Record(0, Rejected("read", "unsupported", "It is an archive in an archive: take it out."))
    else:
        yield from _read(name, stream, fields)


_TEXT = _one_article("text", read_text)
_HTML = _one_article("html", read_html)
_MHTML = _one_article("mhtml", read_mhtml, 4 * MAX_RECORD)
_JSON_LINES = Reader("jsonl", read_json_lines, is_mapped=True)
_CSV = Reader("csv", read_csv, is_mapped=True)
_FEED = Reader("feed", read_feed)
_ZIP = Reader("zip", partial(read_zip, read_member=_read_member), is_mapped=True)

#: File name suffix, in lower case, to the reader of such files.
READERS: dict[str, Reader] = {
    "": _TEXT,
    ".txt": _TEXT,
    ".text": _TEXT,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".mhtml": _MHTML,
    ".mht": _MHTML,
    ".json": Reader("json", read_json, is_mapped=True),
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".csv": _CSV,
    ".tsv": _CSV,
    ".parquet": Reader("parquet", read_parquet, is_mapped=True),
    ".rss": _FEED,
    ".atom": _FEED,
    ".xml": _FEED,
    ".warc": Reader("warc", read_warc),
    ".zip": _ZIP,
}

#: Suffix of a compressed file to what unpacks it: ``a.jsonl.gz`` is read as ``a.jsonl``.
PACKINGS: dict[str, Callable[[], Packing]] = {".gz": gzip, ".bz2": bzip2, ".zst": zstandard}

#: So many records in a row may make no sense before the file is given up.
MAX_SENSELESS = 100_000
_SENSELESS = frozenset({"malformed", "damaged"})

# First bytes of compressed files, by the suffix that they should have.
_PACKED = {b"\x1f\x8b\x08": ".gz", b"BZh": ".bz2", b"\x28\xb5\x2f\xfd": ".zst", b"PK\x03\x04": ".zip"}
_MAGIC = tuple(_PACKED)


def reader_for(path: str) -> Reader | None:
    """Find the reader for a file by its name; None where no reader takes such files.

    >>> reader_for("courier.example/Story.TXT").format, reader_for("CC-NEWS-20250101.warc.gz").format
    ('text', 'warc')
    >>> reader_for("report.pdf") is None
    True
    """
    return READERS.get(_suffix(_unpacked_name(path)))


def max_bytes(path: str) -> int | None:
    """Give the size that a file may have by its name alone; None where only its unpacked bytes tell."""
    reader = reader_for(path)
    return reader.max_bytes if reader and _unpacked_name(path) == path else None


def read_records(path: str, file: BinaryIO, fields: Fields = USUAL) -> Iterator[Record]:
    """Read a raw file, by its name, record by record; memory does not grow with the file.

    >>> import io
    >>> [record.content.text for record in read_records("a.txt", io.BytesIO(b"A headline"))]
    ['A headline']
    """
    return _read(path, Stream.over(file), fields)


def _read(path: str, stream: Stream, fields: Fields) -> Iterator[Record]:
    name = _unpacked_name(path)
    reader = READERS.get(_suffix(name))
    if reader is None:
        message = "No reader takes files of this name: rename it, or convert it to one of docs/formats.md."
        yield Record(0, Rejected("read", "unsupported", message))
        return
    if name != path:
        stream = Stream(Unpacked(stream, PACKINGS[_suffix(path)]()))
    head = stream.peek(4)
    packed = head.startswith(_MAGIC) and next(suffix for magic, suffix in _PACKED.items() if head.startswith(magic))
    if packed and reader.max_bytes is None and not (reader is _ZIP and packed == ".zip"):
        message = f"Its bytes are compressed and its name does not say so: add {packed} to it."
        yield Record(0, Rejected("read", "unsupported", message))
        return
    record, senseless = None, 0
    for record in reader.read(stream, fields):
        yield record
        senseless = senseless + 1 if record.content[1] in _SENSELESS else 0
        if senseless == MAX_SENSELESS:
            message = f"{MAX_SENSELESS:,} records in a row make no sense: what stands behind them was not read."
            yield record._replace(number=record.number + 1, content=Rejected("read", "malformed", message))
            return
    if record is None:
        yield Record(0, Rejected("read", "empty", "It holds no record."))


def _unpacked_name(path: str) -> str:
    """Take the suffix of a compression off."""
    suffix = _suffix(path)
    return path[: -len(suffix)] if suffix in PACKINGS else path


def _suffix(path: str) -> str:
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return f".{suffix.lower()}" if stem and dot else ""
