"""A web page cleaned: its blocks are the lines of the ledger, and its body goes the way of any text."""

from dataclasses import replace

from newsmill.boilerplate import judge
from newsmill.bylines import read_dateline
from newsmill.cleaned import Cleaned, body_of
from newsmill.fates import Fate, Verdict
from newsmill.fields import Fields
from newsmill.html.blocks import Block
from newsmill.html.extract import Page, extract
from newsmill.language import count_words, detect_language
from newsmill.lines import Line
from newsmill.outlet import Hints, Outlet, find_outlet
from newsmill.rejection import Rejected
from newsmill.rules import Rules

# A block with one of these fates has its words in a field.
_FIELDS = frozenset({Fate.TITLE, Fate.DECK, Fate.BYLINE, Fate.DATE})


def clean_page(markup: str, rules: Rules, hints: Hints) -> Cleaned | Rejected:
    """Find the article in a page, and cut from it what rules know to be none of it.

    The text that the lines span is that of the page's visible blocks, one a line.
    """
    domain = _outlet_domain(rules, hints)
    selectors = rules.selectors.get(domain) if domain else None
    page = extract(markup, selectors, words=rules.vocabulary, agencies=rules.agencies)
    if isinstance(page, Rejected):
        return page
    lines = _as_lines(page.blocks)
    outlet = _find_outlet(page, rules, hints)
    verdicts = _judge(page, lines, rules, outlet)
    body = body_of(lines, verdicts)
    language = detect_language(body) or page.metadata.language
    return Cleaned(
        text="".join(f"{block.text}\n" for block in page.blocks),
        body=body,
        fields=_fields(page, outlet, body, rules),
        language=language,
        word_count=count_words(body, language),
        confidence=page.confidence,
        method=page.method,
        doc_type=page.doc_type,
        lines=lines,
        verdicts=verdicts,
    )


def _as_lines(blocks: list[Block]) -> list[Line]:
    lines, start = [], 0
    for block in blocks:
        end = start + len(block.text) + 1
        lines.append(Line(start, end, block.text))
        start = end
    return lines


def _outlet_domain(rules: Rules, hints: Hints) -> str | None:
    outlet = find_outlet([], rules, hints)
    return outlet.domain if outlet else None


def _find_outlet(page: Page, rules: Rules, hints: Hints) -> Outlet | None:
    """Name the outlet by what its container says, by the page's own address and name, or by the folder."""
    if hints.url is None and page.metadata.url:
        hints = replace(hints, url=page.metadata.url)
    outlet = find_outlet([], rules, hints)
    if outlet is None:
        return Outlet(page.metadata.site, None, "page", {}) if page.metadata.site else None
    return outlet if outlet.name else outlet._replace(name=page.metadata.site)


def _judge(page: Page, lines: list[Line], rules: Rules, outlet: Outlet | None) -> list[Verdict]:
    """Let rules look at the blocks of the body as they would at the lines of a text."""
    body = [number for number, block in enumerate(page.blocks) if block.in_body]
    ruled = judge([lines[number] for number in body], rules, outlet.domain if outlet else None)
    verdicts = [v._replace(kept=True) if v.fate in _FIELDS else v for v in (block.verdict for block in page.blocks)]
    for number, verdict in zip(body, ruled, strict=True):
        verdicts[number] = verdict or verdicts[number]
    return verdicts


def _fields(page: Page, outlet: Outlet | None, body: str, rules: Rules) -> Fields:
    declared = page.metadata
    dateline = read_dateline(body.partition("\n")[0], rules.agencies)
    return Fields(
        title=declared.title,
        deck=declared.deck,
        authors=list(declared.authors),
        agency=_agency(page, rules) or (dateline.agency if dateline else None),
        dateline=dateline.place if dateline else None,
        published=declared.published,
        modified=declared.modified,
        url=declared.url,
        section=declared.section,
        tags=list(declared.tags),
        outlet=outlet,
    )


def _agency(page: Page, rules: Rules) -> str | None:
    """Find the agency that stands for an author, or on a line of its own."""
    credited = [block.text.strip(" -–—.") for block in page.blocks if block.verdict.fate is Fate.CREDIT]
    return next((rules.agencies[name] for name in (*page.metadata.authors, *credited) if name in rules.agencies), None)
