"""Rule files, parsed: what to cut, what opens a box, which outlets and agencies are known.

A rule is data and carries its own examples; ``newsmill.examples.check_examples`` holds each to them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from newsmill.fates import Verdict

#: Where in an article a rule applies: before its first paragraph, between them, after the last.
Place: TypeAlias = Literal["head", "body", "tail"]
#: What lines a box takes with it: headline-like ones, or single words and names.
Takes: TypeAlias = Literal["headlines", "words"]

#: Characters at a line's start or end by which rules are looked up.
KEY = 3
_RULE_KEYS = {
    "cut": {"name", "fate", "line", "where", "cuts", "keeps"},
    "section": {"name", "fate", "opens", "where", "takes", "examples"},
    "agency": {"name", "aliases"},
}
_FILE_KEYS = {"outlet", "name", *_RULE_KEYS}


class RuleError(ValueError):
    """A rule file has a mistake; the message is one line that names the file and the rule."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A line that goes: ``verdict`` for every line that ``pattern`` matches as a whole."""

    verdict: Verdict
    pattern: re.Pattern[str]
    where: Place | None
    file: str
    cuts: tuple[str, ...]
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A line that opens a box; what looks like the box's contents goes with it."""

    verdict: Verdict
    pattern: re.Pattern[str]
    where: Place | None
    takes: Takes
    file: str
    examples: tuple[str, ...]


Rule: TypeAlias = Cut | Section


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by how a matching line starts or ends, so that a line meets only those few that can match it."""

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

        Examples are required here and run by ``newsmill.examples.check_examples``, which takes longer.

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
            RuleError: a file is no TOML, or a rule has an unknown key, no name, no examples, or a pattern
                that is wrong or could take long to match.
        """
        outlets: dict[str, str] = {}
        agencies: dict[str, str] = {}
        by_domain: dict[str | None, list[Rule]] = {None: []}
        indexed: dict[str | None, list[_Keyed]] = {None: []}
        for file, text in files.items():
            document = _read(file, text)
            domain = document.get("outlet")
            if domain is not None:
                outlets[domain] = document.get("name", domain)
            for entry in document.get("agency", ()):
                agencies.update(_agency(file, entry))
            keyed = [_rule(file, domain, kind, e) for kind in ("cut", "section") for e in document.get(kind, ())]
            _refuse_twins(file, [rule for rule, _, _ in keyed])
            indexed.setdefault(domain, []).extend(keyed)
        del by_domain
        return cls(
            version=_fingerprint(files),
            outlets=MappingProxyType(outlets),
            agencies=MappingProxyType(agencies),
            everywhere=_index(indexed[None]),
            by_domain=MappingProxyType({d: _index(keyed) for d, keyed in indexed.items() if d}),
            all=tuple(rule for keyed in indexed.values() for rule, _, _ in keyed),
        )


_Keyed: TypeAlias = tuple[Rule, set[str], set[str]]
