"""Raw article text in, a clean article and the fate of every line out."""

from dataclasses import dataclass

from newsmill.boilerplate import judge
from newsmill.fates import BLANK, BODY, SUBHEAD, Fate, Verdict
from newsmill.fields import Fields, find_fields
from newsmill.language import count_words, detect_language
from newsmill.lines import Line, split_lines
from newsmill.markup import strip_markup
from newsmill.outlet import Hints, find_outlet
from newsmill.rules import Rules
from newsmill.text import is_prose

_IN_BODY = frozenset({Fate.BODY, Fate.SUBHEAD})
_MAX_SUBHEAD_CHARS = 80
_ENDS_NO_SUBHEAD = frozenset(".!,;…\"'”’»)。")


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
    """Decide the fate of every line of ``text`` and read the article's fields from it.

    Rules come first, as they explain themselves; the classifier judges the lines that they leave open; the
    fields are read from what is left, and the rest is the body.
    """
    lines = split_lines(text)
    outlet = find_outlet(lines, rules, hints)
    judged = judge(lines, rules, outlet.domain if outlet else None)
    if outlet:
        judged = [outlet.verdicts.get(number, verdict) for number, verdict in enumerate(judged)]
    confidence = 1.0
    if rules.classifier:
        scored, confidence = rules.classifier.classify(lines, judged)
        judged = [verdict or score for verdict, score in zip(judged, scored, strict=True)]
    fields = find_fields(lines, judged, outlet, rules)
    verdicts = _settle(lines, judged, fields)
    paragraphs = [strip_markup(line.text) for line, v in zip(lines, verdicts, strict=True) if v.fate in _IN_BODY]
    body = "\n\n".join(filter(None, paragraphs))
    language = detect_language(body)
    return Cleaned(body, fields, language, count_words(body, language), confidence, lines, verdicts)


def _settle(lines: list[Line], judged: list[Verdict | None], fields: Fields) -> list[Verdict]:
    """Give every line its verdict: that of its field, of a rule or of the classifier, else it is the article's."""
    verdicts = [
        fields.verdicts.get(number) or verdict or (BODY if line.text else BLANK)
        for number, (line, verdict) in enumerate(zip(lines, judged, strict=True))
    ]
    body = [number for number, verdict in enumerate(verdicts) if verdict is BODY]
    for above, number, below in zip(body, body[1:], body[2:], strict=False):
        if _is_subhead(lines[number].text) and is_prose(lines[above].text) and is_prose(lines[below].text):
            verdicts[number] = SUBHEAD
    return verdicts


def _is_subhead(text: str) -> bool:
    return len(text) <= _MAX_SUBHEAD_CHARS and text[-1] not in _ENDS_NO_SUBHEAD
