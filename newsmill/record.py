"""One raw article as its reader hands it on."""

from typing import NamedTuple

from newsmill.decode import Decoded
from newsmill.rejection import Rejected


class Record(NamedTuple):
    """What stands at one place of a raw file: a decoded text, or why there is none.

    ``number`` counts the file's records from 0 and is stable: a bad record keeps its own.
    """

    number: int
    content: Decoded | Rejected
