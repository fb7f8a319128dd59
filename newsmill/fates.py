"""What can become of a line: the vocabulary of the ledger."""

from enum import StrEnum
from typing import NamedTuple


class Fate(StrEnum):
    """What a line of raw text turned out to be.

    The first group is the article; the second is what stands around it. ``FURNITURE`` is what the line
    classifier cuts: no rule says what it is.
    """

    TITLE = "title"
    DECK = "deck"
    BYLINE = "byline"
    DATE = "date"
    DATELINE = "dateline"
    BODY = "body"
    SUBHEAD = "subhead"
    BLANK = "blank"

    CAPTION = "caption"
    CREDIT = "credit"
    RELATED = "related"
    SHARE = "share"
    NEWSLETTER = "newsletter"
    SUPPORT = "support"
    AD = "ad"
    NAV = "nav"
    COMMENT = "comment"
    COPYRIGHT = "copyright"
    FOOTER = "footer"
    BIO = "bio"
    TAGS = "tags"
    NOTICE = "notice"
    EMPTY = "empty"
    MASTHEAD = "masthead"
    DUPLICATE = "duplicate"
    FURNITURE = "furniture"


class Verdict(NamedTuple):
    """One line's fate, whether its words are in the article (its body or a field), and what decided so."""

    fate: Fate
    kept: bool
    rule: str


BODY = Verdict(Fate.BODY, True, "body")
SUBHEAD = Verdict(Fate.SUBHEAD, True, "subhead")
BLANK = Verdict(Fate.BLANK, True, "blank")
