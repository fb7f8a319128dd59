"""Which lines of an article are not the article: by rule, line by line and box by box."""

from collections.abc import Iterable

from newsmill.fates import Verdict
from newsmill.lines import Line
from newsmill.rules import Rules
from newsmill.rules.kinds import Keep, Place, Rule, Section
from newsmill.rules.lookup import Index, find_rule
from newsmill.text import is_prose

_CLOSING = "\"'”’»)]"
_STOPS = (".", "…", "。", "।", ":", ";")
_PROSE_STOPS = (*_STOPS, "!", "?", "！", "？")
_CUT_SHORT = ("...", "…")
_HEADLINE_CHARS = 160
#: A box takes so many headlines at most: what goes on may be a list of the article.
_TAIL_HEADLINES = 12
_BODY_HEADLINES = 5
#: Among paragraphs a shorter line may be a sub-head.
_BODY_HEADLINE_CHARS = 30
_TAG_CHARS = 30
_TAG_SPACES = 3
_ENTRY_CHARS = 100
_ENTRIES = 40


def judge(lines: list[Line], rules: Rules, domain: str | None) -> list[Verdict | None]:
    r"""Decide which lines are boilerplate, and which a rule keeps; None for a line that no rule knows.

    ``domain`` is the outlet's: its own rules are tried before those of every outlet.
    """
    numbers = [number for number, line in enumerate(lines) if line.text]
    texts = [lines[number].text for number in numbers]
    hits, head, tail = _find_hits(texts, rules.indexes(domain))
    verdicts: list[Verdict | None] = [None] * len(lines)
    if any(hits):
        places = [_place(i, head, tail) for i in range(len(texts))]
        for number, verdict in zip(numbers, _decide(texts, places, hits), strict=True):
            verdicts[number] = verdict
    return verdicts


def _place(i: int, head: int, tail: int) -> Place:
    if i < head:
        return "head"
    return "body" if i < tail else "tail"


def _find_hits(texts: list[str], indexes: dict[Place, list[Index]]) -> tuple[list[Rule | None], int, int]:
    """Find each line's rule, the first line of the body and the first of the tail.

    The body goes from the first to the last paragraph: a line of prose that is no rule's at its place.
    """
    hits: list[Rule | None] = [None] * len(texts)
    paragraph = _read_to_paragraph(texts, range(len(texts)), indexes["head"], hits)
    if paragraph is None:  # with no paragraph to go by, every line but the first may be the body's
        head, tail = min(1, len(texts)), len(texts)
    else:
        head = paragraph
        last = _read_to_paragraph(texts, range(len(texts) - 1, head, -1), indexes["tail"], hits)
        tail = (head if last is None else last) + 1
    body = indexes["body"]
    hits[head:tail] = [find_rule(text, body) for text in texts[head:tail]]
    return hits, head, tail


def _read_to_paragraph(
    texts: list[str], order: Iterable[int], indexes: list[Index], hits: list[Rule | None]
) -> int | None:
    """Give the first line, in that order, that is a paragraph and no rule's; note the others' rules."""
    for i in order:
        hits[i] = find_rule(texts[i], indexes)
        if (hits[i] is None or isinstance(hits[i], Keep)) and is_prose(texts[i]):
            return i
    return None


def _decide(texts: list[str], places: list[Place], hits: list[Rule | None]) -> list[Verdict | None]:
    """Give the verdicts of the rules that matched, and of the boxes for what they take along."""
    verdicts: list[Verdict | None] = []
    box: Section | None = None
    taken: list[str] = []
    for text, place, rule in zip(texts, places, hits, strict=True):
        if rule is not None:
            verdicts.append(rule.verdict)
            if isinstance(rule, Section):
                box, taken = rule, []
        elif box is not None and _belongs(text, box, place, taken):
            verdicts.append(box.verdict)
            taken.append(text)
        else:
            verdicts.append(None)
            box = None
    return verdicts


def _belongs(text: str, box: Section, place: Place, taken: list[str]) -> bool:
    """Tell whether a line goes with a box that has taken those lines before it.

    In the head none does but the entry of a table of contents, as the title is still to come; in the body none
    does that may be a sub-head. Where the first entry of a table of contents comes again, the article begins.
    """
    unquoted = text.rstrip(_CLOSING)
    if box.takes == "contents":
        is_short = len(text) <= _ENTRY_CHARS and not unquoted.endswith(_STOPS)
        return is_short and len(taken) < _ENTRIES and text not in taken[:1]
    if place == "head":
        return False
    if box.takes == "words":
        is_short = len(text) <= _TAG_CHARS and text.count(" ") <= _TAG_SPACES
        return is_short and not unquoted.endswith(_PROSE_STOPS)
    if len(text) >= _HEADLINE_CHARS or (unquoted.endswith(_STOPS) and not unquoted.endswith(_CUT_SHORT)):
        return False
    if place == "tail":
        return len(taken) < _TAIL_HEADLINES
    return len(taken) < _BODY_HEADLINES and len(text) >= _BODY_HEADLINE_CHARS
