"""The words by which bylines and date lines are known, of all languages at once: data from rules/languages.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Lower-case words and what they mean, without a dot at their end.

    ``months`` maps a form to 1 … 12, ``zones`` an abbreviation to minutes east of UTC, or to
    the name of a zone with summer time. ``date_words`` are the
    weekdays and the small words that may stand in a date line. ``published`` and ``updated`` are the labels
    before a date, ``by`` the words that open a byline, ``joins`` those between two names; the longest first.
    """

    months: Mapping[str, int]
    zones: Mapping[str, int | str]
    date_words: frozenset[str]
    published: tuple[str, ...]
    updated: tuple[str, ...]
    by: tuple[str, ...]
    joins: tuple[str, ...]

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
        phrases: dict[str, set[str]] = {key: set() for key in ("published", "updated", "by", "and")}
        for language in languages:
            for number, forms in enumerate(language["months"], start=1):
                months.update(dict.fromkeys(forms.split(), number))
            date_words |= {*language["weekdays"].split(), *language["filler"].split()}
            for key, known in phrases.items():
                known |= set(language[key])
        longest_first = {key: tuple(sorted(known, key=lambda p: (-len(p), p))) for key, known in phrases.items()}
        return cls(
            months=MappingProxyType(months),
            zones=MappingProxyType(dict(zones)),
            date_words=frozenset(date_words - months.keys()),
            published=longest_first["published"],
            updated=longest_first["updated"],
            by=longest_first["by"],
            joins=longest_first["and"],
        )
