"""Date lines: a line that says when, and nothing else.

A line is a date line only if every word of it is understood as part of one: news text is full of dates, and a
sentence with a date in it is not when the article was published. What is ambiguous gives no date, nor does what is
told from the day of reading ("3 hours ago"): it is a date line all the same.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsmill.vocabulary import WORD, Vocabulary

#: A longer line is no date line.
MAX_CHARS = 140
_EARLIEST_YEAR = 1800
_TWO_DIGIT_CENTURY = 2000

_HAS_DIGIT = re.compile(r"\d")
_GLUE = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[月日年时時分秒일월년분])(?=.)")
_IN_FIGURES = re.compile(r"\d\d?[./-] ?\d\d?[./-] ?\d\d|\d{4}[年년./-]")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_TOKEN = re.compile(
    r"(?P<iso>(?P<isoday>\d{4}-\d\d?-\d\d?)"
    r"(?:[T ](?P<isotime>\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?(?P<isozone>Z|[+-]\d\d:?\d\d)?)?)"
    r"|(?P<cjk>\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])"
    r"|(?P<dotted>\d{1,2}\.\s?\d{1,2}\.\s?\d{4})"
    r"|(?P<slashed>\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4})"
    r"|(?P<time>\d{1,2}(?:[:.]| ?h ?)\d\d(?:[:.]\d\d)?(?!\d)"
    r"|\d{1,2}\s?[時时시点點](?:\s?\d{1,2}\s?[分분])?(?:\s?\d{1,2}\s?[秒초])?)"
    r"|(?P<offset>(?:gmt|utc)? ?[+-]\d{1,2}:?\d\d\b)"
    r"|(?P<half>[ap]\.? ?m\.?(?!\w)|午前|午後|上午|下午|오전|오후)"
    r"|(?P<hour>\d{1,2}(?=\s?(?:[ap]\.? ?m\.?|h)(?!\w)))"
    r"|(?P<year>(?:18|19|20)\d\d(?!\d(?!\d?:\d\d)))"
    r"|(?P<day>\d{1,2}(?:st|nd|rd|th|er|º|ª|°)?(?![\w%]))"
    r"|(?P<word>[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))+|[^\W\d_](?![^\W_]))"
    r"|(?P<other>\d+\S*|\S)",
    re.IGNORECASE,
)
_BETWEEN = " |,.:;-–—•·*()"
_SEPARATORS = frozenset("|,.:;-–—/•·*()[]'\"’@日時時刻：（）")
_DATES = frozenset(("iso", "cjk", "dotted", "slashed", "day"))
#: So many words may stand before a date that are one's own only by chance.
_MAX_STARTS = 6
_AFTERNOONS = frozenset(("p", "午後", "下午", "오후"))


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
    if len(text) > MAX_CHARS or not _HAS_DIGIT.search(text) or not _may_be_date(text, words):
        return None
    found = _read_parts(text, words)
    if found is None and (shorter := without_asides(text, words)) != text:
        found = _read_parts(shorter, words) if _HAS_DIGIT.search(shorter) else None
    return found or _read_age(text, words)


def _may_be_date(text: str, words: Vocabulary) -> bool:
    """Tell whether a line has no word that is in no date line: nearly all lines have one, and cost no more."""
    known = words.known
    for word in WORD.findall(text):
        if word.lower() not in known:
            parts = _GLUE.sub(" ", word).lower().split()
            if len(parts) == 1 or not all(part in known for part in parts):
                return False
    return True


def opens_with_date(text: str, words: Vocabulary) -> bool:
    """Tell whether a date line has no label: it may then as well be the head of an entry in a timeline."""
    first = _TOKEN.match(text)
    return first is None or first.lastgroup not in ("word", "other") or _is_understood(first, words)


def without_asides(text: str, words: Vocabulary) -> str:
    """Take out of a line what stands beside its date or name: how long the text takes to read, a word to share it by.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": [], "weekdays": "", "by": [], "and": [], "published": [], "updated": [],
    ...     "filler": "", "reading": ["read"], "minutes": ["min"], "beside": ["share"]}], {})
    >>> without_asides("March 14, 2025 | 4 min read", words), without_asides("Share by Ann Hill", words)
    ('March 14, 2025', 'Share by Ann Hill')
    """
    if not _HAS_DIGIT.search(text) and text.rpartition(" ")[2].lower() not in words.beside:
        return text
    shorter, count = _aside_pattern(words).subn(" ", text)
    return shorter.strip(_BETWEEN) if count else text


def may_hold_date(text: str, words: Vocabulary) -> bool:
    """Tell at little cost whether a date, or how old a text is, may be somewhere in a line."""
    if _IN_FIGURES.search(text):
        return True
    has_year = _YEAR.search(text) is not None
    told = words.months if has_year else words.ago
    return any(word in told for word in WORD.findall(text.lower()))


def split_at_date(text: str, words: Vocabulary) -> tuple[str, DateLine, str] | None:
    """Find the one whole date in a line; give what stands before it, the date and what stands after it.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": ["", "", "march mar"], "weekdays": "friday", "by": [], "and": [],
    ...     "published": ["published"], "updated": ["updated"], "filler": "on at"}], {})
    >>> before, found, after = split_at_date("By Ann Hill on Friday, March 14, 2025 | The Courier", words)
    >>> before, found.published.at.date().isoformat(), after
    ('By Ann Hill ', '2025-03-14', ' | The Courier')
    """
    labelled = [match.span() for match in _label_pattern(words).finditer(text)]
    run: list[re.Match[str]] = []
    for match in (*_TOKEN.finditer(text), None):
        if match is not None and (
            _is_understood(match, words) or any(start <= match.start() < end for start, end in labelled)
        ):
            run.append(match)
        elif run:
            if found := _read_run(text, run, words):
                return found
            run = []
    return None


def _is_understood(match: re.Match[str], words: Vocabulary) -> bool:
    if match.lastgroup == "word":
        word = match[0].lower()
        return word in words.months or word in words.date_words or word in words.zones
    return match.lastgroup != "other" or match[0] in _SEPARATORS


def _read_run(text: str, run: list[re.Match[str]], words: Vocabulary) -> tuple[str, DateLine, str] | None:
    """Read the date among tokens that are all understood, without a name's 'Jan' or 'de' at either end."""
    while run and run[-1].lastgroup == "word" and run[-1][0].lower() not in words.zones and not _tells_time(run):
        run = run[:-1]
    while run and run[-1].lastgroup == "other":
        run = run[:-1]
    if not any(match.lastgroup not in ("word", "other") for match in run):
        return None
    for first in run[:_MAX_STARTS]:
        if first.lastgroup == "other":
            continue
        read = _read_parts(text[first.start() : run[-1].end()], words)
        if read and (read.published or read.updated):
            return text[: first.start()], read, text[run[-1].end() :]
    return None


def _tells_time(run: list[re.Match[str]]) -> bool:
    """Tell whether the last word of some tokens belongs to a time of day, as in '18.30 Uhr'."""
    return len(run) > 1 and run[-2].lastgroup in ("time", "hour")


def _read_parts(text: str, words: Vocabulary) -> DateLine | None:
    found: dict[str, Published] = {}
    has_date = False
    label = "published"
    before: _Read | None = None
    for name, part in _split_labels(text, words):
        label = name or label
        read = _read_one(part, words)
        if read is None or (read.tells_time_alone and not name):
            return None
        has_date = has_date or read.has_date or read.tells_time_alone
        published = read.published
        if before and before.day and read.clock and not read.has_date:  # 'Published March 14, updated at 16:01'
            zone = read.clock.zone or (before.clock.zone if before.clock else None)
            published = _instant(before.day, read.clock._replace(zone=zone), words)
        if published and label not in found:
            found[label] = published
        before = read
    return DateLine(found.get("published"), found.get("updated")) if has_date else None


def _read_age(text: str, words: Vocabulary) -> DateLine | None:
    """Read how old a text is, "3 hours ago", with a label or without: a date line that gives no date."""
    rest, count = _age_pattern(words).subn(" ", text)
    if not count:
        return None
    rest = _label_pattern(words).sub(" ", without_asides(rest, words))
    return None if rest.strip(_BETWEEN) else DateLine(None, None)


class _Clock(NamedTuple):
    """A time of day as a line writes it: 'a' or 'p' where it counts to twelve, and a zone where it names one."""

    hour: int
    minute: int
    second: int | None
    half: str | None = None
    zone: str | None = None


class _Read(NamedTuple):
    """What a part says: whether it has a date, which instant and day that is, and the time of day."""

    has_date: bool
    published: Published | None
    day: date | None
    clock: _Clock | None

    @property
    def tells_time_alone(self) -> bool:
        return self.clock is not None and not self.has_date


def _split_labels(text: str, words: Vocabulary) -> list[tuple[str | None, str]]:
    """Cut a line at its labels: pairs of 'published', 'updated' or None, and what follows the label."""
    parts: list[tuple[str | None, str]] = []
    label: str | None = None
    start = 0
    for match in _label_pattern(words).finditer(text):
        if text[start : match.start()].strip(_BETWEEN):
            parts.append((label, text[start : match.start()]))
        label, start = str(match.lastgroup), match.end()
    if text[start:].strip(_BETWEEN):
        parts.append((label, text[start:]))
    return parts


@lru_cache(maxsize=8)
def _label_pattern(words: Vocabulary) -> re.Pattern[str]:
    """Compile all labels, the longest first, so that 'last updated' is not read as 'updated'."""
    labelled = [
        *((phrase, "updated") for phrase in words.updated),
        *((phrase, "published") for phrase in words.published),
    ]
    alternatives = {
        name: "|".join(re.escape(phrase) for phrase, named in labelled if named == name) for _, name in labelled
    }
    groups = "|".join(f"(?P<{name}>{phrases})" for name, phrases in alternatives.items())
    return re.compile(rf"(?<![^\W\d_])(?:{groups or '(?!)'})(?![^\W\d_])", re.IGNORECASE)


@lru_cache(maxsize=8)
def _aside_pattern(words: Vocabulary) -> re.Pattern[str]:
    """Compile what may stand beside a date: 'Reading time: 4 minutes', '4 min read', 'Share' at the end."""
    read, unit, other = (_any_of(phrases) for phrases in (words.reading, words.minutes, words.beside))
    return re.compile(
        rf"(?:(?:{read})\s*:?\s*(?:ca\.?\s*)?)?(?<![\d:.,/])\d{{1,3}}\s?[-‑]?\s?(?:{unit})(?![^\W\d_])\.?(?:\s(?:{read})(?!\w))?"
        rf"|[\s|•·]*(?<!\w)(?:(?:{other})\s?:?\s?\d{{1,5}}|\d{{1,5}}\s(?:{other}))$"
        rf"|[\s|•·]+(?:{other})$|(?<=\d)(?:{other})$",
        re.IGNORECASE,
    )


@lru_cache(maxsize=8)
def _age_pattern(words: Vocabulary) -> re.Pattern[str]:
    """Compile 'ago' with its number, in either order: '3 hours ago', 'vor 3 Stunden'."""
    word, unit = _any_of(tuple(sorted(words.ago))), _any_of(words.units)
    return re.compile(
        rf"(?<!\w)(?:{word})\s?\d{{1,3}}\s?(?:{unit})(?!\w)|(?<!\w)\d{{1,3}}\s?(?:{unit})\s?(?:{word})(?!\w)",
        re.IGNORECASE,
    )


def _any_of(phrases: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, phrases)) or "(?!)"


def _read_one(text: str, words: Vocabulary) -> _Read | None:
    """Understand every token of a part that holds one date, be it written twice; None where one is not understood."""
    year = month = day = None
    clock: tuple[int, int, int | None] | None = None
    half = zone = None
    has_date = ambiguous = False
    for match in _TOKEN.finditer(text):
        kind, token = str(match.lastgroup), match[0]
        if kind in _DATES and year and month and day:
            again = _read_one(text[match.start() :], words)
            if again is None or again.published is None or again.published.at.date() != _day(year, month, day):
                return None
            return again
        if kind == "iso":
            year, month, day = (int(number) for number in match["isoday"].split("-"))
            clock = _clock(match["isotime"]) if match["isotime"] else clock
            if match["isozone"]:
                zone = "+0" if match["isozone"] in "Zz" else _offset(match["isozone"])
        elif kind == "cjk":
            year, month, day = (int(number) for number in re.findall(r"\d+", token))
        elif kind == "dotted":
            day, month, year = (int(number) for number in re.findall(r"\d+", token))
        elif kind == "slashed":
            has_date = True
            order = _from_slashed(token)
            ambiguous = order is None
            year, month, day = order or (None, None, None)
        elif kind in ("time", "hour"):
            clock = clock or _clock(token)
        elif kind == "half":
            half = "p" if token[0].lower() in _AFTERNOONS or token in _AFTERNOONS else "a"
        elif kind == "offset":
            zone = _offset(token)
        elif kind == "year":
            year = int(token)
        elif kind == "day":
            if day is not None:
                return None
            day = int(re.sub(r"\D", "", token))
        elif kind == "word":
            word = token.lower()
            if word in words.months:
                if month is not None and month != words.months[word] and word not in words.zones:
                    return None
                month = words.months[word]
            elif clock and word in words.zones:
                zone = word
            elif word in words.today:
                has_date = True
            elif word not in words.date_words:
                return None
        elif token not in _SEPARATORS:
            return None
    time_of_day = _Clock(*clock, half, zone) if clock else None
    has_date = has_date or bool(month and day) or bool(month and year)
    if ambiguous or not (year and month and day):
        is_part = bool(month or day or year)
        return _Read(has_date, None, None, time_of_day) if has_date or not (is_part and clock) else None
    on = _day(year, month, day)
    return _Read(True, _instant(on, time_of_day, words) if on else None, on, time_of_day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
    return numbers[0], numbers[1] if len(numbers) > 1 else 0, numbers[2] if len(numbers) > 2 else None


def _offset(token: str) -> str:
    sign, digits = ("-" if "-" in token else "+"), re.sub(r"\D", "", token)
    return f"{sign}{int(digits[:-2]) * 60 + int(digits[-2:])}"


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
