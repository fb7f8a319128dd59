"""Dates as machines write them, in fields, JSON-LD, meta elements, time elements and addresses; never a guess."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newsmill.dates import Published, read_date_line
from newsmill.vocabulary import Vocabulary

_EARLIEST = 1900
_LATEST = 2100
_ISO = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2})(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,]\d{1,12})?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?(?:\[[\w/]{1,40}\])?"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?Z?)?")
_EPOCH = re.compile(r"\d{10}|\d{13}")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0?[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-])")
_MAX_CHARS = 80


def read_moment(text: str, source: str, words: Vocabulary) -> Published | None:
    """Read one date of publication; a time without a zone counts as UTC, an ambiguous date as none.

    >>> from newsmill.vocabulary import Vocabulary
    >>> words = Vocabulary.parse([], {})
    >>> read_moment("2025-03-14T06:12:00+0530", "jsonld", words).at.isoformat()
    '2025-03-14T00:42:00+00:00'
    >>> read_moment("2025-03-14", "meta", words).precision
    'day'
    >>> {read_moment(odd, "meta", words) for odd in ("0000-00-00", "2024-02-30", "03/04/2025", "now")}
    {None}
    """
    text = text.strip()
    if not text or len(text) > _MAX_CHARS or not any("0" <= c <= "9" for c in text):
        return None
    return _iso(text, source) or _figures(text, source) or _words(text, source, words)


def zoned(text: str) -> bool:
    """Tell whether a date in ISO 8601 names its zone."""
    match = _ISO.fullmatch(text.strip())
    return match is not None and match["zone"] is not None


def read_url_day(url: str) -> Published | None:
    """Read the day that an address contains.

    >>> read_url_day("https://courier.example/2025/03/14/bridge-fell").at.date().isoformat()
    '2025-03-14'
    >>> read_url_day("https://courier.example/news/20250314123") is None
    True
    """
    match = _URL_DAY.search(url)
    return _published((int(match[1]), int(match[2]), int(match[3])), "day", "url") if match else None


def _iso(text: str, source: str) -> Published | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match["day"].split("-"))
    if match["hour"] is None:
        return _published((year, month, day), "day", source)
    zone = match["zone"] or "Z"
    zone = "+00:00" if zone in ("Z", "UTC", "GMT") else zone if ":" in zone else f"{zone[:3]}:{zone[3:] or '00'}"
    clock = f"T{int(match['hour']):02}:{match['minute']}:{match['second'] or '00'}{zone}"
    try:
        at = datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}{clock}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return _within(Published(at, "second" if match["second"] else "minute", source))


def _figures(text: str, source: str) -> Published | None:
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return _within(Published(datetime.fromtimestamp(seconds, UTC).replace(microsecond=0), "second", source))
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    numbers = tuple(int(part) for part in match.groups() if part is not None)
    return _published(numbers, ("day", "minute", "second")[len(numbers) - 3 - (len(numbers) > 3)], source)


def _words(text: str, source: str, words: Vocabulary) -> Published | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        read = read_date_line(text, words)
        found = read and (read.published or read.updated)
        return _within(found._replace(source=source)) if found else None
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
    return _within(Published(at, "second", source)) if ":" in text else None


def _published(numbers: tuple[int, ...], precision: str, source: str) -> Published | None:
    try:
        at = datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    return _within(Published(at, precision, source))


def _within(found: Published) -> Published | None:
    return found if _EARLIEST <= found.at.year < _LATEST else None
