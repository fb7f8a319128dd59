"""A raw article after cleaning: what every way of cleaning comes to."""

from dataclasses import dataclass

from newsmill.fates import Fate, Verdict
from newsmill.fields import Fields
from newsmill.lines import Line
from newsmill.markup import strip_markup

_IN_BODY = frozenset({Fate.BODY, Fate.SUBHEAD})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A raw article after cleaning: its body, its fields, and one verdict for each line.

    ``text`` is what the lines span: the raw text, or a page's visible blocks. ``lines[i]`` and ``verdicts[i]``
    belong together. ``language`` is the body's ISO 639-1 code, None where it is not certain; ``confidence`` of
    the cleaning is from 0 to 1. ``method`` says how the body was found: text, or how in a page; ``doc_type`` is
    article, live_blog or stub.
    """

    text: str
    body: str
    fields: Fields
    language: str | None
    word_count: int
    confidence: float
    method: str
    doc_type: str
    lines: list[Line]
    verdicts: list[Verdict]


def body_of(lines: list[Line], verdicts: list[Verdict]) -> str:
    """Join the paragraphs that the verdicts leave, without the markup that a scraper left in them."""
    kept = [strip_markup(line.text) for line, verdict in zip(lines, verdicts, strict=True) if verdict.fate in _IN_BODY]
    return "\n\n".join(filter(None, kept))
