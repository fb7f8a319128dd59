"""The page as rows of text: what every later step works on, whatever parsed the markup."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from newsmill.fates import Fate, Verdict


class Context:
    """What a box stands in, as bits: a box inherits those of every box above it."""

    LIST: Final = 1
    TABLE: Final = 2
    FIGURE: Final = 4
    HEADING: Final = 8
    QUOTE: Final = 16
    PARAGRAPH: Final = 32


@dataclass(slots=True)
class Box:
    """An element that lays out as a box: its parent, and which boxes and rows stand inside it.

    Boxes are numbered in document order: those inside box ``i`` are ``i + 1`` up to, not including, ``end``;
    the rows of text inside it are ``first`` up to, not including, ``last``. ``name`` is its class and id,
    ``cue`` the kind of furniture that they name (a key of ``newsmill.html.cues.FURNITURE``); ``article`` and
    ``deck`` are whether they name the article's body or its deck. ``context`` is made of ``Context``;
    ``mark`` says which of an outlet's own selectors selected it.
    """

    parent: int
    tag: str
    name: str
    cue: str | None
    article: bool
    deck: bool
    context: int
    first: int
    last: int = 0
    end: int = 0
    mark: str = ""


@dataclass(slots=True)
class Row:
    """A run of text that no box interrupts, white space folded, and the number of the box it stands in.

    ``link_chars`` of its characters are inside links; ``image`` is whether a picture stands among them.
    """

    text: str
    box: int
    link_chars: int
    image: bool


@dataclass(slots=True)
class Outline:
    """Every visible text of a page, in document order, and the boxes around it; box 0 holds them all.

    ``pictures`` has the number of the box around each picture.
    """

    boxes: list[Box] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)


class Block(NamedTuple):
    """One visible block of a page: its text, the element it stands in, and what became of it.

    >>> block = Block("The mayor spoke.", "p", Verdict(Fate.BODY, True, "html: body"))
    >>> block.in_body
    True
    """

    text: str
    tag: str
    verdict: Verdict

    @property
    def in_body(self) -> bool:
        """Whether the block is of the article's body: a paragraph or a subhead. The deck is a field."""
        return self.verdict.fate in _IN_BODY


_IN_BODY = frozenset({Fate.BODY, Fate.SUBHEAD})


def folded(text: str) -> str:
    """Give the letters and figures of a text in small letters: what two ways to write it have in common.

    >>> folded("Harbour re-opens!") == folded("HARBOUR REOPENS")
    True
    """
    return "".join(filter(str.isalnum, text.lower()))
