"""The words by which bylines and date lines are known, of all languages at once: data from rules/languages.toml."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

WORD = re.compile(r"[^\W\d_]+")
_CLOCK_WORDS = (
    "a p m am pm st nd rd th er h t z gmt utc "
    "年 月 日 時 时 点 點 分 秒 년 월 일 시 분 초 午前 午後 上午 下午 오전 오후"
).split()
_PHRASES = (
    *("published", "updated", "by", "and"),
    *("reading", "minutes", "units", "ago", "today", "roles", "beside"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Lower-case words and what they mean, without a dot at their end.

    ``months`` maps a form to 1 … 12, ``zones`` an abbreviation to minutes east of UTC, or to
    the name of a zone with summer time. ``date_words`` are the
    weekdays and the small words that may stand in a date line. ``published`` and ``updated`` are the labels
    before a date, ``by`` the words that open a byline, ``joins`` those between two names; the longest first.

    The rest stands beside a date or a name: ``reading`` before or after a number of ``minutes``, a number of
    ``units`` and ``ago``, ``today``; ``roles`` are jobs, ``beside`` what says nothing, such as a word to share by.
    ``openers`` is ``by`` sorted by first words; a date line has no words but those in ``known``.
    """

    months: Mapping[str, int]
    zones: Mapping[str, int | str]
    date_words: frozenset[str]
    published: tuple[str, ...]
    updated: tuple[str, ...]
    by: tuple[str, ...]
    joins: tuple[str, ...]
    reading: tuple[str, ...]
    minutes: tuple[str, ...]
    units: tuple[str, ...]
    ago: frozenset[str]
    beside: tuple[str, ...]
    today: frozenset[str]
    roles: frozenset[str]
    openers: Mapping[str, tuple[str, ...]]
    known: frozenset[str]

    @classmethod
    def parse(cls, languages: Iterable[Mapping[str, Any]], zones: Mapping[str, int | str]) -> "Vocabulary":
        """Merge the ``[[language]]`` tables of the rule files; a month that two languages share is the same month.

        >>> words = Vocabulary.parse([{
        ...     "code": "en", "months": ["january jan"], "weekdays": "monday", "by": ["by"], "and": ["and"],
        ...     "published": ["posted on"], "updated": ["updated"], "filler": "at"}], {"gmt": 0})
        >>> words.months["jan"], words.by, sorted(words.date_words)
        (1, ('by',), ['at', 'monday'])
        """
        months: dict[str, int] = {}
        date_words: set[str] = set()
        phrases: dict[str, set[str]] = {key: set() for key in _PHRASES}
        for language in languages:
            for number, forms in enumerate(language["months"], start=1):
                months.update(dict.fromkeys(forms.split(), number))
            date_words |= {*language["weekdays"].split(), *language["filler"].split()}
            for key, known in phrases.items():
                known |= set(language.get(key, ()))
        beside_dates = [*months, *date_words, *zones, *_CLOCK_WORDS]
        for key in ("published", "updated", "reading", "minutes", "units", "ago", "today", "beside"):
            beside_dates += phrases[key]
        longest_first = {key: tuple(sorted(known, key=lambda p: (-len(p), p))) for key, known in phrases.items()}
        openers: dict[str, tuple[str, ...]] = {}
        for phrase in longest_first["by"]:
            first = re.split(r"[\s:]", phrase)[0]
            openers[first] = (*openers.get(first, ()), phrase)
        return cls(
            months=MappingProxyType(months),
            zones=MappingProxyType(dict(zones)),
            date_words=frozenset(date_words - months.keys()),
            published=longest_first["published"],
            updated=longest_first["updated"],
            by=longest_first["by"],
            joins=longest_first["and"],
            reading=longest_first["reading"],
            minutes=longest_first["minutes"],
            units=longest_first["units"],
            ago=frozenset(phrases["ago"]),
            beside=longest_first["beside"],
            today=frozenset(phrases["today"]),
            roles=frozenset(phrases["roles"]),
            openers=MappingProxyType(openers),
            known=frozenset(word for phrase in beside_dates for word in WORD.findall(phrase.lower())),
        )
