"""A plain-text file is one article."""

from collections.abc import Iterator
from typing import BinaryIO

from newsmill.decode import decode
from newsmill.record import Record, Source
from newsmill.rejection import Rejected


def read_text(file: BinaryIO) -> Iterator[Record]:
    """Yield the one record of a text file.

    >>> import io
    >>> [record.content.text for record in read_text(io.BytesIO(b"A headline"))]
    ['A headline']
    """
    decoded = decode(file.read())
    yield Record(0, decoded if isinstance(decoded, Rejected) else Source(decoded.text, decoded.encoding))
