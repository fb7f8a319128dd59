"""A rule file, read: its TOML in, its rules and names out, or the one line that says what is wrong with it."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias, get_args

from newsmill.fates import Fate, Verdict
from newsmill.html.selectors import Selectors
from newsmill.rules.kinds import Cut, Keep, Place, Rule, RuleError, Section, Takes

_Table: TypeAlias = Mapping[str, Any]

_BESIDE = {"reading", "minutes", "units", "ago", "today", "roles", "beside"}
#: The keys that an entry of each kind must have, and those that it may have.
_ENTRY_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "cut": ({"name", "fate", "cuts", "keeps"}, {"line", "words", "where"}),
    "section": ({"name", "fate", "takes", "examples"}, {"line", "words", "where"}),
    "keep": ({"name", "keeps"}, {"line", "words", "where"}),
    "agency": ({"name", "aliases"}, set()),
    "language": ({"code", "months", "weekdays", "by", "and", "published", "updated", "filler"}, _BESIDE),
}
_FILE_KEYS = {"outlet", "name", "zones", "lists", "selectors", *_ENTRY_KEYS}
_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}")
_ARTICLE_FATES = frozenset(
    {Fate.TITLE, Fate.DECK, Fate.BYLINE, Fate.DATE, Fate.DATELINE, Fate.BODY, Fate.SUBHEAD, Fate.BLANK}
)
_LIST = re.compile(r"\{([a-z]+)\}")


class RuleFile(NamedTuple):
    """What a rule file says: of the outlet ``domain``, or of every outlet where that is None.

    ``name`` is the outlet's display name, its domain where the file gives none; ``agencies`` maps a credit form
    to an agency's name.
    """

    domain: str | None
    name: str
    rules: list[Rule]
    selectors: Selectors | None
    agencies: dict[str, str]
    languages: list[_Table]
    zones: dict[str, int | str]


def read_rule_file(file: str, text: str) -> RuleFile:
    """Take a rule file, given as its name and its text, apart.

    Raises:
        RuleError: it is no TOML, or an entry has a key missing, unknown, empty or of the wrong kind.
    """
    document = _read(file, text)
    domain = document.get("outlet")
    lists = document.get("lists", {})
    rules: list[Rule] = [_cut(file, domain, entry, lists) for entry in document.get("cut", ())]
    rules += [_section(file, domain, entry, lists) for entry in document.get("section", ())]
    rules += [_keep(file, domain, entry, lists) for entry in document.get("keep", ())]
    agencies: dict[str, str] = {}
    for entry in document.get("agency", ()):
        agencies |= _agency(file, entry)
    for entry in document.get("language", ()):
        _refuse_odd_keys(file, "language", entry)
    return RuleFile(
        domain=domain,
        name=document.get("name", domain or ""),
        rules=rules,
        selectors=_selectors(file, domain, document["selectors"]) if "selectors" in document else None,
        agencies=agencies,
        languages=document.get("language", []),
        zones=document.get("zones", {}),
    )


def _read(file: str, text: str) -> _Table:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file}: {error}") from error
    for key in sorted(document.keys() - _FILE_KEYS):
        raise RuleError(f"{file}: unknown key {key!r}")
    for key in _ENTRY_KEYS:
        entries = document.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise RuleError(f"{file}: {key} must be tables, each under [[{key}]]")
    domain = document.get("outlet")
    if domain is not None and not (isinstance(domain, str) and _DOMAIN.fullmatch(domain)):
        raise RuleError(f'{file}: outlet must be a web domain such as "courier.example", not {domain!r}')
    return document


def _selectors(file: str, domain: str | None, entry: _Table) -> Selectors:
    if domain is None:
        raise RuleError(f'{file}: selectors are an outlet\'s; the file must name it: outlet = "…"')
    for key in sorted(entry.keys() - set(Selectors._fields)):
        raise RuleError(f"{file}: selectors has an unknown key {key!r}, none of: {', '.join(Selectors._fields)}")
    for key, selector in entry.items():
        if not isinstance(selector, str):
            raise RuleError(f"{file}: selectors needs text as {key!r}")
    return Selectors(**entry)


def _agency(file: str, entry: _Table) -> dict[str, str]:
    _refuse_odd_keys(file, "agency", entry)
    name: str = entry["name"]
    return dict.fromkeys(_texts(file, entry, "aliases"), name)


def _cut(file: str, domain: str | None, entry: _Table, lists: _Table) -> Cut:
    _refuse_odd_keys(file, "cut", entry)
    _refuse_article_fate(file, entry)
    cuts, keeps = _texts(file, entry, "cuts"), _texts(file, entry, "keeps")
    return Cut(*_rule(file, domain, entry, lists), cuts, keeps)


def _section(file: str, domain: str | None, entry: _Table, lists: _Table) -> Section:
    _refuse_odd_keys(file, "section", entry)
    _refuse_article_fate(file, entry)
    takes = _choice(file, entry, "takes", Takes)
    return Section(*_rule(file, domain, entry, lists), takes, _texts(file, entry, "examples"))


def _keep(file: str, domain: str | None, entry: _Table, lists: _Table) -> Keep:
    _refuse_odd_keys(file, "keep", entry)
    file, verdict, where, words, lines = _rule(file, domain, {**entry, "fate": Fate.BODY}, lists)
    return Keep(file, verdict._replace(kept=True), where, words, lines, _texts(file, entry, "keeps"))


def _rule(
    file: str, domain: str | None, entry: _Table, lists: _Table
) -> tuple[str, Verdict, frozenset[Place], tuple[str, ...], tuple[str, ...]]:
    fate = _choice(file, entry, "fate", Fate)
    verdict = Verdict(Fate(fate), kept=False, rule=f"{domain}: {entry['name']}" if domain else entry["name"])
    where = _choices(file, entry, "where", Place) or get_args(Place)
    lines = tuple(_fill(file, entry, line, lists) for line in _texts(file, entry, "line"))
    return file, verdict, frozenset(where), _texts(file, entry, "words"), lines


def _fill(file: str, entry: _Table, line: str, lists: _Table) -> str:
    """Put the alternatives of the file's ``lists`` in the place of ``{name}``."""

    def fill(found: re.Match[str]) -> str:
        if found[1] not in lists:
            raise RuleError(f"{file}: {entry['name']!r} names a list that is not there: {found[0]}")
        return f"(?:{'|'.join(lists[found[1]])})"

    return _LIST.sub(fill, line)


def _refuse_odd_keys(file: str, kind: str, entry: _Table) -> None:
    required, optional = _ENTRY_KEYS[kind]
    rule = f"{file}: {kind} {entry.get('name') or entry.get('code') or '(without a name)'!r}"
    for key in sorted(required):
        if not entry.get(key):
            raise RuleError(f"{rule} needs {key!r}")
    for key in sorted(entry.keys() - required - optional):
        raise RuleError(f"{rule} has an unknown key {key!r}")
    if "line" in optional and not (entry.get("line") or entry.get("words")):
        raise RuleError(f"{rule} needs 'line' or 'words'")


def _texts(file: str, entry: _Table, key: str) -> tuple[str, ...]:
    """Give one text, or a list of them, as a tuple."""
    value = entry.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise RuleError(f"{file}: {entry['name']!r} needs text or a list of texts as {key!r}")
    return tuple(texts)


def _refuse_article_fate(file: str, entry: _Table) -> None:
    if isinstance(entry["fate"], str) and entry["fate"] in _ARTICLE_FATES:
        named = f"{file}: {entry['name']!r}"
        raise RuleError(f"{named} cuts lines, so its fate cannot be {entry['fate']!r}, which is the article's")


def _choice(file: str, entry: _Table, key: str, choices: Any) -> Any:
    chosen = _choices(file, entry, key, choices)
    if len(chosen) != 1:
        raise RuleError(f"{file}: {entry['name']!r} needs one {key}, not {len(chosen)}")
    return chosen[0]


def _choices(file: str, entry: _Table, key: str, choices: Any) -> tuple[Any, ...]:
    known = tuple(Fate) if choices is Fate else get_args(choices)
    chosen = _texts(file, entry, key)
    for value in chosen:
        if value not in known:
            raise RuleError(f"{file}: {entry['name']!r} has {key} {value!r}, none of: {', '.join(known)}")
    return chosen
