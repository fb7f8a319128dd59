"""A web page in, its article out: every visible block with its fate, and the fields the page declares."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from selectolax.lexbor import LexborHTMLParser

from newsmill.fates import Fate, Verdict
from newsmill.html.blocks import Block, Outline
from newsmill.html.body import OUTSIDE, SCRAP, Finder
from newsmill.html.fields import fill_in, tell_bios, tell_bylines
from newsmill.html.guard import refuse
from newsmill.html.metadata import Head, Metadata
from newsmill.html.payload import find_paragraphs, find_published
from newsmill.html.selectors import Selectors, mark
from newsmill.html.walk import outline
from newsmill.rejection import Rejected
from newsmill.vocabulary import Vocabulary

#: What found the body: content mass, JSON-LD, an outlet's selectors; or, where none did, what prose there is.
Method: TypeAlias = Literal["blocks", "jsonld", "selectors", "fallback"]
#: What kind of article it is.
DocType: TypeAlias = Literal["article", "live_blog", "stub"]

_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f")) + b"\x7f"
_NO_WORDS = Vocabulary.parse((), {})
_NO_AGENCIES: Mapping[str, str] = {}
# JSON-LD's articleBody is often cut or mixed with teasers: it speaks only where the page says far less.
_RESCUE_SHARE = 0.4
_RESCUE_CHARS = 300
# A body of fewer characters is doubtful; one that is to be paid for, and as short as this, is a stub.
_FEW_CHARS = 120
_STUB_CHARS = 1_500
_SURE_CHARS = 900
_FROM_JSONLD = Verdict(Fate.BODY, True, "html: JSON-LD")
_IN_JSONLD = Verdict(Fate.DUPLICATE, False, "html: said in JSON-LD")
_FROM_SCRIPTS = Verdict(Fate.BODY, True, "html: script data")
_PARAGRAPH = Verdict(Fate.BODY, True, "html: paragraph")
_LIVE_URL = re.compile(r"live-?blog|live-?ticker|newsblog|/live/|live-updates|minuto-a-minuto", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page after extraction: its visible blocks in document order, each with one fate, and its fields.

    What only JSON-LD or the data for a page's scripts says comes last: the page does not show it. ``confidence``
    from 0 to 1 says how sure the body is. ``doc_type`` is ``stub`` where a page says that it is not free to read and
    shows little of its article.
    """

    blocks: list[Block]
    metadata: Metadata
    method: Method
    confidence: float
    doc_type: DocType

    @property
    def body(self) -> list[Block]:
        """The blocks of the article's body: its paragraphs and subheads, without its deck."""
        return [block for block in self.blocks if block.in_body]

    @property
    def text(self) -> str:
        """The body's blocks joined by a blank line."""
        return "\n\n".join(block.text for block in self.body)


def extract(
    markup: str,
    selectors: Selectors | None = None,
    *,
    words: Vocabulary = _NO_WORDS,
    agencies: Mapping[str, str] = _NO_AGENCIES,
) -> Page | Rejected:
    r"""Extract the article from a page's markup, or say why there is none.

    ``selectors`` are an outlet's own and go before what the page looks like. ``words`` and ``agencies`` are
    what bylines and date lines are read with, where the page declares no author or no date.

    >>> page = extract(
    ...     "<title>Harbour reopens</title><nav><a href=/>Home</a></nav><article><h1>Harbour reopens</h1>"
    ...     "<p>The harbour has reopened after the storm, the council said on Monday, and ferries run again."
    ...     "<p>Eleven ships had waited in the bay for three days, and two had to be towed.</article>")
    >>> page.metadata.title, page.text.count("\n\n"), [block.verdict.rule for block in page.blocks][:2]
    ('Harbour reopens', 1, ['html: navigation', 'html: title'])
    >>> extract("<script>render()</script>").code
    'no_text'
    """
    refused = refuse(markup)
    if refused is not None:
        return refused
    page = LexborHTMLParser(markup.encode("utf-8", "replace").translate(None, _CONTROL))
    if selectors is not None:
        page = LexborHTMLParser(mark(page.html or "", selectors))
    seen = outline(page, marked=selectors is not None)
    head = Head(page, words)
    metadata = head.read()
    declared = head.declared.paragraphs("articleBody")
    finder = Finder(seen, head.titles(), head.descriptions())
    finder.find()
    method, confidence = _settle(finder, sum(map(len, declared)))
    unseen = []
    if method == "jsonld":
        unseen = [Block(text, "p", _FROM_JSONLD) for text in declared]
    elif method == "fallback":
        unseen = [Block(text, "p", _FROM_SCRIPTS) for text in find_paragraphs(page)]
        if not unseen:
            _take_all_paragraphs(finder)
    blocks = [
        Block(row.text, seen.boxes[row.box].tag, verdict)
        for row, verdict in zip(seen.rows, finder.verdicts, strict=True)
        if verdict is not None
    ] + unseen
    if not blocks:
        return Rejected("extract", "no_text", "The page shows no text: scripts may build it in a browser.")
    if not any(block.in_body for block in blocks):
        return Rejected("extract", "no_article", "The page shows text, but no paragraph of an article.")
    blocks = tell_bylines(blocks, words, agencies)
    fill_in(metadata, blocks, words, agencies)
    if metadata.published is None:
        metadata.published = find_published(page, words)
    people = [name for name in metadata.authors if name not in agencies and not head.is_outlet(name)]
    blocks = tell_bios(blocks, people)
    return Page(blocks, metadata, method, confidence, _doc_type(metadata, blocks))


def _settle(finder: Finder, declared_chars: int) -> tuple[Method, float]:
    """Decide whether what was found is the body; where it is not, take the next best."""
    seen, verdicts = finder.page, finder.verdicts
    chars = _chars(seen, verdicts)
    if finder.chosen and chars:
        return "selectors", 1.0
    if declared_chars > _RESCUE_CHARS and chars < declared_chars * _RESCUE_SHARE:
        for number, verdict in enumerate(verdicts):
            if verdict is not None and verdict.fate in (Fate.BODY, Fate.SUBHEAD, Fate.DECK):
                verdicts[number] = _IN_JSONLD
        return "jsonld", 0.7
    if chars < _FEW_CHARS:
        return "fallback", 0.2
    return "blocks", round(finder.share * min(1.0, 0.4 + 0.6 * chars / _SURE_CHARS), 3)


def _take_all_paragraphs(finder: Finder) -> None:
    """Take every paragraph that is in no furniture, of a page that shows no body."""
    for number, (row, verdict) in enumerate(zip(finder.page.rows, finder.verdicts, strict=True)):
        if verdict in (OUTSIDE, SCRAP) and finder.page.boxes[row.box].tag == "p":
            finder.verdicts[number] = _PARAGRAPH


def _chars(seen: Outline, verdicts: list[Verdict | None]) -> int:
    return sum(
        len(row.text)
        for row, verdict in zip(seen.rows, verdicts, strict=True)
        if verdict is not None and verdict.fate is Fate.BODY
    )


def _doc_type(metadata: Metadata, blocks: list[Block]) -> DocType:
    if metadata.live or _LIVE_URL.search(metadata.url or ""):
        return "live_blog"
    chars = sum(len(block.text) for block in blocks if block.in_body)
    return "stub" if metadata.paywalled and chars < _STUB_CHARS else "article"
