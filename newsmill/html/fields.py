"""Fields that a page does not declare, read from its blocks: its deck, a byline and a date near the title."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from newsmill.bylines import read_bare_name, read_byline
from newsmill.dates import Published, read_date_line
from newsmill.fates import Fate, Verdict
from newsmill.html.blocks import Block
from newsmill.html.metadata import Metadata
from newsmill.vocabulary import Vocabulary

# How many blocks before the title and after it a byline or a date line may stand.
_BEFORE, _AFTER = 6, 25
_MAX_LINES = 1_000
_MAX_CHARS = 200
# What follows in a byline is about the authors.
_MAX_BYLINE = 150
_PARTS = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+")
# A longer block is a paragraph; below the first, which may be a deck, a line tells who wrote it, below others not.
_PROSE_CHARS = 120
_MAX_ABOVE = 1
# How many of the last blocks may be about the authors.
_MAX_BIOS = 4
# 'Lesedauer: 4 Min.', also right behind the date: what a page sets apart by style alone has no space between.
_READING_TIME = re.compile(
    r"(?:\b|(?<=[a-z]))(?:[^\W\d_]{4,20}(?: time)?: ?)?\d{1,3}[ -]?[Mm]in(?:ute[ns]?|utos|uti|s)?\.?"
    r"(?: (?:read|lesezeit|de lecture|de lectura|di lettura|de leitura))?$"
)
_HEAD = frozenset({Fate.BYLINE, Fate.DATE})
_BYLINE = Verdict(Fate.BYLINE, True, "html: byline")
_BIO = Verdict(Fate.BIO, False, "html: author at the end")
_DATE = Verdict(Fate.DATE, True, "html: date line")


def tell_bylines(blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> list[Block]:
    """Take bylines and date lines that stand above the text out of the body, whatever box they stand in.

    >>> from newsmill.fates import BODY
    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": ["", "", "march"], "weekdays": "friday", "by": ["by"], "and": ["and"],
    ...     "published": ["published"], "updated": ["updated"], "filler": "at"}], {})
    >>> blocks = [Block(text, "p", BODY) for text in ("By Ann Hill | Friday, 14 March 2025 | 3 min read", "On Monday")]
    >>> [str(block.verdict.fate) for block in tell_bylines(blocks, words, {})]
    ['byline', 'body']
    """
    told = list(blocks)
    paragraphs = 0
    for number in islice((n for n, block in enumerate(blocks) if block.in_body), _AFTER):
        block = blocks[number]
        if len(block.text) >= _PROSE_CHARS:
            paragraphs += 1
            if paragraphs > _MAX_ABOVE:
                break
        elif block.verdict.fate is Fate.BODY:
            others, bylines = _take_apart(block.text, words, agencies)
            if not others or read_date_line(others, words) is not None:
                told[number] = block._replace(verdict=_BYLINE if bylines else _DATE)
    return told


def tell_bios(blocks: list[Block], people: Collection[str]) -> list[Block]:
    """Take what is said of an author below the text out of the body: nobody opens a paragraph with their own name.

    >>> from newsmill.fates import BODY
    >>> blocks = [Block(text, "p", BODY) for text in ("It rained.", "It went on.", "Ann Hill is a writer in Aveline.")]
    >>> [str(block.verdict.fate) for block in tell_bios(blocks, ["Ann Hill"])]
    ['body', 'body', 'bio']
    """
    names = tuple(f"{name} " for name in people if " " in name)
    told = list(blocks)
    last = [number for number, block in enumerate(blocks) if block.in_body][1:][-_MAX_BIOS:]
    for number in last if names else ():
        block = blocks[number]
        if block.text.startswith(names) and block.verdict.fate is Fate.BODY:
            told[number] = block._replace(verdict=_BIO)
    return told


def _take_apart(text: str, words: Vocabulary, agencies: Mapping[str, str]) -> tuple[str, list[str]]:
    """Cut a line that holds several facts: what may be its date, and its bylines."""
    if len(text) > _MAX_CHARS:
        return text, []
    parts = [part for part in _PARTS.split(_READING_TIME.sub("", text)) if part]
    bylines = [part for part in parts if read_byline(part, words, agencies)]
    return " - ".join(part for part in parts if part not in bylines), bylines


def fill_in(metadata: Metadata, blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> None:
    """Fill in the deck; authors and date where an outlet's selectors show them or the page declares none."""
    metadata.deck = " ".join(b.text for b in blocks if b.verdict.fate is Fate.DECK) or None
    near = _near_title(blocks)
    chosen = [b for b in blocks if b.verdict.rule == "html: date selector"]
    if chosen or metadata.published is None:
        metadata.published = _find_date(chosen or near, words, agencies) or metadata.published
    chosen = [b for b in blocks if b.verdict.rule == "html: byline selector"]
    if chosen or metadata.anonymous:
        metadata.authors = _find_authors(chosen or near, words, agencies) or metadata.authors


def _find_date(blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> Published | None:
    for block in blocks:
        if len(block.text) <= _MAX_CHARS:
            texts = [block.text]
            if block.verdict.fate in _HEAD:
                texts += [_take_apart(block.text, words, agencies)[0], *_PARTS.split(block.text)]
            for text in texts:
                line = read_date_line(text, words)
                if line is not None and line.published is not None:
                    return line.published
    return None


def _find_authors(blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> tuple[str, ...]:
    """Read the first byline that opens as one; where none does, the first names that stand where one would."""
    lines = list(islice(_lines(blocks), _MAX_LINES))
    opened = (read_byline(text, words, agencies) for text, _ in lines)
    bare = (read_bare_name(text, words) for text, in_byline in lines if in_byline)
    return next((byline.authors for byline in (*opened, *bare) if byline is not None and byline.authors), ())


def _lines(blocks: list[Block]) -> Iterator[tuple[str, bool]]:
    """Go through what could be a byline, and whether the page calls it one.

    What it calls one may be several: 'Ann Hill | 14 March 2025 | 3 minutes'.
    """
    for block in blocks:
        in_byline = block.verdict.fate in _HEAD
        if in_byline or len(block.text) <= _MAX_CHARS:
            yield block.text[:_MAX_BYLINE], in_byline
            if in_byline and len(parts := _PARTS.split(block.text[:_MAX_CHARS])) > 1:
                yield from ((part, True) for part in parts if part)


def _near_title(blocks: list[Block]) -> list[Block]:
    """Give the blocks around the title, and all that the page calls a byline up to the end of the body."""
    titles = [number for number, block in enumerate(blocks) if block.verdict.fate is Fate.TITLE]
    body = [number for number, block in enumerate(blocks) if block.in_body]
    if not titles and not body:
        return []
    start = max((t for t in titles if not body or t <= body[0]), default=body[0] if body else titles[0])
    called = [b for b in blocks[start : body[-1] + 2 if body else start] if b.verdict.fate is Fate.BYLINE]
    return [*blocks[max(0, start - _BEFORE) : start + _AFTER], *called]
