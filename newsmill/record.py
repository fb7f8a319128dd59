"""One raw article as its reader hands it on."""

from typing import NamedTuple

from newsmill.rejection import Rejected


class Known(NamedTuple):
    """What the container of an article says of it: a mapped field, a feed's element, a response's address.

    All as written there; ``published`` is not yet parsed. None where it says nothing.
    """

    url: str | None = None
    title: str | None = None
    deck: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    outlet: str | None = None
    language: str | None = None
    section: str | None = None


class Source(NamedTuple):
    """A decoded raw article: its text or, where ``is_markup``, its HTML, and the codec that gave it."""

    text: str
    encoding: str
    is_markup: bool = False
    known: Known = Known()


class Record(NamedTuple):
    """What stands at one place of a raw file: a raw article, or why there is none.

    ``number`` is of that place alone: what is damaged elsewhere in the file, or added behind it, does not
    change it. ``member`` is the path inside an archive, and empty outside one.
    """

    number: int
    content: Source | Rejected
    member: str = ""
