"""Credit lines: a byline, a date line, or both on one line with nothing else but what stands beside them.

Everything of such a line must be understood: a date, names, an agency, the outlet, how long the text takes to read.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from newsmill.bylines import Byline, after_opener, names_nobody, read_bare_name, read_byline
from newsmill.dates import MAX_CHARS, DateLine, may_hold_date, read_date_line, split_at_date, without_asides
from newsmill.vocabulary import Vocabulary

_PARTS = re.compile(r" ?[|•·] ?| [-–—/] |, (?=updated|published|posted)")
_MAX_AGENCY_LINE = 60
_MAX_LINE = 160
_MIN_GLUED = 3
_EDGES = " |,.:;-–—•·*()"
#: A date may stand with one more word that is no name: an outlet, a section.
_WORD = re.compile(r"(?:in:? )?[^\W\d_a-zß-öø-ÿ][\w’'&.-]{2,29}|[^\W\d_a-zß-öø-ÿ][\w-]+ \d{1,4}")
_GLUE = re.compile(r"[a-zß-öø-ÿ](?=[A-ZÀ-ÖØ-ÞŞ])|\d(?=[A-Za-z])")


class CreditLine(NamedTuple):
    """What a line says of who and when: either may be missing."""

    byline: Byline | None
    date: DateLine | None


def read_credit_line(text: str, words: Vocabulary, agencies: Mapping[str, str]) -> CreditLine | None:
    """Read a line that opens as a byline or is a date line, with the other behind it or without.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": ["", "", "march"], "weekdays": "", "by": ["by"], "and": ["and"],
    ...     "published": ["published"], "updated": ["updated"], "filler": ""}], {})
    >>> line = read_credit_line("By Ann HillPublished: March 14, 2025", words, {})
    >>> line.byline.authors, line.date.published.precision
    (('Ann Hill',), 'day')
    """
    if len(text) > _MAX_LINE:
        return None
    date = read_date_line(text, words)
    if date is not None:
        return CreditLine(None, date)
    if after_opener(text, words) is None:
        byline = Byline((), agencies[text]) if text in agencies else _read_agency(text, agencies)
        return CreditLine(byline, None) if byline else None
    text = _unglued(text, words)
    byline = read_byline(text, words, agencies)
    if byline is None:
        return read_mixed_line(text, words, agencies)
    for part in _PARTS.split(text)[1:]:
        if date := read_date_line(part, words):
            return CreditLine(byline, date)
    mixed = read_mixed_line(text, words, agencies)
    return mixed if mixed and mixed.byline and mixed.byline.authors == byline.authors else CreditLine(byline, None)


def read_mixed_line(text: str, words: Vocabulary, agencies: Mapping[str, str]) -> CreditLine | None:
    """Read a line of a date and names in any order: a credit line only where one would stand.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": ["", "", "march"], "weekdays": "", "by": ["by"], "and": ["and"],
    ...     "published": ["published"], "updated": ["updated"], "filler": ""}], {})
    >>> read_mixed_line("March 14, 2025 Ann Hill", words, {}).byline.authors
    ('Ann Hill',)
    >>> read_mixed_line("March 14, 2025: three ships sink", words, {}) is None
    True
    """
    if len(text) > MAX_CHARS or not any(map(str.isdigit, text)):
        return None
    if not may_hold_date(text, words):
        return None
    text = without_asides(_unglued(text, words), words)
    found = split_at_date(text, words)
    if found is None:
        aged = [part for part in _PARTS.split(text) if part]
        date = next((date for part in aged if (date := read_date_line(part, words))), None)
        parts = [part for part in aged if read_date_line(part, words) is None]
    else:
        before, date, after = found
        parts = [*_PARTS.split(before), *_PARTS.split(after)]
    byline = _read_names([part for part in (part.strip(_EDGES) for part in parts) if part], words, agencies)
    return CreditLine(byline, date) if byline and date else None


def _read_agency(text: str, agencies: Mapping[str, str]) -> Byline | None:
    """Read an agency beside one word, be it a section or an outlet: 'News - Northern Press Agency'."""
    parts = _PARTS.split(text, 2) if len(text) <= _MAX_AGENCY_LINE else []
    named = [part for part in parts if part in agencies]
    if len(parts) != 2 or len(named) != 1 or not all(part in named or _WORD.fullmatch(part) for part in parts):
        return None
    return Byline((), agencies[named[0]])


def _read_names(parts: list[str], words: Vocabulary, agencies: Mapping[str, str]) -> Byline | None:
    """Read names and agencies, and at most one word that is neither."""
    authors: list[str] = []
    agency: str | None = None
    others = 0
    for part in parts:
        if byline := read_byline(part, words, agencies) or read_bare_name(part, words):
            authors += byline.authors
            agency = agency or byline.agency
        elif _WORD.fullmatch(part) or names_nobody(part):
            others += 1
        elif part.lower() not in words.date_words and part.lower() not in words.beside:
            return None
    return Byline(tuple(authors), agency) if parts and others <= 1 else None


def _unglued(text: str, words: Vocabulary) -> str:
    """Part a label or a word to share by from the word or the number that it is glued to: 'Ann HillPublished'."""
    if not _GLUE.search(text):
        return text
    return _glued(words).sub(" | ", text)


@lru_cache(maxsize=8)
def _glued(words: Vocabulary) -> re.Pattern[str]:
    capitalised = "|".join(
        re.escape(phrase[:1].upper() + phrase[1:])
        for phrase in (*words.published, *words.updated, *words.beside)
        if len(phrase) > _MIN_GLUED
    )
    return re.compile(rf"(?<=[a-zß-öø-ÿ\d])(?=(?:{capitalised or '(?!)'})(?![a-zß-öø-ÿ]))")
