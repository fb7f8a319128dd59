"""Which lines of an article are not the article: by rule, line by line and box by box."""

import re

from newsmill.fates import Verdict
from newsmill.lines import Line
from newsmill.rules import AROUND_WORDS, KEY, Index, Place, Rule, Rules, Section

#: A longer line is prose: no rule sees it.
MAX_CHARS = 600
_WORDS_CHARS = 60
_PROSE_CHARS = 90
_HEADLINE_CHARS = 160
_ENDS_LIKE_PROSE = re.compile(r"""[.!?…。！？।:;][\"'”’»)\]]*$""")


def judge(lines: list[Line], rules: Rules, domain: str | None) -> list[Verdict | None]:
    r"""Decide which lines are boilerplate; None for a line that is not, or that no rule knows.

    ``domain`` is the outlet's: its own rules are tried before those of every outlet.
    """
    indexes = [rules.everywhere]
    if domain is not None and domain in rules.by_domain:
        indexes.insert(0, rules.by_domain[domain])
    hits = [find_rule(line.text, indexes) if line.text else None for line in lines]
    verdicts: list[Verdict | None] = [None] * len(lines)
    if any(hits):
        _decide(lines, hits, verdicts)
    return verdicts


def find_rule(text: str, indexes: list[Index]) -> Rule | None:
    """Find the first rule that matches a line."""
    chars = len(text)
    if chars > MAX_CHARS:
        return None
    words = text.lower().replace("’", "'").strip(AROUND_WORDS) if chars <= _WORDS_CHARS else None
    start, end = text[:KEY].lower(), text[-KEY:].lower()
    for index in indexes:
        if words in index.words:
            return index.words[words]
        for pattern, rule in index.starts.get(start) or index.starts.get(start[0], ()):
            if pattern.fullmatch(text):
                return rule
        for pattern, rule in index.ends.get(end) or index.ends.get(end[-1], ()):
            if pattern.fullmatch(text):
                return rule
    return None


def _decide(lines: list[Line], hits: list[Rule | None], verdicts: list[Verdict | None]) -> None:
    prose = [i for i, line in enumerate(lines) if hits[i] is None and _is_prose(line.text)]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), len(lines))
    box: Section | None = None
    for i, (line, rule) in enumerate(zip(lines, hits, strict=True)):
        if rule is not None and _place(i, first, last) in rule.where:
            verdicts[i] = rule.verdict
            box = rule if isinstance(rule, Section) else box
        elif box is not None and line.text:
            if _belongs(line.text, box):
                verdicts[i] = box.verdict
            else:
                box = None


def _place(number: int, first: int, last: int) -> Place:
    if number < first:
        return "head"
    return "tail" if number > last else "body"


def _is_prose(text: str) -> bool:
    return len(text) > _PROSE_CHARS and _ENDS_LIKE_PROSE.search(text[-4:]) is not None


def _belongs(text: str, box: Section) -> bool:
    if box.takes == "words":
        return len(text) < 30 and text.count(" ") < 4
    return len(text) < _HEADLINE_CHARS and _ENDS_LIKE_PROSE.search(text[-4:]) is None
