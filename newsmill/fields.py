"""An article's fields, each read from a line of its own: title, deck, byline, date, dateline, agency."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newsmill.bylines import is_role, opens_alone, read_bare_name, read_byline, read_dateline
from newsmill.creditlines import CreditLine, read_credit_line, read_mixed_line
from newsmill.dates import MAX_CHARS, DateLine, Published, opens_with_date, read_date_line, without_asides
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

_CREDITS = (_BYLINE, _DATE)

_MAX_TITLE_CHARS = 250
_SLACK_CHARS = 4
_GOES_ON = frozenset(",;—–(-")
_HEAD_LINES = 14
_HEAD_FILLED = 40
#: Below so many paragraphs at most, a deck's or a caption's, may a byline or a date still stand.
_LEAD_PARAGRAPHS = 2
_TAIL_LINES = 12
_LAST_LINES = 3
#: So many names more may stand on lines above one, and below.
_MORE_NAMES = 3
_NAME_CHARS = 90
_NAME_AND_MINUTES = re.compile(r"[^\W\d_]\D{4,60} \d{1,2} ?[^\W\d_]\D{1,20}")
_ENDS_NO_NAME = frozenset('.?!:;,"”»')
#: So many lines above the title may a name stand, blank ones too.
_NAME_ABOVE_TITLE = 6
_NAME_LINES = 25
#: A name alone below more lines of the article is hardly its author's.
_MAX_ABOVE_NAME = 3
#: A timeline has so many dates on lines of their own.
_TIMELINE_DATES = 2
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
        self.filled = [i for i, line in enumerate(lines) if line.text]
        filled = [i for i in self.filled if i not in self.verdicts] if self.verdicts else self.filled
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
        return {
            number
            for number in head
            if (verdict := judged[number]) and verdict.fate is Fate.FURNITURE and self._says_so(number)
        }

    def _says_so(self, number: int) -> bool:
        text = self.lines[number].text
        if len(text) > MAX_CHARS:
            return False
        if self._credit(text) or (self._is_below_opener(number) and self._bare_name(text)):
            return True
        mixed = self._mixed(text)
        return mixed is not None and mixed.byline is not None and bool(mixed.byline.authors)

    def _is_below_opener(self, number: int) -> bool:
        """Tell whether the line above is what a byline opens with and nothing else."""
        place = bisect_left(self.filled, number)
        return place > 0 and opens_alone(self.lines[self.filled[place - 1]].text, self.rules.vocabulary)

    def _credit(self, text: str) -> CreditLine | None:
        return read_credit_line(text, self.rules.vocabulary, self.rules.agencies)

    def read(self) -> None:
        """Read all fields."""
        self._read_head()
        self._read_lead()
        self._read_names()
        body = [number for number in self.open if number not in self.verdicts]
        self._read_tail(body)
        self._read_dateline(body)
        self._mark_repeats()

    def _read_head(self) -> None:
        """Read the lines before the first paragraph."""
        rest = 0
        for place, number in enumerate(self._head()):
            text = self.lines[number].text
            following = self._text_after(place)
            credit = self._credit(text)
            if credit is None and self._may_be_bare(number, following, rest):
                credit = self._bare_name(text)
            if credit is not None:
                self._take(number, credit)
            elif self.title is None and not rest and self._may_be_title(text, following):
                self.title = number
                self.verdicts[number] = _TITLE
            elif self.title is not None and (mixed := self._mixed(text)) is not None:
                self._take(number, mixed)
            elif not rest and self._is_deck(number, text, following):
                self.deck = number
                self.verdicts[number] = _DECK
            elif _is_lone_dateline(text, self.rules.agencies):
                self.dateline = self.dateline or text.strip(" -–—:")
                self.verdicts[number] = _DATELINE
            else:
                rest += 1

    def _bare_name(self, text: str) -> CreditLine | None:
        """Read a line of names alone, with the agency they write for or without."""
        if len(text) > _NAME_CHARS:
            return None
        words, agencies = self.rules.vocabulary, self.rules.agencies
        text = without_asides(text, words)
        parts = text.split()
        ends = (" ".join(parts[-count:]) for count in range(1, min(len(parts) - 1, 4)))
        agency = next((end for end in ends if end in agencies), None)
        byline = read_bare_name(text.removesuffix(agency).rstrip(" -–—|/,") if agency else text, words)
        return CreditLine(byline._replace(agency=agency and agencies[agency]), None) if byline else None

    def _mixed(self, text: str) -> CreditLine | None:
        return read_mixed_line(text, self.rules.vocabulary, self.rules.agencies)

    def _read_lead(self) -> None:
        """Read the bylines and dates below a deck or a caption that are as long as a paragraph."""
        paragraphs = 0
        for place, number in enumerate(self.open[:_HEAD_LINES]):
            text = self.lines[number].text
            if number in self.verdicts:
                continue
            if is_prose(text):
                paragraphs += 1
                if paragraphs > _LEAD_PARAGRAPHS:
                    return
            elif paragraphs and (credit := self._credit(text)):
                if self._is_of_the_article(place, credit):
                    self._take(number, credit)
            elif paragraphs == 1 and self.published is None:
                mixed = self._mixed(text)
                if mixed is not None and self._says_more(mixed, text):
                    self._take(number, mixed)

    def _says_more(self, mixed: CreditLine, text: str) -> bool:
        """Tell whether a line has an author or a label beside its date."""
        has_author = mixed.byline is not None and bool(mixed.byline.authors)
        return has_author or not opens_with_date(text, self.rules.vocabulary)

    def _is_of_the_article(self, place: int, credit: CreditLine) -> bool:
        """Tell whether a byline or a date among the first paragraphs is the article's own."""
        if self._above(self.open[place]) in _CREDITS:
            return True
        if credit.byline is not None:
            names = credit.byline.authors
            return not self.authors and (not names or " " in names[0])
        following = self._credit(self._text_after(place))
        if following is not None and following.byline is not None:
            return True
        if opens_alone(self._text_after(place), self.rules.vocabulary):
            return True
        if place and not self.authors and self._bare_name(self.lines[self.open[place - 1]].text):
            return True
        date = credit.date
        if date is None or self.published is not None or not (date.published or date.updated):
            return False
        says_more = date.updated or (date.published and date.published.precision != "day")
        if not says_more and opens_with_date(self.lines[self.open[place]].text, self.rules.vocabulary):
            return False
        later = (self.lines[number].text for number in self.open[place + 1 :])
        return sum(read_date_line(text, self.rules.vocabulary) is not None for text in later) < _TIMELINE_DATES

    def _above(self, number: int) -> Verdict | None:
        """Give what was read from the line above; blank lines do not count."""
        place = bisect_left(self.filled, number)
        return self.verdicts.get(self.filled[place - 1]) if place else None

    def _read_names(self) -> None:
        """Read names alone that stand by a date near the title or above a job, be they furniture or not."""
        if self.authors or self.title is None:
            return
        start = bisect_left(self.filled, self.title - _NAME_ABOVE_TITLE)
        for place, number in enumerate(self.filled[start : start + _NAME_LINES], start):
            text = self.lines[number].text
            if len(text) > _NAME_CHARS or text[-1] in _ENDS_NO_NAME or number in self.verdicts:
                continue
            if not self._has_name_beside(place):
                continue
            first = place
            while first > max(start, place - _MORE_NAMES) and self._name_at(first - 1):
                first -= 1
            for at in range(first, min(place + _MORE_NAMES, len(self.filled) - 1) + 1):
                if (found := self._name_at(at)) is None:
                    break
                self._take(self.filled[at], found)
            return

    def _name_at(self, place: int) -> CreditLine | None:
        """Read the names on a line that no rule knows and no field was read from."""
        number = self.filled[place]
        verdict = self.judged[number]
        if number in self.verdicts or (verdict is not None and verdict.fate is not Fate.FURNITURE):
            return None
        found = self._bare_name(self.lines[number].text)
        return found if found and found.byline and found.byline.authors else None

    def _has_name_beside(self, place: int) -> bool:
        """Tell whether a line is a name that stands where a byline would, and is none of a picture's."""
        above = self.filled[place - 1] if place else -1
        below = self.filled[place + 1] if place + 1 < len(self.filled) else -1
        words, text = self.rules.vocabulary, self.lines[self.filled[place]].text
        if place and opens_alone(self.lines[above].text, words):
            return self._name_at(place) is not None
        stands_so = (
            self.verdicts.get(above) in _CREDITS
            or self.verdicts.get(below) in _CREDITS
            or is_role(text, words)
            or (_NAME_AND_MINUTES.fullmatch(text) and without_asides(text, words) != text)
            or (below >= 0 and is_role(self.lines[below].text, words))
        )
        if not stands_so or self._name_at(place) is None:
            return False
        verdict = self.judged[below] if below >= 0 else None
        return verdict is None or verdict.fate not in (Fate.CREDIT, Fate.CAPTION)

    def _may_be_title(self, text: str, following: str) -> bool:
        """A headline is no piece of a sentence that the next line goes on with, and no dateline."""
        if self.known_title is not None:
            return _folded(text) == self.known_title
        goes_on = text[-1] in _GOES_ON or (
            following[:1].islower() and not self._credit(following) and not self._mixed(following)
        )
        return len(text) <= _MAX_TITLE_CHARS and not goes_on and not _is_lone_dateline(text, self.rules.agencies)

    def _head(self) -> list[int]:
        """Give the open lines down to the first paragraph; the first line of a text can be as long as one."""
        for place, number in enumerate(self.open[:_HEAD_LINES]):
            if is_prose(self.lines[number].text) and (place > 0 or self._stands_alone(number)):
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

    def _take(self, number: int, credit: CreditLine) -> None:
        """Take what a line says of who and when."""
        if credit.date is not None:
            self._take_date(number, credit.date, _DATE)
        if credit.byline is not None:
            names = credit.byline.authors
            if names or credit.byline.agency or credit.date is None:
                self.verdicts[number] = _BYLINE
            if self._is_below_opener(number):
                self.verdicts[self.filled[bisect_left(self.filled, number) - 1]] = _BYLINE
            self.authors += [name for name in names if name not in self.authors and not self._is_outlet(name)]
            self.agency = self.agency or credit.byline.agency

    def _may_be_bare(self, number: int, following: str, above: int) -> bool:
        """A name alone is a byline only below 'By', or near the title if the article or a date follows it."""
        if self._is_below_opener(number):
            return True
        is_free = self.title is not None and not self.authors and above <= _MAX_ABOVE_NAME
        return is_free and (is_prose(following) or read_date_line(following, self.rules.vocabulary) is not None)

    def _is_outlet(self, name: str) -> bool:
        return bool(self.outlet and self.outlet.name and name.lower() in self.outlet.name.lower())

    def _is_deck(self, number: int, text: str, following: str) -> bool:
        """A deck stands right below the title, and the byline, a date or the first paragraph right below it.

        Where nothing but the first paragraph follows, it must lack a full stop, inside too: else it is one itself.
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
        is_one_phrase = not ends_a_sentence(text) and ". " not in text and text[-1] not in ":;,"
        return is_one_phrase and is_prose(following)

    def _read_tail(self, body: list[int]) -> None:
        """Take a byline or a labelled date that stands below the article."""
        for number, following in zip(body[1:][-_LAST_LINES:], [*body[2:][1 - _LAST_LINES :], None], strict=False):
            text = self.lines[number].text
            if following is not None and is_prose(self.lines[following].text):
                continue
            if len(text) > MAX_CHARS or is_prose(text) or self._is_below_signature(number):
                continue
            date = read_date_line(text, self.rules.vocabulary)
            if date is not None and (date.published or date.updated):
                verdict = _DATE if self.published is None else _DATE_AGAIN
                self._take_date(number, date, verdict)
        if body and not self.authors and self.title is not None:
            self._read_signature(body[-1])

    def _read_signature(self, last: int) -> None:
        """Read a name alone that stands right below the last sentence of an article."""
        if last == self.filled[-2:][0]:
            last = self.filled[-1]
        place = bisect_left(self.filled, last)
        if place and ends_a_sentence(self.lines[self.filled[place - 1]].text) and (found := self._name_at(place)):
            self._take(last, found)

    def _is_below_signature(self, number: int) -> bool:
        """Tell whether the line above is who wrote a post that the article shows: '— The Courier (@courier)'."""
        place = bisect_left(self.filled, number)
        return place > 0 and self.lines[self.filled[place - 1]].text[0] in "—–"

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
        longest = len(text) + _SLACK_CHARS
        for number in self.open[:_HEAD_LINES]:
            again = self.lines[number].text
            if len(again) > longest or number <= self.title or number in self.verdicts:
                continue
            if _folded(again) == _folded(text):
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
