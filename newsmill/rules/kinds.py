"""The kinds of rules: what a line must look like, where in an article, and what becomes of it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsmill.fates import Verdict

#: Where in an article a rule applies: before its first paragraph, among them, after the last one.
Place: TypeAlias = Literal["head", "body", "tail"]
#: What a box takes along: headlines and what stands with them, single words and names, or a table of contents.
Takes: TypeAlias = Literal["headlines", "words", "contents"]


class RuleError(ValueError):
    """A rule file has a mistake; the message is one line that names the file and the rule."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a line must look like, as a whole and in any case, and what becomes of it.

    It is one of ``words`` (whatever of ``lookup.AROUND_LINES`` stands about it), or one of ``lines`` matches it
    (whatever of ``lookup.BEFORE_LINES`` stands before it).
    """

    file: str
    verdict: Verdict
    where: frozenset[Place]
    words: tuple[str, ...]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.verdict.rule!r}"


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


@dataclass(frozen=True, slots=True, eq=False)
class Keep(Rule):
    """A line of the article's body, whatever rules of every outlet, the classifier and memory would say of it."""

    keeps: tuple[str, ...]
