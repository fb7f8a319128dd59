"""Raw article text in, a clean article and the fate of every line out."""

from dataclasses import dataclass

from newsmill.boilerplate import judge
from newsmill.fates import BLANK, BODY, Fate, Verdict
from newsmill.fields import Fields, find_fields
from newsmill.lines import Line, split_lines
from newsmill.outlet import Hints, find_outlet
from newsmill.rules import Rules

_IN_BODY = frozenset({Fate.BODY, Fate.SUBHEAD})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A raw text after cleaning: its body, its fields, and one verdict for each of its lines.

    ``lines[i]`` and ``verdicts[i]`` belong together; the spans of ``lines`` cover the text.
    """

    body: str
    fields: Fields
    lines: list[Line]
    verdicts: list[Verdict]


def clean(text: str, rules: Rules, hints: Hints) -> Cleaned:
    """Decide the fate of every line of ``text`` and read the article's fields from it."""
    lines = split_lines(text)
    outlet = find_outlet(lines, rules, hints)
    judged = judge(lines, rules, outlet.domain if outlet else None)
    fields = find_fields(lines, judged, outlet, rules, hints)
    verdicts = [
        fields.verdicts.get(i) or verdict or (BODY if line.text else BLANK)
        for i, (line, verdict) in enumerate(zip(lines, judged, strict=True))
    ]
    body = "\n\n".join(
        line.text for line, verdict in zip(lines, verdicts, strict=True) if verdict.fate in _IN_BODY
    )
    return Cleaned(body, fields, lines, verdicts)
