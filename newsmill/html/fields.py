"""Fields that a page does not declare, read from its blocks: its deck, a byline and a date near the title."""

import re
from collections.abc import Iterator, Mapping

from newsmill.bylines import read_bare_name, read_byline
from newsmill.dates import Published, read_date_line
from newsmill.fates import Fate
from newsmill.html.blocks import Block
from newsmill.html.metadata import Metadata
from newsmill.vocabulary import Vocabulary

# How many blocks before the title and after it a byline or a date line may stand.
_BEFORE, _AFTER = 6, 25
_MAX_CHARS = 200
_PARTS = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+")


def fill_in(metadata: Metadata, blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> None:
    """Fill in the deck; authors and date where an outlet's selectors show them or the page declares none."""
    metadata.deck = " ".join(b.text for b in blocks if b.verdict.fate is Fate.DECK) or None
    near = _near_title(blocks)
    chosen = [b for b in blocks if b.verdict.rule == "html: date selector"]
    if chosen or metadata.published is None:
        metadata.published = _find_date(chosen or near, words) or metadata.published
    chosen = [b for b in blocks if b.verdict.rule == "html: byline selector"]
    if chosen or not metadata.authors:
        metadata.authors = _find_authors(chosen or near, words, agencies) or metadata.authors


def _find_date(blocks: list[Block], words: Vocabulary) -> Published | None:
    for text, _ in _lines(blocks):
        line = read_date_line(text, words)
        if line is not None and line.published is not None:
            return line.published
    return None


def _find_authors(blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> tuple[str, ...]:
    for text, in_byline in _lines(blocks):
        byline = read_byline(text, words, agencies)
        if byline is None and in_byline:
            byline = read_bare_name(text, words)
        if byline is not None and byline.authors:
            return byline.authors
    return ()


def _lines(blocks: list[Block]) -> Iterator[tuple[str, bool]]:
    """Go through what could be a byline or a date line, and whether the page calls it one.

    What it calls one may be several: 'Ann Hill | 14 March 2025 | 3 minutes'.
    """
    for block in blocks:
        if len(block.text) <= _MAX_CHARS:
            in_byline = block.verdict.fate in (Fate.BYLINE, Fate.DATE)
            yield block.text, in_byline
            if in_byline and len(parts := _PARTS.split(block.text)) > 1:
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
