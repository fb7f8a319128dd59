"""An article's fields, each read from a line of its own: title, deck, byline, date, dateline, agency."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from newsmill.bylines import Byline, read_bare_name, read_byline, read_dateline
from newsmill.dates import DateLine, Published, read_date_line
from newsmill.fates import Fate, Verdict
from newsmill.lines import Line
from newsmill.outlet import Outlet
from newsmill.rules import Rules
from newsmill.text import ends_a_sentence, ends_with_full_stop, is_prose

_TITLE = Verdict(Fate.TITLE, True, "title")
_TITLE_AGAIN = Verdict(Fate.DUPLICATE, False, "title again")
_DECK = Verdict(Fate.DECK, True, "deck")
_BYLINE = Verdict(Fate.BYLINE, True, "byline")
_DATE = Verdict(Fate.DATE, True, "date line")
_DATE_AGAIN = Verdict(Fate.DATE, False, "date line again")
_DATELINE = Verdict(Fate.DATELINE, True, "dateline")

_MAX_TITLE_CHARS = 250
_SLACK_CHARS = 4
_GOES_ON = frozenset(",;—–(-")
_HEAD_LINES = 14
_HEAD_FILLED = 40
_TAIL_LINES = 12
_DECK_CHARS = range(40, 321)
#: A place of more words, with neither date nor agency behind it, is hardly one.
_LONE_PLACE_SPACES = 2
_BULLET = re.compile(r"[*•…·–—-]\s?\S|\d+[.)]\s")


@dataclass(frozen=True, slots=True)
class Fields:
    """What an article says of itself. ``verdicts`` has the lines that a field was read from, by line number."""

    title: str | None
    deck: str | None
    authors: list[str]
    agency: str | None
    dateline: str | None
    published: Published | None
    outlet: Outlet | None
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    modified: Published | None = None
    url: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)

    @property
    def outlet_domain(self) -> str | None:
        """The web domain of the outlet."""
        return self.outlet.domain if self.outlet else None

    @property
    def published_at(self) -> datetime | None:
        """The instant of publication."""
        return self.published.at if self.published else None


class _Reader:
    """Reads the head of an article line by line, then what its tail adds."""

    def __init__(
        self,
        lines: list[Line],
        judged: list[Verdict | None],
        rules: Rules,
        outlet: Outlet | None,
        known_title: str | None,
    ) -> None:
        self.lines = lines
        self.known_title = known_title and _folded(known_title)
        self.rules = rules
        self.outlet = outlet
        self.verdicts: dict[int, Verdict] = dict(outlet.verdicts) if outlet else {}
        filled = [i for i, line in enumerate(lines) if line.text and i not in self.verdicts]
        says_so = self._fields_among_furniture(filled[:_HEAD_FILLED], judged)
        self.open = [i for i in filled if not judged[i] or i in says_so]
        self.judged = judged
        self.title: int | None = None
        self.deck: int | None = None
        self.authors: list[str] = []
        self.agency: str | None = None
        self.dateline: str | None = None
        self.published: Published | None = None
        self.updated: Published | None = None

    def _fields_among_furniture(self, head: list[int], judged: list[Verdict | None]) -> set[int]:
        """Find bylines and dates that the classifier took for furniture: they say outright what they are."""
        words, agencies = self.rules.vocabulary, self.rules.agencies
        found = set()
        for number, following in zip_longest(head, head[1:]):
            verdict, text = judged[number], self.lines[number].text
            if verdict is None or verdict.fate is not Fate.FURNITURE:
                continue
            has_date_below = following is not None and read_date_line(self.lines[following].text, words)
            if (
                read_date_line(text, words)
                or read_byline(text, words, agencies)
                or (has_date_below and read_bare_name(text, words))
            ):
                found.add(number)
        return found

    def read(self) -> None:
        """Read all fields."""
        body = self._read_head()
        self._read_tail(body)
        self._read_dateline(body)
        self._mark_repeats()

    def _read_head(self) -> list[int]:
        """Read the lines before the first paragraph; give the open lines that are none of them."""
        head = self._head()
        rest: list[int] = []
        for place, number in enumerate(head):
            text = self.lines[number].text
            following = self.lines[self.open[place + 1]].text if place + 1 < len(self.open) else ""
            if (date := read_date_line(text, self.rules.vocabulary)) is not None:
                self._take_date(number, date, _DATE)
            elif self._take_byline(number, text, following):
                continue
            elif self.title is None and not rest and self._may_be_title(text, following):
                self.title = number
                self.verdicts[number] = _TITLE
            elif not rest and self._is_deck(number, text, following):
                self.deck = number
                self.verdicts[number] = _DECK
            elif _is_lone_dateline(text, self.rules.agencies):
                self.dateline = self.dateline or text.strip(" -–—:")
                self.verdicts[number] = _DATELINE
            else:
                rest.append(number)
        return rest + self.open[len(head) :]

    def _may_be_title(self, text: str, following: str) -> bool:
        """A headline is no piece of a sentence that the next line goes on with, and no dateline."""
        if self.known_title is not None:
            return _folded(text) == self.known_title
        goes_on = following[:1].islower() or text[-1] in _GOES_ON
        return len(text) <= _MAX_TITLE_CHARS and not goes_on and not _is_lone_dateline(text, self.rules.agencies)

    def _head(self) -> list[int]:
        """Give the open lines down to the first paragraph; the first line of a text can be as long as one."""
        for place, number in enumerate(self.open[:_HEAD_LINES]):
            if is_prose(self.lines[number].text) and (place > 0 or self._stands_alone(number)):
                if place and self._is_deck(number, self.lines[number].text, self._text_after(place)):
                    continue
                return self.open[:place]
        return self.open[:_HEAD_LINES]

    def _stands_alone(self, number: int) -> bool:
        """Tell whether the first line is a paragraph rather than a long headline."""
        text = self.lines[number].text
        return len(text) > _MAX_TITLE_CHARS or ends_with_full_stop(text) or (ends_a_sentence(text) and ". " in text)

    def _text_after(self, place: int) -> str:
        return self.lines[self.open[place + 1]].text if place + 1 < len(self.open) else ""

    def _take_date(self, number: int, date: DateLine, verdict: Verdict) -> None:
        self.verdicts[number] = verdict
        self.published = self.published or date.published
        self.updated = self.updated or date.updated

    def _take_byline(self, number: int, text: str, following: str) -> bool:
        byline, date = self._byline_with_date(text)
        if byline is None and self.title is not None and self._may_be_bare(text, following):
            byline = read_bare_name(text, self.rules.vocabulary)
        if byline is None:
            return False
        if date is not None:
            self._take_date(number, date, _BYLINE)
        self.verdicts[number] = _BYLINE
        self.authors += [name for name in byline.authors if name not in self.authors and not self._is_outlet(name)]
        self.agency = self.agency or byline.agency
        return True

    def _byline_with_date(self, text: str) -> tuple[Byline | None, DateLine | None]:
        """Read a byline, and the date that stands behind a bar or dash on the same line."""
        byline = read_byline(text, self.rules.vocabulary, self.rules.agencies)
        for part in re.split(r" ?[|•·/] ?| [-–—] |, (?=updated|published|posted)", text)[1:] if byline else ():
            if date := read_date_line(part, self.rules.vocabulary):
                return byline, date
        return byline, None

    def _may_be_bare(self, text: str, following: str) -> bool:
        """A name alone is a byline only if the article, a date or a deck follows it."""
        return (
            len(text) <= 70
            and not self.authors
            and (is_prose(following) or read_date_line(following, self.rules.vocabulary) is not None)
        )

    def _is_outlet(self, name: str) -> bool:
        return bool(self.outlet and self.outlet.name and name.lower() in self.outlet.name.lower())

    def _is_deck(self, number: int, text: str, following: str) -> bool:
        """A deck stands right below the title, and the byline, a date or the first paragraph right below it.

        Where nothing but the first paragraph follows, it must lack a full stop: else it is one itself.
        """
        if self.title is None or self.deck is not None or len(text) not in _DECK_CHARS or _BULLET.match(text):
            return False
        words = self.rules.vocabulary
        if any(self.open[0] < i < number and v in (_BYLINE, _DATE) for i, v in self.verdicts.items()):
            return False
        if read_date_line(following, words) or read_byline(following, words, self.rules.agencies):
            return True
        if read_bare_name(following, words) and len(text) >= 60 and not is_prose(text):
            return True
        return not ends_a_sentence(text) and text[-1] not in ":;," and is_prose(following)

    def _read_tail(self, body: list[int]) -> None:
        """Take a byline or a labelled date that stands below the article."""
        for number in body[-_TAIL_LINES:]:
            text = self.lines[number].text
            if number == (body[0] if body else None) or is_prose(text):
                continue
            date = read_date_line(text, self.rules.vocabulary)
            if date is not None and (date.published or date.updated) and number in body[-3:]:
                verdict = _DATE if self.published is None else _DATE_AGAIN
                self._take_date(number, date, verdict)

    def _read_dateline(self, body: list[int]) -> None:
        for number in body[:1]:
            dateline = read_dateline(self.lines[number].text, self.rules.agencies)
            if dateline is not None:
                self.dateline = self.dateline or dateline.place
                self.agency = self.agency or dateline.agency
        if self.agency is None:
            self.agency = self._credited_agency()

    def _credited_agency(self) -> str | None:
        """Find an agency's tag on a line of its own below the article."""
        for i, verdict in enumerate(self.judged[-2 * _TAIL_LINES :], start=max(0, len(self.judged) - 2 * _TAIL_LINES)):
            if verdict is not None and verdict.fate is Fate.CREDIT:
                tag = self.lines[i].text.strip(" -–—.")
                if tag in self.rules.agencies:
                    return self.rules.agencies[tag]
        return None

    def _mark_repeats(self) -> None:
        """Mark the title where it stands a second time."""
        if self.title is None:
            return
        text = self.lines[self.title].text
        title = _folded(text)
        for number in self.open[:_HEAD_LINES]:
            again = self.lines[number].text
            if number <= self.title or number in self.verdicts or len(again) > len(text) + _SLACK_CHARS:
                continue
            if _folded(again) == title:
                self.verdicts[number] = _TITLE_AGAIN

    def fields(self) -> Fields:
        """Give what was read. An update is the publication's date only where no other is given."""
        return Fields(
            title=None if self.title is None else self.lines[self.title].text,
            deck=None if self.deck is None else self.lines[self.deck].text,
            authors=self.authors,
            agency=self.agency,
            dateline=self.dateline,
            published=self.published or self.updated,
            outlet=self.outlet,
            verdicts=self.verdicts,
        )


def find_fields(
    lines: list[Line], judged: list[Verdict | None], outlet: Outlet | None, rules: Rules, title: str | None = None
) -> Fields:
    """Read the fields from the lines that nothing has judged to be boilerplate; ``title`` is the headline if known."""
    reader = _Reader(lines, judged, rules, outlet, title)
    reader.read()
    return reader.fields()


def _is_lone_dateline(text: str, agencies: Mapping[str, str]) -> bool:
    """Tell whether a line is a dateline with nothing after it, as in 'NEW DELHI, Aug 3:'."""
    is_short = len(text) <= 60 and (text.count(" ") <= _LONE_PLACE_SPACES or "," in text or "(" in text)
    return is_short and text[-1] in ":-–—" and read_dateline(f"{text} A", agencies) is not None


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
