"""Date lines: a line that says when, and nothing else.

A line is a date line only if every word of it is understood as part of one: news text is full of dates, and a
sentence with a date in it is not when the article was published. What is ambiguous gives no date.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsmill.vocabulary import Vocabulary

#: A longer line is no date line.
MAX_CHARS = 140
_EARLIEST_YEAR = 1800
_TWO_DIGIT_CENTURY = 2000

_HAS_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(
    r"(?P<iso>\d{4}-\d\d?-\d\d?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?)"
    r"|(?P<cjk>\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])"
    r"|(?P<dotted>\d{1,2}\.\s?\d{1,2}\.\s?\d{4})"
    r"|(?P<slashed>\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4})"
    r"|(?P<time>\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?!\d))"
    r"|(?P<offset>(?:gmt|utc)? ?[+-]\d{1,2}:?\d\d\b)"
    r"|(?P<half>[ap]\.? ?m\.?(?!\w))"
    r"|(?P<hour>\d{1,2}(?=\s?[ap]\.? ?m\.?(?!\w)))"
    r"|(?P<year>(?:18|19|20)\d\d(?!\d))"
    r"|(?P<day>\d{1,2}(?:st|nd|rd|th|er|º|ª|°)?(?![\w%]))"
    r"|(?P<word>[^\W\d_][\w'’-]*)"
    r"|(?P<other>\d+\S*|\S)",
    re.IGNORECASE,
)
_BETWEEN = " |,.:;-–—•·*()"
_SEPARATORS = frozenset("|,.:;-–—/•·*()[]'\"’@日時時刻")


class Published(NamedTuple):
    """When an article appeared: the instant, how exact it is (second, minute or day), and what said so.

    A time for which the source names no zone is taken as UTC; ``precision`` says no more than the source does.
    """

    at: datetime
    precision: str
    source: str


class DateLine(NamedTuple):
    """A line that is a date line: the date of publication, that of the last update; None where it gives none."""

    published: Published | None
    updated: Published | None


def read_date_line(text: str, words: Vocabulary) -> DateLine | None:
    """Read a line that consists of one date, or of several with their labels; None for any other line.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": ["", "", "march mar"], "weekdays": "friday", "by": [], "and": [],
    ...     "published": ["published"], "updated": ["updated"], "filler": "on at"}], {"gmt": 0})
    >>> read_date_line("Published: 14th March 2025 06:12 AM GMT", words).published.at.isoformat()
    '2025-03-14T06:12:00+00:00'
    >>> read_date_line("March 14, 2025", words).published.precision
    'day'
    >>> read_date_line("03/04/2025", words)  # a date line, but of which month?
    DateLine(published=None, updated=None)
    >>> read_date_line("On March 14, 2025 the bridge fell.", words) is None
    True
    """
    if len(text) > MAX_CHARS or not _HAS_DIGIT.search(text):
        return None
    found: dict[str, Published] = {}
    has_date = False
    label = "published"
    for name, part in _split_labels(text, words):
        label = name or label
        read = _read_one(part, words)
        if read is None:
            return None
        has_date = has_date or read.has_date
        if read.published and label not in found:
            found[label] = read.published
    if not has_date:
        return None
    return DateLine(found.get("published"), found.get("updated"))


class _Read(NamedTuple):
    has_date: bool
    published: Published | None


def _split_labels(text: str, words: Vocabulary) -> list[tuple[str | None, str]]:
    """Cut a line at its labels: pairs of 'published', 'updated' or None, and what follows the label."""
    parts: list[tuple[str | None, str]] = []
    label: str | None = None
    start = 0
    for match in _label_pattern(words.published, words.updated).finditer(text):
        if text[start : match.start()].strip(_BETWEEN):
            parts.append((label, text[start : match.start()]))
        label, start = str(match.lastgroup), match.end()
    if text[start:].strip(_BETWEEN):
        parts.append((label, text[start:]))
    return parts


@cache
def _label_pattern(published: tuple[str, ...], updated: tuple[str, ...]) -> re.Pattern[str]:
    """Compile all labels, the longest first, so that 'last updated' is not read as 'updated'."""
    labelled = [*((phrase, "updated") for phrase in updated), *((phrase, "published") for phrase in published)]
    alternatives = {
        name: "|".join(re.escape(phrase) for phrase, named in labelled if named == name) for _, name in labelled
    }
    groups = "|".join(f"(?P<{name}>{phrases})" for name, phrases in alternatives.items())
    return re.compile(rf"(?<!\w)(?:{groups})(?!\w)", re.IGNORECASE)


def _read_one(text: str, words: Vocabulary) -> _Read | None:
    """Understand every token of a part that holds one date; None where one is not understood."""
    year = month = day = None
    clock: tuple[int, int, int | None] | None = None
    half = zone = None
    has_date = ambiguous = False
    for match in _TOKEN.finditer(text):
        kind, token = str(match.lastgroup), match[0]
        if kind == "iso":
            return _from_iso(text, token)
        if kind == "cjk":
            year, month, day = (int(number) for number in re.findall(r"\d+", token))
        elif kind == "dotted":
            day, month, year = (int(number) for number in re.findall(r"\d+", token))
        elif kind == "slashed":
            has_date = True
            order = _from_slashed(token)
            ambiguous = order is None
            year, month, day = order or (None, None, None)
        elif kind == "time":
            clock = _clock(token)
        elif kind == "hour":
            clock = (int(token), 0, None)
        elif kind == "half":
            half = token[0].lower()
        elif kind == "offset":
            zone = _offset(token)
        elif kind == "year":
            year = int(token)
        elif kind == "day":
            if day is not None:
                return None
            day = int(re.sub(r"\D", "", token))
        elif kind == "word":
            word = token.lower().rstrip(".")
            if word in words.months and month is None:
                month = words.months[word]
            elif clock and word in words.zones:
                zone = word
            elif word not in words.date_words and word not in words.months:
                return None
        elif token not in _SEPARATORS:
            return None
    has_date = has_date or bool(month and day) or bool(month and year)
    if ambiguous or not (year and month and day):
        return _Read(has_date, None) if has_date or clock is None else None
    try:
        on = date(year, month, day)
    except ValueError:
        return _Read(True, None)
    return _Read(True, _instant(on, _Clock(*clock, half, zone) if clock else None, words))


def _from_iso(text: str, token: str) -> _Read | None:
    """Read a part that is an ISO date, with a time and a zone or without."""
    rest = text.replace(token, "", 1)
    clock = re.search(r"(\d{1,2}):(\d\d)(?::(\d\d))?", rest)
    if clock:
        rest = rest.replace(clock[0], "", 1)
        token = f"{token}T{int(clock[1]):02}:{clock[2]}" + (f":{clock[3]}" if clock[3] else "")
    if rest.strip(" |,.:;-–—•·*()[]"):
        return None
    year, month, day = (int(number) for number in token[:10].rstrip("T ").split("-"))
    token = f"{year:04}-{month:02}-{day:02}{token[len(token.split('T')[0].split(' ')[0]) :]}"
    try:
        at = datetime.fromisoformat(token)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return _Read(True, None)
    colons = token[10:].partition("+")[0].count(":")
    precision = "day" if len(token) == len("2025-01-01") else "second" if colons > 1 else "minute"
    return _Read(True, Published(at, precision, "text") if at.year >= _EARLIEST_YEAR else None)


def _from_slashed(token: str) -> tuple[int, int, int] | None:
    """Give year, month and day of a date in figures, or None where the order could be another."""
    first, second, third = (int(number) for number in re.split(r"[/.\-]", token))
    if first > 31:
        return first, second, third
    year = third if third > 99 else _TWO_DIGIT_CENTURY + third
    if first == second:
        return year, first, second
    if first > 12 >= second:
        return year, second, first
    if second > 12 >= first:
        return year, first, second
    return None


def _clock(token: str) -> tuple[int, int, int | None]:
    numbers = [int(number) for number in re.findall(r"\d+", token)]
    return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None


def _offset(token: str) -> str:
    sign, digits = ("-" if "-" in token else "+"), re.sub(r"\D", "", token)
    return f"{sign}{int(digits[:-2]) * 60 + int(digits[-2:])}"


class _Clock(NamedTuple):
    """A time of day as a line writes it: 'a' or 'p' where it counts to twelve, and a zone where it names one."""

    hour: int
    minute: int
    second: int | None
    half: str | None = None
    zone: str | None = None


def _instant(day: date, clock: _Clock | None, words: Vocabulary) -> Published | None:
    """Give the instant of a day and a time of it, None where there is no such time."""
    if day.year < _EARLIEST_YEAR:
        return None
    if clock is None:
        return Published(datetime(day.year, day.month, day.day, tzinfo=UTC), "day", "text")
    hour = clock.hour
    if clock.half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if clock.half == "p" else 0)
    try:
        time_of_day = time(hour, clock.minute, clock.second or 0, tzinfo=_zone(clock.zone, words))
        at = datetime.combine(day, time_of_day).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Published(at, "minute" if clock.second is None else "second", "text")


def _zone(name: str | None, words: Vocabulary) -> tzinfo:
    """Give the zone of an offset in minutes or of an abbreviation; UTC where the source names none."""
    if name is None:
        return UTC
    if name[0] in "+-":
        return timezone(timedelta(minutes=int(name)))
    known = words.zones[name]
    return ZoneInfo(known) if isinstance(known, str) else timezone(timedelta(minutes=known))
