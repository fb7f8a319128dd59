"""The table of readers: which function reads which kind of file.

A reader takes an open binary file and yields its records in order. To add a format, write one function
and add its line to :data:`READERS`.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from newsmill.readers.text import read_text
from newsmill.record import Record


class Reader(NamedTuple):
    """A format: its name in ``articles.raw_format``, its function, and the largest file it takes in bytes."""

    format: str
    read: Callable[[BinaryIO], Iterator[Record]]
    max_bytes: int


_TEXT = Reader("text", read_text, max_bytes=16 * 2**20)

#: File name suffix, in lower case, to the reader of such files.
READERS: dict[str, Reader] = {"": _TEXT, ".txt": _TEXT, ".text": _TEXT}


def reader_for(path: str) -> Reader | None:
    """Find the reader for a file by its name; None where no reader takes such files.

    >>> reader_for("courier.example/Story.TXT").format
    'text'
    >>> reader_for("report.pdf") is None
    True
    """
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return READERS.get(f".{suffix.lower()}" if stem and dot else "")
