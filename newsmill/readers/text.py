"""A plain-text file is one article."""

from collections.abc import Iterator
from typing import BinaryIO

from newsmill.decode import decode
from newsmill.record import Record


def read_text(file: BinaryIO) -> Iterator[Record]:
    """Yield the one record of a text file.

    >>> import io
    >>> [record.content.text for record in read_text(io.BytesIO(b"A headline"))]
    ['A headline']
    """
    yield Record(0, decode(file.read()))
