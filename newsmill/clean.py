"""A raw article in, a clean article and the fate of every line out."""

from dataclasses import replace

from newsmill.boilerplate import judge
from newsmill.cleaned import Cleaned, body_of
from newsmill.fates import BLANK, BODY, SUBHEAD, Verdict
from newsmill.fields import Fields, find_fields
from newsmill.language import count_words, detect_language
from newsmill.lines import MAX_CHARS, MAX_LINES, Line, has_too_many_lines, split_lines
from newsmill.moments import read_moment
from newsmill.outlet import Hints, find_outlet
from newsmill.page import clean_page
from newsmill.record import Known, Source
from newsmill.rejection import Rejected
from newsmill.rules import Rules
from newsmill.text import is_prose

_MAX_SUBHEAD_CHARS = 80
_ENDS_NO_SUBHEAD = frozenset(".!,;…\"'”’»)。")


def clean_source(source: Source, rules: Rules, raw_path: str) -> Cleaned | Rejected:
    """Clean a raw article as its reader hands it on, be it text or a web page, or say why it is none.

    What its container says of it (a mapped field, a feed's element) goes before what it says itself.
    """
    known = source.known
    hints = Hints(raw_path, url=known.url, outlet=known.outlet)
    if source.is_markup:
        cleaned = clean_page(source.text, rules, hints)
    else:
        cleaned = _refuse(source.text) or clean(source.text, rules, hints, title=known.title)
    if isinstance(cleaned, Rejected):
        return cleaned
    if source.is_markup and len(cleaned.text) > MAX_CHARS:
        return _too_large(f"The page shows more than {MAX_CHARS:,} characters")
    if not cleaned.body:
        message = "No line of it is an article's: newsmill explain FILE shows what each was taken for."
        return Rejected("clean", "no_article", message)
    return replace(
        cleaned, fields=_with_known(cleaned.fields, known, rules), language=cleaned.language or known.language
    )


def clean(text: str, rules: Rules, hints: Hints, title: str | None = None) -> Cleaned:
    """Decide the fate of every line of ``text`` and read the article's fields from it.

    Rules come first, as they explain themselves; the classifier judges the lines that they leave open; the
    fields are read from what is left, and the rest is the body. Where ``title`` is known, no other line is one.
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
    fields = find_fields(lines, judged, outlet, rules, title)
    verdicts = _settle(lines, judged, fields)
    body = body_of(lines, verdicts)
    language = detect_language(body)
    return Cleaned(
        text=text,
        body=body,
        fields=fields,
        language=language,
        word_count=count_words(body, language),
        confidence=confidence,
        method="text",
        doc_type="article",
        lines=lines,
        verdicts=verdicts,
    )


def _refuse(text: str) -> Rejected | None:
    if len(text) > MAX_CHARS:
        return _too_large(f"The text has more than {MAX_CHARS:,} characters")
    return _too_large(f"The text has more than {MAX_LINES:,} lines") if has_too_many_lines(text) else None


def _too_large(what: str) -> Rejected:
    return Rejected("clean", "too_large", f"{what}: it is hardly one article.")


def _with_known(fields: Fields, known: Known, rules: Rules) -> Fields:
    published = read_moment(known.published, "record", rules.vocabulary) if known.published else None
    return replace(
        fields,
        title=known.title or fields.title,
        deck=known.deck or fields.deck,
        authors=list(known.authors) or fields.authors,
        published=published or fields.published,
        url=known.url or fields.url,
        section=known.section or fields.section,
    )


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
