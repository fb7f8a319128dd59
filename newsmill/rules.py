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
from newsmill.vocabulary import Vocabulary

#: Where in an article a rule applies: before its first paragraph, among them, after the last one.
Place: TypeAlias = Literal["head", "body", "tail"]
#: What a box takes along: headlines and what stands with them, or single words and names, or one paragraph.
Takes: TypeAlias = Literal["headlines", "words", "paragraph"]

#: By so many characters at a line's start or end patterns are looked up.
KEY = 3
#: What may stand around the words of a line without making it another line.
AROUND_WORDS = " \t\xa0:.,;!…|•·*#+-–—_<>«»‹›→←↓↑▼▲►▶»()[]"

_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "cut": ({"name", "fate", "cuts", "keeps"}, {"line", "words", "where"}),
    "section": ({"name", "fate", "takes", "examples"}, {"line", "words", "where"}),
    "agency": ({"name", "aliases"}, set()),
    "language": ({"code", "months", "weekdays", "by", "and", "published", "updated", "filler"}, set()),
}
_FILE_KEYS = {"outlet", "name", "zones", *_KEYS}


class RuleError(ValueError):
    """A rule file has a mistake; the message is one line that names the file and the rule."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a line must look like, as a whole and in any case, and what becomes of it.

    It is one of ``words`` (whatever of ``AROUND_WORDS`` stands about it), or one of ``lines`` matches it.
    """

    file: str
    verdict: Verdict
    where: frozenset[Place]
    words: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Rule):
    """A line that goes."""

    cuts: tuple[str, ...]
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Section(Rule):
    """A line that opens a box: it goes, and what the box takes along goes with it."""

    takes: Takes
    examples: tuple[str, ...]


#: A rule and its compiled pattern.
Entry: TypeAlias = tuple[re.Pattern[str], Rule]


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by words, and by how a matching line starts or ends: a line meets only the few it could match.

    In ``starts`` and ``ends`` a key has ``KEY`` characters or is a whole shorter line, and is complete; a
    line whose key is not there may still match what stands under its first or last character alone.
    """

    words: Mapping[str, Rule]
    starts: Mapping[str, tuple[Entry, ...]]
    ends: Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, ready to match.

    ``version`` changes with any byte of any file. ``outlets`` maps a domain to the outlet's display
    name, ``agencies`` a credit form such as ``"(PTI)"`` to the agency's name. ``everywhere`` indexes the
    rules of every outlet, ``by_domain`` those of one.
    """

    version: str
    outlets: Mapping[str, str]
    agencies: Mapping[str, str]
    vocabulary: Vocabulary
    everywhere: Index
    by_domain: Mapping[str, Index]
    all: tuple[Rule, ...] = field(repr=False)

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> "Rules":
        r"""Compile rule files, given as file name to TOML text.

        Examples are required here, and tried by ``newsmill.examples.check_examples``, which takes longer.

        >>> rules = Rules.parse({"share.toml": '''
        ... [[cut]]
        ... name  = "share button"
        ... fate  = "share"
        ... words = ["share", "tweet"]
        ... cuts  = ["Share"]
        ... keeps = ["Share prices fell."]
        ... '''})
        >>> [rule.verdict.rule for rule in rules.all]
        ['share button']

        Raises:
            RuleError: a file is no TOML, or a rule has a key missing, unknown or empty, or a pattern that is
                wrong or fits lines that start and end with anything.
        """
        outlets: dict[str, str] = {}
        agencies: dict[str, str] = {}
        languages: list[_Table] = []
        zones: dict[str, int | str] = {}
        found: dict[str | None, list[Rule]] = {None: []}
        for file, text in files.items():
            document = _read(file, text)
            domain = document.get("outlet")
            if domain is not None:
                outlets[domain] = document.get("name", domain)
            for entry in document.get("agency", ()):
                agencies.update(_agency(file, entry))
            for entry in document.get("language", ()):
                _refuse_odd_keys(file, "language", entry)
                languages.append(entry)
            zones |= document.get("zones", {})
            of_domain = found.setdefault(domain, [])
            of_domain += [_cut(file, domain, entry) for entry in document.get("cut", ())]
            of_domain += [_section(file, domain, entry) for entry in document.get("section", ())]
        everything = tuple(rule for of_domain in found.values() for rule in of_domain)
        _refuse_twins(everything)
        return cls(
            version=_fingerprint(files),
            outlets=MappingProxyType(outlets),
            agencies=MappingProxyType(agencies),
            vocabulary=Vocabulary.parse(languages, zones),
            everywhere=_index(found[None]),
            by_domain=MappingProxyType({domain: _index(rules) for domain, rules in found.items() if domain}),
            all=everything,
        )


_Table: TypeAlias = Mapping[str, Any]


def _fingerprint(files: Mapping[str, str]) -> str:
    return sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()[:12]


def _read(file: str, text: str) -> _Table:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file}: {error}") from error
    for key in sorted(document.keys() - _FILE_KEYS):
        raise RuleError(f"{file}: unknown key {key!r}")
    return document


def _agency(file: str, entry: _Table) -> dict[str, str]:
    _refuse_odd_keys(file, "agency", entry)
    name: str = entry["name"]
    return {alias: name for alias in _texts(file, entry, "aliases")}


def _cut(file: str, domain: str | None, entry: _Table) -> Cut:
    _refuse_odd_keys(file, "cut", entry)
    cuts, keeps = _texts(file, entry, "cuts"), _texts(file, entry, "keeps")
    return Cut(*_rule(file, domain, entry), cuts, keeps)


def _section(file: str, domain: str | None, entry: _Table) -> Section:
    _refuse_odd_keys(file, "section", entry)
    (takes,) = _choices(file, entry, "takes", Takes)
    return Section(*_rule(file, domain, entry), takes, _texts(file, entry, "examples"))


def _rule(
    file: str, domain: str | None, entry: _Table
) -> tuple[str, Verdict, frozenset[Place], tuple[str, ...], tuple[str, ...]]:
    (fate,) = _choices(file, entry, "fate", Fate)
    verdict = Verdict(Fate(fate), kept=False, rule=f"{domain}: {entry['name']}" if domain else entry["name"])
    where = _choices(file, entry, "where", Place) or get_args(Place)
    return file, verdict, frozenset(where), _texts(file, entry, "words"), _texts(file, entry, "line")


def _refuse_odd_keys(file: str, kind: str, entry: _Table) -> None:
    required, optional = _KEYS[kind]
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


def _choices(file: str, entry: _Table, key: str, choices: Any) -> tuple[Any, ...]:
    known = tuple(Fate) if choices is Fate else get_args(choices)
    chosen = _texts(file, entry, key)
    for value in chosen:
        if value not in known:
            raise RuleError(f"{file}: {entry['name']!r} has {key} {value!r}, none of: {', '.join(known)}")
    return chosen


def _refuse_twins(rules: Iterable[Rule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        name = rule.verdict.rule
        if name in files:
            raise RuleError(f"{rule.file}: {name!r} is already the name of a rule in {files[name]}")
        files[name] = rule.file


def _index(rules: Iterable[Rule]) -> Index:
    """Put each pattern under its starts if those are known, else under its ends, and refuse it otherwise."""
    words: dict[str, Rule] = {}
    starts: list[tuple[str, Entry]] = []
    ends: list[tuple[str, Entry]] = []
    for rule in rules:
        for word in rule.words:
            words.setdefault(word.lower().replace("’", "'").strip(AROUND_WORDS), rule)
        for line in rule.lines:
            compiled, nodes = _compile(rule, line)
            by_start = patterns.starts(nodes, KEY)
            by_end = patterns.ends(nodes, KEY) if patterns.ANY in by_start else set()
            if patterns.ANY not in by_start:
                starts += [(key, (compiled, rule)) for key in sorted(by_start)]
            elif patterns.ANY not in by_end:
                ends += [(key[::-1], (compiled, rule)) for key in sorted(by_end)]
            else:
                raise RuleError(
                    f"{rule.file}: {rule.verdict.rule!r} must know how a line starts or ends: {line}"
                )
    by_ends = {key[::-1]: entries for key, entries in _lookup(ends).items()}
    return Index(MappingProxyType(words), MappingProxyType(_lookup(starts)), MappingProxyType(by_ends))


def _compile(rule: Rule, line: str) -> tuple[re.Pattern[str], list[tuple[Any, Any]]]:
    try:
        return re.compile(line, re.IGNORECASE), patterns.parse(line)
    except re.error as error:
        raise RuleError(f"{rule.file}: {rule.verdict.rule!r} has a pattern that is wrong: {error}") from error


def _lookup(pairs: list[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    """Give the entries by key, where a key that can go on with any character is cut to its first."""
    table: dict[str, dict[Entry, None]] = {}
    for key, entry in pairs:
        table.setdefault(key[0] if key.endswith(patterns.ANY) else key, {})[entry] = None
    opened = {key[0] for key, _ in pairs if key.endswith(patterns.ANY)}
    return {
        key: tuple(table[key[0]] | entries if key[:1] in opened else entries)
        for key, entries in table.items()
    }
