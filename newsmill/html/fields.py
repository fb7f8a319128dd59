"""Fields that a page does not declare, read from its blocks: its deck, a byline and a date near the title."""

from collections.abc import Mapping

from newsmill.bylines import read_bare_name, read_byline
from newsmill.dates import Published, read_date_line
from newsmill.fates import Fate
from newsmill.html.blocks import Block
from newsmill.html.metadata import Metadata
from newsmill.vocabulary import Vocabulary

# How many blocks before the title and after it a byline or a date line may stand.
_BEFORE, _AFTER = 6, 25


def fill_in(metadata: Metadata, blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> None:
    """Fill in the deck; authors and date where an outlet's selectors show them or the page declares none."""
    metadata.deck = " ".join(b.text for b in blocks if b.verdict.fate is Fate.DECK) or None
    chosen = [b for b in blocks if b.verdict.rule == "html: date selector"]
    if chosen or metadata.published is None:
        metadata.published = _find_date(chosen or _near_title(blocks), words) or metadata.published
    chosen = [b for b in blocks if b.verdict.rule == "html: byline selector"]
    if chosen or not metadata.authors:
        metadata.authors = _find_authors(chosen or _near_title(blocks), words, agencies) or metadata.authors


def _find_date(blocks: list[Block], words: Vocabulary) -> Published | None:
    for block in blocks:
        line = read_date_line(block.text, words)
        if line is not None and line.published is not None:
            return line.published
    return None


def _find_authors(blocks: list[Block], words: Vocabulary, agencies: Mapping[str, str]) -> tuple[str, ...]:
    for block in blocks:
        byline = read_byline(block.text, words, agencies)
        if byline is None and block.verdict.fate is Fate.BYLINE:
            byline = read_bare_name(block.text, words)
        if byline is not None and byline.authors:
            return byline.authors
    return ()


def _near_title(blocks: list[Block]) -> list[Block]:
    titles = [number for number, block in enumerate(blocks) if block.verdict.fate is Fate.TITLE]
    body = next((number for number, block in enumerate(blocks) if block.in_body), None)
    start = max((t for t in titles if body is None or t <= body), default=body)
    return [] if start is None else blocks[max(0, start - _BEFORE) : start + _AFTER]
