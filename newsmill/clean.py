"""Raw article text in, a clean article and the fate of every line out."""

from dataclasses import dataclass

from newsmill.boilerplate import judge
from newsmill.fates import BLANK, BODY, Fate, Verdict
from newsmill.fields import Fields, find_fields
from newsmill.language import count_words, detect_language
from newsmill.lines import Line, split_lines
from newsmill.markup import strip_markup
from newsmill.outlet import Hints, find_outlet
from newsmill.rules import Rules

_IN_BODY = frozenset({Fate.BODY, Fate.SUBHEAD})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A raw text after cleaning: its body, its fields, and one verdict for each of its lines.

    ``lines[i]`` and ``verdicts[i]`` belong together; the spans of ``lines`` cover the text. ``language`` is
    the body's ISO 639-1 code, None where it is not certain; ``confidence`` of the cleaning is from 0 to 1.
    """

    body: str
    fields: Fields
    language: str | None
    word_count: int
    confidence: float
    lines: list[Line]
    verdicts: list[Verdict]


def clean(text: str, rules: Rules, hints: Hints) -> Cleaned:
    """Decide the fate of every line of ``text`` and read the article's fields from it."""
    lines = split_lines(text)
    outlet = find_outlet(lines, rules, hints)
    judged = judge(lines, rules, outlet.domain if outlet else None)
    fields = find_fields(lines, judged, outlet, rules)
    verdicts = [
        fields.verdicts.get(i) or verdict or (BODY if line.text else BLANK)
        for i, (line, verdict) in enumerate(zip(lines, judged, strict=True))
    ]
    paragraphs = [
        strip_markup(line.text) for line, v in zip(lines, verdicts, strict=True) if v.fate in _IN_BODY
    ]
    body = "\n\n".join(filter(None, paragraphs))
    return Cleaned(body, fields, detect_language(body), count_words(body), 1.0, lines, verdicts)
