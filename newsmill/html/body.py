"""Which rows of a page are the article's body: those of the box that holds it, less what is no prose."""

import re
from collections import Counter
from collections.abc import Collection
from itertools import accumulate

from newsmill.fates import Fate, Verdict
from newsmill.html.blocks import Box, Context, Outline, Row, folded
from newsmill.html.cues import FURNITURE
from newsmill.html.furniture import set_aside
from newsmill.html.locate import Masses, locate
from newsmill.html.weight import LONG_HEADING, is_sentence, weigh

BODY = Verdict(Fate.BODY, True, "html: body")
SUBHEAD = Verdict(Fate.SUBHEAD, True, "html: subhead")
TITLE = Verdict(Fate.TITLE, True, "html: title")
DECK = Verdict(Fate.DECK, True, "html: deck")
BYLINE = Verdict(Fate.BYLINE, True, "html: byline selector")
DATE = Verdict(Fate.DATE, True, "html: date selector")
REMOVED = Verdict(Fate.NAV, False, "html: remove selector")
OUTSIDE = Verdict(Fate.NAV, False, "html: outside the body")
CAPTION = FURNITURE["caption"].verdict
LINKS = Verdict(Fate.RELATED, False, "html: links")
CARD = Verdict(Fate.RELATED, False, "html: story card")
SCRAP = Verdict(Fate.NAV, False, "html: scrap")
PULL_QUOTE = Verdict(Fate.DUPLICATE, False, "html: pull quote")
LONE_HEADING = Verdict(Fate.RELATED, False, "html: heading of what was cut")

_SCRAP_CHARS = 40
_CAPTION_CHARS = 150
_CAPTION_SHARE = 0.15
# A text that has a box together with a picture, and with no more rows than this, may be a sentence as well.
_FRAMED_ROWS = 3
_FRAMED_CHARS = 220
_CARD_MASS = 400
# What is looked at for quotes that stand twice, and how long such a quote is at least.
_MAX_ROWS, _MAX_CHARS = 1_000, 200_000
_MIN_QUOTE = 50
_QUOTES = "\"'„“”‚‘’«»‹› ."
# What another story may be called by, and how long the link to it is at least.
_LABEL = re.compile(r"[^:|>»]{0,40}[:|>»]{1,2} ")
_MIN_LINK = 15
# Shares of links in what is cut as links, and the share of the prose that such a box may hold.
_LINKED_ROW, _LINKED_BOX = 0.8, 0.4
_LINKS_SHARE = 0.15
_MIN_DECK, _MIN_FIRST, _MAX_DECK, _MAX_INTRO = 30, 60, 1_200, 4_000
# A box that is named as a deck and holds more, which no description repeats, is the beginning of the text.
_MAX_NAMED_DECK = 240
_BEFORE_TITLE = 6
# How far above the text a part of the title may stand, how long it must be, and how many pieces a headline has.
_ABOVE = 25
_MIN_SHARED = 12
_TITLE_PIECES = 4
_DESCRIBED = 40
# Furniture that may stand between a heading and its text.
_BETWEEN = frozenset(
    {
        Fate.CAPTION,
        Fate.AD,
        Fate.SHARE,
        Fate.NOTICE,
        Fate.BYLINE,
        Fate.DATE,
        Fate.TITLE,
        Fate.NEWSLETTER,
        Fate.SUPPORT,
    }
)
_MAYBE_DECK = (OUTSIDE, SUBHEAD, FURNITURE["box"].verdict, FURNITURE["card"].verdict)
_MARKED = {"remove": REMOVED, "byline": BYLINE, "date": DATE}


class Finder:
    """One page's search for its body: ``verdicts`` has an entry for every row when it is done."""

    def __init__(self, page: Outline, titles: Collection[str], descriptions: Collection[str]) -> None:
        self.page = page
        self.titles = {folded(title) for title in titles} - {""}
        self._longest = max(map(len, titles), default=0) * 1.3
        self._shortest = min(map(len, self.titles), default=0)
        self.descriptions = [text for text in map(folded, descriptions) if len(text) >= _MIN_DECK]
        self.verdicts: list[Verdict | None] = []
        self.share = 0.0
        self.chosen = False

    def find(self) -> None:
        """Decide every row."""
        page = self.page
        weights = [weigh(row, page.boxes[row.box]) for row in page.rows]
        self.verdicts = set_aside(page, weights)
        self.chosen = self._apply_marks()
        masses = Masses(page, weights, self.verdicts)
        self._mark_headline()
        titles = [n for n, row in enumerate(page.rows) if self._is_title(row) or self.verdicts[n] is TITLE]
        container = 0 if self.chosen else locate(masses, titles)
        body = page.boxes[container]
        self.share = masses.of(body) / masses.total if masses.total else 0.0
        self._judge_rows(body, self._linked_rows(container, masses))
        self._tell_captions(body)
        self._tell_pull_quotes(body)
        self._mark_titles(body)
        self._find_deck(body)
        self._drop_lone_headings(body.first, body.last)

    def _apply_marks(self) -> bool:
        """Follow an outlet's own selectors; tell whether they chose the body."""
        boxes = self.page.boxes
        chosen = [box for box in boxes if box.mark == "body" and box.last > box.first]
        if chosen:
            inside = {row for box in chosen for row in range(box.first, box.last)}
            self.verdicts = [None if row in inside else OUTSIDE for row in range(len(self.page.rows))]
        for box in boxes:
            if box.mark in _MARKED:
                for row in range(box.first, box.last):
                    self.verdicts[row] = _MARKED[box.mark]
        return bool(chosen)

    def _mark_headline(self) -> None:
        """Take the first-level heading that is the title, in pieces too, whatever box a page has it in."""
        for box in self.page.boxes:
            if box.tag == "h1" and not (box.cue == "hidden" or box.last - box.first > _TITLE_PIECES):
                pieces = self.page.rows[box.first : box.last]
                if (
                    sum(len(row.text) for row in pieces) <= self._longest
                    and folded("".join(row.text for row in pieces)) in self.titles
                ):
                    self.verdicts[box.first : box.last] = [TITLE] * len(pieces)

    def _tell_pull_quotes(self, body: Box) -> None:
        """Cut what a longer paragraph says as well, word for word: it is set in large type to be seen twice."""
        page, verdicts = self.page, self.verdicts
        texts = {n: page.rows[n].text.strip(_QUOTES) for n in range(body.first, body.last) if verdicts[n] is BODY}
        whole = "\n".join(texts.values())
        if len(texts) > _MAX_ROWS or len(whole) > _MAX_CHARS:
            return
        same = Counter(texts.values())
        for number, text in texts.items():
            if (
                len(text) >= _MIN_QUOTE
                and same[text] == 1
                and not page.boxes[page.rows[number].box].context & (Context.LIST | Context.TABLE)
                and whole.find(text, whole.find(text) + 1) >= 0
                and any(text in other and n != number and is_sentence(page.rows[n].text) for n, other in texts.items())
            ):
                verdicts[number] = PULL_QUOTE

    def _mark_titles(self, body: Box) -> None:
        """Tell headings above the text that are part of a title, or a title with a word of what it is about."""
        page, verdicts = self.page, self.verdicts
        start = next((n for n in range(body.first, body.last) if verdicts[n] is BODY), body.first)
        for number in range(max(0, start - _ABOVE), start):
            row = page.rows[number]
            if (
                verdicts[number] in (OUTSIDE, SUBHEAD)
                and page.boxes[row.box].context & Context.HEADING
                and row.link_chars * 2 <= len(row.text)
                and self._shares_title(folded(row.text))
            ):
                verdicts[number] = TITLE

    def _shares_title(self, text: str) -> bool:
        return len(text) >= _MIN_SHARED and any(
            text in title or (len(title) >= _MIN_SHARED and title in text and len(text) <= 2 * len(title))
            for title in self.titles
        )

    def _linked_rows(self, container: int, masses: Masses) -> set[int]:
        """Find the rows of boxes inside the body that are mostly links, and of cards of other stories."""
        page = self.page
        chars = list(accumulate((len(row.text) for row in page.rows), initial=0))
        links = list(accumulate((row.link_chars for row in page.rows), initial=0))
        found: set[int] = set()
        number, end = container + 1, page.boxes[container].end
        while number < end:
            box = page.boxes[number]
            inside, linked = chars[box.last] - chars[box.first], links[box.last] - links[box.first]
            is_links = (
                linked > inside * _LINKED_BOX
                and box.tag not in {"p", "li", "td", "tr"}
                and masses.of(box) < masses.total * _LINKS_SHARE
            )
            if is_links or (box.tag == "article" and masses.of(box) < _CARD_MASS and self._has_link(box)):
                found.update(range(box.first, box.last))
                number = box.end
            else:
                number += 1
        return found

    def _has_link(self, box: Box) -> bool:
        return any(row.link_chars * 2 > len(row.text) for row in self.page.rows[box.first : box.last])

    def _judge_rows(self, body: Box, linked: set[int]) -> None:
        page, verdicts = self.page, self.verdicts
        for number, row in enumerate(page.rows):
            if verdicts[number] is not None:
                continue
            box = page.boxes[row.box]
            if not body.first <= number < body.last:
                verdicts[number] = TITLE if self._is_title(row) else OUTSIDE
            elif number in linked:
                verdicts[number] = LINKS
            else:
                verdicts[number] = self._judge_row(row, box)

    def _is_title(self, row: Row) -> bool:
        return self._shortest <= len(row.text) <= self._longest and folded(row.text) in self.titles

    def _judge_row(self, row: Row, box: Box) -> Verdict:
        chars, context = len(row.text), box.context
        if self._is_title(row):
            return TITLE
        if context & Context.HEADING and chars < LONG_HEADING:
            return LINKS if row.link_chars * 2 > chars else SUBHEAD
        if context & Context.FIGURE and not context & Context.QUOTE:
            return CAPTION
        if row.link_chars > chars * _LINKED_ROW or (not context & Context.LIST and self._is_labelled_link(row)):
            return LINKS
        if (
            chars < _SCRAP_CHARS
            and not context & (Context.PARAGRAPH | Context.LIST | Context.TABLE | Context.QUOTE)
            and not is_sentence(row.text)
        ):
            return SCRAP
        return BODY

    def _is_labelled_link(self, row: Row) -> bool:
        """Tell whether a row is a link to another story and what it is called by: 'Read here: Ferries run again'."""
        label = _LABEL.match(row.text) if row.link_chars >= _MIN_LINK and not is_sentence(row.text) else None
        return label is not None and row.link_chars >= len(row.text) - label.end() - 1

    def _tell_captions(self, body: Box) -> None:
        """Call short texts beside pictures captions, unless they are much of the text: then they are its way."""
        page, verdicts = self.page, self.verdicts
        texts = {n: len(page.rows[n].text) for n in range(body.first, body.last) if verdicts[n] is BODY}
        framed = self._framed(body)
        found = {n: framed.get(n, CAPTION) for n, chars in texts.items() if self._is_caption(n, chars, n in framed)}
        if sum(texts[n] for n in found) < sum(texts.values()) * _CAPTION_SHARE:
            for number, verdict in found.items():
                verdicts[number] = verdict

    def _is_caption(self, number: int, chars: int, in_frame: bool) -> bool:
        row = self.page.rows[number]
        if in_frame and not row.image and chars < _FRAMED_CHARS:
            return True
        return (in_frame or row.image) and chars < _CAPTION_CHARS and not is_sentence(row.text)

    def _framed(self, body: Box) -> dict[int, Verdict]:
        """Find what has a box together with a picture, no heading and hardly more: captions, and cards with a link."""
        page = self.page
        framed: dict[int, Verdict] = {}
        seen: set[int] = set()
        for picture in page.pictures:
            number = picture
            while number > 0 and number not in seen:
                seen.add(number)
                box = page.boxes[number]
                rows = range(box.first, box.last)
                if (
                    len(rows) > _FRAMED_ROWS
                    or not body.first <= box.first <= box.last <= body.last
                    or box.context & (Context.LIST | Context.TABLE | Context.PARAGRAPH)
                    or any(page.boxes[page.rows[row].box].context & Context.HEADING for row in rows)
                ):
                    break
                framed.update(dict.fromkeys(rows, CARD if self._has_link(box) else CAPTION))
                number = box.parent
        return framed

    def _find_deck(self, body: Box) -> None:
        """Find the deck: what stands above the body and is named or described as one; other prose is text."""
        page, verdicts = self.page, self.verdicts
        start = next((n for n in range(body.first, body.last) if verdicts[n] is BODY), body.first)
        title = max((n for n in range(start) if verdicts[n] is TITLE), default=max(0, start - 12))
        taken, most = {DECK: 0, BODY: 0}, {DECK: _MAX_DECK, BODY: _MAX_INTRO}
        for number in range(max(0, title - _BEFORE_TITLE), start):
            row, verdict = page.rows[number], verdicts[number]
            chars = len(row.text)
            if (
                chars < _MIN_DECK
                or verdict is TITLE
                or row.link_chars * 2 > chars
                or page.boxes[row.box].context & Context.FIGURE
                or folded(row.text) in self.titles
            ):
                continue
            named = number > title and verdict in _MAYBE_DECK and self._is_deck_box(row.box)
            described = self._is_description(row.text)
            if not (described or named or (number > title and self._is_first_text(row, verdict))):
                continue
            chosen = DECK if described or (named and chars <= _MAX_NAMED_DECK) else BODY
            taken[chosen] += chars
            if taken[chosen] > most[chosen]:
                break
            verdicts[number] = chosen

    def _is_first_text(self, row: Row, verdict: Verdict | None) -> bool:
        """Tell whether a row below the title is prose that nothing else has claimed: the text starts there."""
        return (
            verdict is OUTSIDE
            and not self.chosen
            and len(row.text) >= _MIN_FIRST
            and is_sentence(row.text)
            and not self.page.boxes[row.box].context & Context.LIST
        )

    def _is_deck_box(self, number: int) -> bool:
        boxes = self.page.boxes
        for _ in range(3):
            if number <= 0 or boxes[number].deck:
                return number > 0
            if boxes[number].article:
                return False
            number = boxes[number].parent
        return False

    def _is_description(self, text: str) -> bool:
        if len(text) < _MIN_DECK:
            return False
        known = folded(text)
        return any(
            known == description or (len(known) > _DESCRIBED and known[:_DESCRIBED] == description[:_DESCRIBED])
            for description in self.descriptions
        )

    def _drop_lone_headings(self, first: int, last: int) -> None:
        """Take out headings that no text follows, or that stand right above what was cut as links."""
        verdicts = self.verdicts
        after: Verdict | None = None
        text_follows = False
        for number in range(last - 1, first - 1, -1):
            verdict = verdicts[number]
            if verdict is SUBHEAD and (not text_follows or after in (LINKS, CARD)):
                verdicts[number] = LONE_HEADING
            elif verdict is not None and verdict.fate not in _BETWEEN:
                after = verdict
                text_follows = text_follows or verdict is BODY
