"""Rule files, parsed: what to cut, what opens a box, which outlets and agencies are known.

A rule is data and carries its own examples; ``newsmill.examples.check_examples`` holds each to them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

from newsmill import patterns
from newsmill.fates import Fate, Verdict

#: Where in an article a rule applies: before its first paragraph, among them, after the last one.
Place: TypeAlias = Literal["head", "body", "tail"]
#: What lines a box takes with it: headline-like ones, or single words and names.
Takes: TypeAlias = Literal["headlines", "words"]

#: By so many characters at a line's start or end rules are looked up.
KEY = 3
_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "cut": ({"name", "fate", "cuts", "keeps"}, {"line", "words", "where"}),
    "section": ({"name", "fate", "takes", "examples"}, {"line", "words", "where"}),
    "agency": ({"name", "aliases"}, set()),
}
_FILE_KEYS = {"outlet", "name", *_KEYS}


class RuleError(ValueError):
    """A rule file has a mistake; the message is one line that names the file and the rule."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A line that goes: every line that ``pattern`` matches as a whole gets ``verdict``."""

    file: str
    verdict: Verdict
    pattern: re.Pattern[str]
    words: frozenset[str]
    where: frozenset[Place]
    cuts: tuple[str, ...]
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A line that opens a box: it and what it takes along get ``verdict``."""

    file: str
    verdict: Verdict
    pattern: re.Pattern[str]
    words: frozenset[str]
    where: frozenset[Place]
    takes: Takes
    examples: tuple[str, ...]


Rule: TypeAlias = Cut | Section
_Table: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by how a matching line starts or ends, so that a line meets only the few that could match it."""

    starts: Mapping[str, tuple[Rule, ...]]
    ends: Mapping[str, tuple[Rule, ...]]
    others: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, ready to match.

    ``version`` changes with any byte of any file. ``outlets`` maps a domain to the outlet's display
    name, ``agencies`` a credit form such as ``"(PTI)"`` to the agency's name. ``everywhere`` holds the
    rules of every outlet, ``by_domain`` those of one.
    """

    version: str
    outlets: Mapping[str, str]
    agencies: Mapping[str, str]
    everywhere: Index
    by_domain: Mapping[str, Index]
    all: tuple[Rule, ...] = field(repr=False)

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> "Rules":
        r"""Compile rule files, given as file name to TOML text.

        Examples are required here and tried by ``newsmill.examples.check_examples``, which takes longer.

        >>> rules = Rules.parse({"share.toml": '''
        ... [[cut]]
        ... name  = "share button"
        ... fate  = "share"
        ... line  = 'share|tweet'
        ... cuts  = ["Share"]
        ... keeps = ["Share prices fell."]
        ... '''})
        >>> [rule.verdict.rule for rule in rules.all]
        ['share button']

        Raises:
            RuleError: a file is no TOML, or a rule has a key missing, unknown or empty, or a pattern that is
                wrong or could take long to match.
        """
        outlets: dict[str, str] = {}
        agencies: dict[str, str] = {}
        found: dict[str | None, list[_Keyed]] = {None: []}
        for file, text in files.items():
            document = _read(file, text)
            domain = document.get("outlet")
            if domain is not None:
                outlets[domain] = document.get("name", domain)
            for entry in document.get("agency", ()):
                agencies.update(_agency(file, entry))
            of_domain = found.setdefault(domain, [])
            of_domain += [_cut(file, domain, entry) for entry in document.get("cut", ())]
            of_domain += [_section(file, domain, entry) for entry in document.get("section", ())]
        everything = tuple(keyed[0] for of_domain in found.values() for keyed in of_domain)
        _refuse_twins(everything)
        return cls(
            version=_fingerprint(files),
            outlets=MappingProxyType(outlets),
            agencies=MappingProxyType(agencies),
            everywhere=_index(found[None]),
            by_domain=MappingProxyType({domain: _index(keyed) for domain, keyed in found.items() if domain}),
            all=everything,
        )


#: A rule with the keys of all lines that it can match: by their starts, and by their ends.
_Keyed: TypeAlias = tuple[Rule, set[str], set[str]]


def _fingerprint(files: Mapping[str, str]) -> str:
    return sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()[:12]


def _read(file: str, text: str) -> _Table:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file}: {error}") from error
    unknown = sorted(document.keys() - _FILE_KEYS)
    if unknown:
        raise RuleError(f"{file}: unknown key {unknown[0]!r}")
    return document


def _agency(file: str, entry: _Table) -> dict[str, str]:
    _refuse_odd_keys(file, "agency", entry)
    return dict.fromkeys(entry["aliases"], entry["name"])


def _cut(file: str, domain: str | None, entry: _Table) -> _Keyed:
    _refuse_odd_keys(file, "cut", entry)
    compiled, starts, ends = _compile(file, entry["name"], entry["line"])
    verdict, where = _verdict(file, domain, entry), _one_of(file, entry, "where", Place)
    rule = Cut(file, verdict, compiled, where, tuple(entry["cuts"]), tuple(entry["keeps"]))
    return rule, starts, ends


def _section(file: str, domain: str | None, entry: _Table) -> _Keyed:
    _refuse_odd_keys(file, "section", entry)
    compiled, starts, ends = _compile(file, entry["name"], entry["opens"])
    verdict, where = _verdict(file, domain, entry), _one_of(file, entry, "where", Place)
    takes = _one_of(file, entry, "takes", Takes)
    rule = Section(file, verdict, compiled, where, takes, tuple(entry["examples"]))
    return rule, starts, ends


def _refuse_odd_keys(file: str, kind: str, entry: _Table) -> None:
    required, optional = _KEYS[kind]
    rule = f"{file}: {kind} {entry.get('name', '(without a name)')!r}"
    for key in sorted(required):
        if not entry.get(key):
            raise RuleError(f"{rule} needs {key!r}")
    for key in sorted(entry.keys() - required - optional):
        raise RuleError(f"{rule} has an unknown key {key!r}")


def _one_of(file: str, entry: _Table, key: str, choices: Any) -> Any:  # noqa: ANN401 (a Literal and its value)
    value = entry.get(key)
    if value is not None and value not in get_args(choices):
        known = ", ".join(get_args(choices))
        raise RuleError(f"{file}: {entry['name']!r} has {key} = {value!r}, which is none of: {known}")
    return value


def _verdict(file: str, domain: str | None, entry: _Table) -> Verdict:
    try:
        fate = Fate(entry["fate"])
    except ValueError:
        known = ", ".join(Fate)
        raise RuleError(f"{file}: {entry['name']!r} has fate = {entry['fate']!r}, none of: {known}") from None
    return Verdict(fate, kept=False, rule=f"{domain}: {entry['name']}" if domain else entry["name"])


def _compile(file: str, name: str, pattern: str) -> tuple[re.Pattern[str], set[str], set[str]]:
    try:
        nodes = patterns.parse(pattern)
    except re.error as error:
        raise RuleError(f"{file}: {name!r} has a pattern that is wrong: {error}") from error
    danger = patterns.danger(nodes)
    if danger:
        raise RuleError(f"{file}: {name!r} has a pattern that can take long to match: {danger}")
    return re.compile(pattern, re.IGNORECASE), patterns.starts(nodes, KEY), patterns.ends(nodes, KEY)


def _refuse_twins(rules: Iterable[Rule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        name = rule.verdict.rule
        if name in files:
            raise RuleError(f"{rule.file}: {name!r} is already the name of a rule in {files[name]}")
        files[name] = rule.file


def _index(keyed: list[_Keyed]) -> Index:
    """Put each rule under its starts if those are known, else under its ends, else among the others."""
    starts: list[tuple[str, Rule]] = []
    ends: list[tuple[str, Rule]] = []
    others: list[Rule] = []
    for rule, by_start, by_end in keyed:
        if _is_known(by_start):
            starts += [(key, rule) for key in sorted(by_start)]
        elif _is_known(by_end):
            ends += [(key[::-1], rule) for key in sorted(by_end)]
        else:
            others.append(rule)
    by_ends = {key[::-1]: rules for key, rules in _lookup(ends).items()}
    return Index(MappingProxyType(_lookup(starts)), MappingProxyType(by_ends), tuple(others))


def _is_known(keys: set[str]) -> bool:
    return not keys & {"", patterns.ANY}


def _lookup(pairs: list[tuple[str, Rule]]) -> dict[str, tuple[Rule, ...]]:
    """Give the rules by key: one of ``KEY`` characters, a whole shorter text, or the first character alone.

    A key is complete: a line whose key stands here meets no rule under its first character alone.
    """
    table: dict[str, dict[Rule, None]] = {}
    opened = {key[0] for key, _ in pairs if key.endswith(patterns.ANY)}
    for key, rule in pairs:
        table.setdefault(key[0] if key.endswith(patterns.ANY) else key, {})[rule] = None
    return {key: tuple(table[key[0]] | rules if key[0] in opened else rules) for key, rules in table.items()}
