"""What memory changes in an article that is clean already: lines that its outlet repeats are cut after all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from newsmill.fates import Fate
from newsmill.identity import content_hash
from newsmill.language import count_words, detect_language
from newsmill.lines import split_lines
from newsmill.markup import strip_markup

_IN_BODY = frozenset({Fate.BODY, Fate.SUBHEAD})


@dataclass(frozen=True, slots=True)
class Remade:
    """What of an article follows from the fates of its lines."""

    content_hash: UUID
    body: str
    word_count: int
    language: str | None


def remake(texts: Sequence[str], fates: Sequence[str], cut: Collection[int], language: str | None) -> Remade:
    r"""Make an article's body from its ledger, without the lines at the places in ``cut``.

    ``texts`` are the lines as they stood; ``language`` is the article's where that of its new body is not certain.

    >>> remake(["It rained.\n", "X\n", "The Courier"], ["body", "body", "footer"], {1}, "en").body
    'It rained.'
    """
    kept = (
        strip_markup(line.text)
        for place, (text, fate) in enumerate(zip(texts, fates, strict=True))
        if fate in _IN_BODY and place not in cut
        for line in split_lines(text)
    )
    body = "\n\n".join(filter(None, kept))
    language = detect_language(body) or language
    return Remade(content_hash(body), body, count_words(body, language), language)
