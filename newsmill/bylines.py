"""Bylines and datelines: who wrote it, where, and which agency sent it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from newsmill.vocabulary import Vocabulary

#: A longer line is no byline.
MAX_CHARS = 160
_MAX_NAME_WORDS = 5
_MAX_WITH_ROLE = 90
_MAX_OPENER = 30
#: Names in scripts that have no capitals are short.
_FIRST_IDEOGRAPH = "\u3040"
_MAX_IDEOGRAPHS = 4

_PARTICLES = frozenset(
    "de da do dos das del della di du la le van von der den ter ten zu zur al el bin ibn ben".split()
)
_TITLES = re.compile(
    r"^(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Miss|Sir|Dame|Rev|Chief|Engr|Barr|Alhaji|"
    r"Sen|Gov|Rep|Gen|Col|Capt|Lt|Sgt)\b\.? ?)+"
)
_NAME_WORD = r"(?:[^\W\d_a-zß-öø-ÿ][\w’'‘`-]*\.?|[A-Z]\.)"
_NAME = re.compile(
    rf"{_NAME_WORD}(?: (?:{_NAME_WORD}|(?:{'|'.join(sorted(_PARTICLES))}|al-[\w’'-]+))){{0,{_MAX_NAME_WORDS}}}"
)
# What may follow the names of a byline: a role, a place, the outlet, an address, a handle, the time.
_AFTER_NAMES = re.compile(
    r"\s*(?:[|•·/(]| [-–—] |,|;|\s@|\s(?:in|at|[Ff]or|from|à|en|in|aus|dans|desde|da|te|w)\s|\s{3,}|\d|$)"
)
#: Where a name in capitals ends: 'Ann Hill For The Courier'.
_ENDS_NAMES = frozenset(("For", "In", "At", "On", "From"))
_FOR_OUTLET = re.compile(r"(?P<name>.+?) [Ff]or (?:the |The )?[A-Z][\w.’'& -]{1,40}\.?")
_DEGREES = re.compile(r"(?:, ?[A-Z][A-Za-z]?\.?[A-Z]?[A-Za-z]?\.?[A-Z]?\.?(?=,|$))+")
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,3}[A-Za-z]{2,10}")
_HANDLE = re.compile(r"\s*[(\[]?@\w{2,30}[)\]]?|\s*\S+@\S+\.\w{2,}")
_NOT_NAMES = frozenset(
    "the a an this that our your their its his her more read share photo image video staff agency reporter "
    "correspondent editor newsroom desk bureau team admin editorial guest contributor special service wire "
    "news online web agencies sports business entertainment politics opinion world nation national local "
    "reporters correspondents writer press release breaking latest related views posts categories comments".split()
)
#: Whom else a byline names where it names nobody.
_DESKS = frozenset("admin administrator editor staff agencies agency newsroom newsdesk redaktion redacción".split())
_DESK_ENDS = frozenset(
    "reporter reporters correspondent correspondents editor staff desk bureau newsroom agencies".split()
)

_FIRST_WORD = re.compile(r"[^\s:：]+")
_PLACE = r"[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ.’'-]+(?:[ -/]{1,2}[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ.’'-]*){0,4}"
_MIXED_PLACE = r"[^\W\d_a-zß-öø-ÿ][\w.’'-]+(?: [^\W\d_a-zß-öø-ÿ][\w.’'-]+){0,3}"
_REGION = r"(?:, ?[^\W\d_a-zß-öø-ÿ][\w. ]{1,24}?)?"
_DAY = r"(?P<day>,? ?[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?|,? ?\d{1,2} [A-Z][a-z]{2,8})"
_AGENCY = r"(?: ?[(/\[] ?(?P<agency>[\w .-]{2,30}?) ?[)/\]])"
_DASH = r" ?(?:[-–—]{1,2}|:|…) ?(?=\S)"
_CAPITALS = re.compile(rf"(?P<place>{_PLACE}){_REGION}{_DAY}?{_AGENCY}?{_DASH}")
_NAMED = re.compile(rf"(?P<place>{_MIXED_PLACE}){_REGION}{_DAY}?{_AGENCY}?{_DASH}")
_MAX_DATELINE = 90
_NO_PLACES = frozenset(
    (
        "breaking",
        "just in",
        "exclusive",
        "update",
        "updated",
        "watch",
        "video",
        "opinion",
        "analysis",
        "sir",
        "covid",
        "live",
    )
)


class Byline(NamedTuple):
    """Who a byline names: people, in order, without titles and roles, and an agency; either may be missing."""

    authors: tuple[str, ...]
    agency: str | None


class Dateline(NamedTuple):
    """Where an article was reported from, and the agency that its first line credits."""

    place: str
    agency: str | None


def read_byline(text: str, words: Vocabulary, agencies: Mapping[str, str]) -> Byline | None:
    """Read a line that opens as a byline does ("By …", "Von …", "Written by …"), or names an agency alone.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": [], "weekdays": "", "by": ["by", "from"], "and": ["and"],
    ...     "published": [], "updated": [], "filler": ""}], {})
    >>> read_byline("By Ann Hill and Tom O’Reilly, Special to The Courier", words, {})
    Byline(authors=('Ann Hill', 'Tom O’Reilly'), agency=None)
    >>> read_byline("Northern Press", words, {"Northern Press": "Northern Press Agency"})
    Byline(authors=(), agency='Northern Press Agency')
    >>> read_byline("By the time they came, the ship was gone.", words, {}) is None
    True
    """
    if len(text) > MAX_CHARS:
        return None
    if text in agencies:
        return Byline((), agencies[text])
    opened = after_opener(text, words)
    if opened is None:
        return None
    if opened in agencies:
        return Byline((), agencies[opened])
    if opened.lower() in _DESKS or _DOMAIN.fullmatch(opened) or _HANDLE.fullmatch(opened):
        return Byline((), None)
    names, rest = _take_names(opened, words)
    if len(names) == 1 and not rest and names[0].split()[-1].lower() in _DESK_ENDS:
        named = _without_role(opened, words)
        return Byline((named,) if named else (), None)
    if names:
        if rest and not _AFTER_NAMES.match(rest):
            joined = _joined(words).match(rest)
            if joined is None or rest[joined.end() :] not in agencies:
                named = _without_role(opened, words)
                return Byline((named,), None) if named else None
            rest = rest[joined.end() :]
        elif len(names) == 1 and not rest and (named := _without_role(opened, words)):
            names = [named]
        agency = next((agencies[part] for part in re.split(r"[|,/()\s]{1,3}", rest) if part in agencies), None)
        return Byline(tuple(names), agency)
    return Byline((), None) if _is_desk(opened) else None


def read_bare_name(text: str, words: Vocabulary) -> Byline | None:
    """Read a line that is names and nothing else but a place: a byline only where a byline would stand.

    >>> words = Vocabulary.parse([], {})
    >>> read_bare_name("Adaeze Fowler-Ajayi, Oke-Odan", words).authors
    ('Adaeze Fowler-Ajayi',)
    >>> read_bare_name("Harbour reopens after the storm", words) is None
    True
    """
    for_outlet = _FOR_OUTLET.fullmatch(text) if " for " in text or " For " in text else None
    text = for_outlet["name"] if for_outlet else _DEGREES.sub("", text)
    if len(text) > 70 or text[-1:] in ".?!:" or after_opener(text, words) is not None:
        return None
    if named := _without_role(text, words):
        text = named
    elif text.split()[-1].lower() in _DESK_ENDS and _is_desk(text):
        return Byline((), None)
    name, comma, place = text.partition(",")
    if comma and re.fullmatch(rf" ?{_MIXED_PLACE}", place):
        names, rest = _take_names(name, words)
    else:
        names, rest = _take_names(text, words)
    if not names or not all(2 <= len(name.split()) <= 4 for name in names):
        return None
    if any(_is_no_name(word) for name in names for word in name.split()):
        return None
    if not rest or re.fullmatch(rf"(?:, ?| in | at | [|/•·-] ?){_MIXED_PLACE}", rest) or _HANDLE.fullmatch(rest):
        return Byline(tuple(names), None)
    return None


def read_dateline(text: str, agencies: Mapping[str, str]) -> Dateline | None:
    """Read the dateline that an article's first paragraph opens with.

    >>> read_dateline("PORT AVELINE, Aug 3 (NPA) - Three ships left.", {"(NPA)": "Northern Press Agency"})
    Dateline(place='PORT AVELINE', agency='Northern Press Agency')
    >>> read_dateline("Lagos, June 3 (NAN) – The mayor spoke.", {})
    Dateline(place='Lagos', agency=None)
    >>> read_dateline("The mayor: a portrait", {}) is None
    True
    """
    opening = text[:_MAX_DATELINE]
    match = _CAPITALS.match(opening)
    if match is None:
        match = _NAMED.match(opening)
        if match is None or not (match["day"] or match["agency"]):
            return None
    place = match["place"].strip(" ,-–—")
    if place.lower() in _NO_PLACES:
        return None
    credit = match["agency"]
    agency = credit and (agencies.get(f"({credit})") or agencies.get(credit))
    if agencies.get(place):
        return None
    return Dateline(place, agency)


def after_opener(text: str, words: Vocabulary) -> str | None:
    """Give what follows the words that a byline opens with; None where a line does not open so."""
    first = _FIRST_WORD.match(text)
    openers = words.openers.get(first[0].lower()) if first else None
    if openers is None:
        return None
    lowered = text.lower()
    for opener in openers:
        if lowered.startswith(opener):
            rest = text[len(opener) :]
            if rest[:1] in (" ", ":", "：", "\xa0") and rest.strip(":： \xa0"):
                return rest.strip(":： \xa0")
    return None


def _take_names(text: str, words: Vocabulary) -> tuple[list[str], str]:
    """Take names from the front of a text, as long as they are joined by commas and the words for 'and'."""
    names: list[str] = []
    rest = text
    joined = _joined(words)
    while match := _NAME.match(_TITLES.sub("", rest)):
        untitled = _TITLES.sub("", rest)
        name, after = match[0].rstrip("."), untitled[match.end() :]
        name, after = _trim_joins(name, after, words)
        if names and (len(name.split()) < 2 or any(map(_is_no_name, name.split()))):
            break
        if not names and name.split()[0].lower() in _NOT_NAMES:
            break
        names.append(_as_name(name))
        rest = _HANDLE.sub("", after, count=1) if _HANDLE.match(after) else after
        following = joined.match(rest)
        if following is None:
            break
        ahead = rest[following.end() :]
        next_name = _NAME.match(_TITLES.sub("", ahead))
        if next_name is None or len(next_name[0].split()) < 2 or _holds_no_name(next_name[0]):
            break
        rest = ahead
    return names, rest


@lru_cache(maxsize=8)
def _joined(words: Vocabulary) -> re.Pattern[str]:
    """Compile what may stand between two names: a comma, a word for 'and', or both."""
    any_join = "|".join(re.escape(join) for join in words.joins) or "&"
    return re.compile(rf"(?:\s*,\s*(?:(?:{any_join})\s+)?|\s+(?:{any_join})\s+|\s*[&/]\s*)(?=\S)", re.IGNORECASE)


def _trim_joins(name: str, after: str, words: Vocabulary) -> tuple[str, str]:
    """Give back to the rest what a name took of it: a particle at its end is the word for 'and'."""
    parts = name.split(" ")
    kept = next((i for i, part in enumerate(parts) if i and part in _ENDS_NAMES), len(parts))
    while kept > 1 and (parts[kept - 1].lower() in _PARTICLES or parts[kept - 1].lower() in words.joins):
        kept -= 1
    if kept == len(parts):
        return name, after
    return " ".join(parts[:kept]), " " + " ".join(parts[kept:]) + after


def _without_role(text: str, words: Vocabulary) -> str | None:
    """Give the name before a job, as in 'Ann Hill – Reporter in Port Selwyn'; None where there is no job."""
    parts = text.split()
    for place, part in enumerate(parts):
        if part.lower().strip(".,;()") in words.roles:
            name = " ".join(parts[:place]).rstrip(" ,–—-|•·(")
            match = _NAME.fullmatch(_TITLES.sub("", name)) if place >= 2 and len(text) <= _MAX_WITH_ROLE else None
            return _as_name(match[0]) if match and " " in match[0] else None
    return None


def _as_name(name: str) -> str:
    """Write a name in capitals as it would stand in a sentence, and once where it stands twice in a row."""
    parts = name.split(" ")
    half = len(parts) // 2
    if half >= 2 and parts[:half] == parts[half:]:
        name = " ".join(parts[:half])
    return name.title() if name.isupper() and len(name) > 4 else name


def opens_alone(text: str, words: Vocabulary) -> bool:
    """Tell whether a line is what a byline opens with and nothing else: 'By', 'Von'."""
    return len(text) <= _MAX_OPENER and text.strip(": \xa0").lower() in words.by


def is_role(text: str, words: Vocabulary) -> bool:
    """Tell whether a line is a job, as in 'Parliamentary editor' or 'Redakteurin in Port Selwyn'."""
    if len(text) > _MAX_WITH_ROLE or text[-1:] == ".":
        return False
    parts = text.lower().split()
    return len(parts) <= _MAX_NAME_WORDS and any(part in words.roles for part in parts)


def names_nobody(text: str) -> bool:
    """Tell whether a text is made of words that are in no name, as 'Press Release' is."""
    return all(word.lower().strip(".,") in _NOT_NAMES for word in text.split())


def _holds_no_name(text: str) -> bool:
    return any(map(_is_no_name, text.split()))


def _is_no_name(word: str) -> bool:
    """Tell whether a word is in no name; an initial, as in 'Ann A. Hill', is in many."""
    if word[0] >= _FIRST_IDEOGRAPH:
        return len(word) > _MAX_IDEOGRAPHS
    return len(word) > 1 and word[1:] != "." and word.lower().strip(".,") in _NOT_NAMES


def _is_desk(text: str) -> bool:
    """Tell whether a byline names a desk instead of a person, as in 'By Agency Reporter' or 'Staff Writer'."""
    parts = [part.strip(".,").lower() for part in text.split()]
    return 1 < len(parts) <= 4 and any(part in _NOT_NAMES for part in parts[-1:]) and text[:1].isupper()
