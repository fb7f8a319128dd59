"""What a regular expression can start and end with, and whether it can run away.

Both are read from the standard library's own parse of it, not guessed from its text. The parser is private: a
release of Python that parses into other nodes fails the tests of what is read here from each kind of node.
"""

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Literal, NamedTuple, TypeAlias

_Node: TypeAlias = tuple[Any, Any]

#: Stands in a spelled key for a character that can be anything.
ANY = "\0"
_IGNORE_CASE = int(re.IGNORECASE)  # the flag itself makes the parser take twice as long
_LOOK_BEHIND = "(?<"
_MAX_KEYS = 1000
_MAX_CLASS = 12
_OPEN_ENDED = 40
_MAX_OPEN_ENDED = 2
_MAX_TEXTS = 8
_LONGEST_TEXT = 40
_LONG_ENOUGH = 7
_LEAVES = frozenset({_parser.LITERAL, _parser.IN, _parser.ANY, _parser.AT})  # nodes that hold no others: most
_REFERENCES = frozenset({_parser.GROUPREF, _parser.GROUPREF_EXISTS})
_ASSERTIONS = frozenset({_parser.ASSERT, _parser.ASSERT_NOT})
_EMPTY = frozenset({_parser.AT, *_ASSERTIONS})  # nodes that take no character
_REPEATS = frozenset({_parser.MAX_REPEAT, _parser.MIN_REPEAT, _parser.POSSESSIVE_REPEAT})


def parse(pattern: str) -> list[_Node]:
    """Parse a case-insensitive pattern into the nodes of the standard library's parser.

    Letters that stand in a row are one node, whose value is their text in lower case.

    Raises:
        re.error: it is no valid regular expression.
    """
    if _LOOK_BEHIND in pattern:  # that this has one width is seen by the compiler alone
        re.compile(pattern, re.IGNORECASE)
    return _with_texts(_parser.parse(pattern, _IGNORE_CASE).data)


def _with_texts(nodes: list[_Node]) -> list[_Node]:
    """Make letters that stand in a row one node, here and, in place, inside other nodes."""
    joined: list[_Node] = []
    letters = ""
    for node in nodes:
        op, value = node
        if op is _parser.LITERAL:
            letters += chr(value).lower()
            continue
        if letters:
            joined.append((_parser.LITERAL, letters))
            letters = ""
        for branch in _branches(node):
            branch[:] = _with_texts(branch)
        joined.append(node)
    if letters:
        joined.append((_parser.LITERAL, letters))
    return joined


def starts(nodes: list[_Node], length: int) -> set[str]:
    r"""Spell the first characters, in lower case, of all texts that match.

    A key shorter than ``length`` is a whole text, unless it ends in ``ANY``: then all that starts so.

    >>> sorted(starts(parse("(?:Share|Tweet) this"), 3))
    ['sha', 'twe']
    >>> sorted(starts(parse(r"x|ad(?:vert)?|n.*"), 3))
    ['ad', 'adv', 'n', 'n\x00', 'x']
    """
    return _spell_all(nodes, _Spelling(length, _MAX_KEYS))


def ends(nodes: list[_Node], length: int) -> set[str]:
    r"""Spell the last characters of all texts that match, read backwards, as ``starts`` does the first.

    >>> sorted(ends(parse(".+ (?:to|for) this report[.!]?"), 3))
    ['!tr', '.tr', 'tro']
    >>> ends(parse("Copyright .+"), 3)
    {'\x00'}
    """
    return _spell_all(nodes, _Spelling(length, _MAX_KEYS, step=-1))


def texts(nodes: list[_Node]) -> set[str]:
    r"""Give texts, in lower case, one of which every text that matches has in it: few and telling ones.

    >>> texts(parse(r".+ can be (?:reached|found) (?:at|on) .+"))
    {' can be '}
    >>> texts(parse(r"\w+"))
    {''}
    """
    for op, value in nodes:
        if op is _parser.LITERAL and len(value) >= _LONG_ENOUGH:  # nothing is worth more
            return {value}
    how = _Spelling(_LONGEST_TEXT, _MAX_TEXTS)
    spelled = [_spell_all([node], how) for node in nodes]
    best = {""}
    for first in range(len(spelled)):
        joined = {""}
        for more in spelled[first:]:
            joined = {text + end for text in joined for end in more}
            if len(joined) > _MAX_TEXTS or any(ANY in text for text in more):
                break
            best = max(best, joined, key=_worth)
    return {text for text in best if not any(other in text for other in best - {text})}


def _worth(texts: set[str]) -> tuple[int, int]:
    """Rate texts by how telling the shortest is, then by how few they are."""
    return min(_LONG_ENOUGH, *map(len, texts)), -len(texts)


def any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Compile a search for many texts at once, by the letters that they begin with in common.

    >>> any_of(["commission", "compensation", "earn"]).pattern
    '(?:com(?:mission|pensation)|earn)'
    >>> any_of([]).search("") is None
    True
    """
    letters: dict[str, Any] = {}
    for text in texts:
        node = letters
        for char in text:
            node = node.setdefault(char, {})
        node[""] = {}
    return re.compile(_spelled(letters) if letters else "(?!)")


def _spelled(letters: dict[str, Any]) -> str:
    if "" in letters:  # what goes on is found as well
        return ""
    ways = [re.escape(char) + _spelled(more) for char, more in letters.items()]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def danger(nodes: list[_Node]) -> str | None:
    """Say why matching could take more than quadratic time, or None. A last ``.*`` costs nothing.

    >>> danger(parse("(?:a+ ?)+"))
    'a repeat inside a repeat'
    >>> danger(parse(".*a.*b.*c"))
    'more than 2 open-ended repeats in a row'
    >>> danger(parse("Sign up (?:to|for) .+ newsletters?"))
    """
    dangers: list[str] = []
    open_ended = _count_open_ended(nodes, dangers) - (bool(nodes) and _takes_the_rest(nodes[-1]))
    if open_ended > _MAX_OPEN_ENDED:
        dangers.append(f"more than {_MAX_OPEN_ENDED} open-ended repeats in a row")
    return dangers[0] if dangers else None


def _count_open_ended(nodes: list[_Node], dangers: list[str]) -> int:
    """Count the open-ended repeats of the branch that has most of them, and note what is a danger by itself."""
    total = 0
    for node in nodes:
        op, value = node
        if op in _LEAVES:
            continue
        if op in _REFERENCES:
            dangers.append("a back-reference")
        count = max((_count_open_ended(branch, dangers) for branch in _branches(node)), default=0)
        if op in _REPEATS:
            if count and value[1] > 1:
                dangers.append("a repeat inside a repeat")
            count += value[1] > _OPEN_ENDED
        total += count
    return total


def _takes_the_rest(node: _Node) -> bool:
    op, value = node
    return op is _parser.MAX_REPEAT and value[:2] == (0, _parser.MAXREPEAT) and value[2][0][0] is _parser.ANY


def _branches(node: _Node) -> list[list[_Node]]:
    """List the alternatives inside a node; a node that holds no others has none."""
    op, value = node
    if op in _LEAVES:
        return []
    if op is _parser.BRANCH:
        return [branch.data for branch in value[1]]
    if op is _parser.SUBPATTERN:
        return [value[3].data]
    if op is _parser.ATOMIC_GROUP:
        return [value.data]
    if op in _ASSERTIONS:
        return [value[1].data]
    if op in _REPEATS:
        return [value[2].data]
    return []


class _Spelling(NamedTuple):
    """How to spell: so many characters from the start, or backwards from the end, and no more than ``most`` keys."""

    length: int
    most: int
    step: Literal[1, -1] = 1


class _TooManyError(Exception):
    """There are more keys than are of use."""


def _spell_all(nodes: list[_Node], how: _Spelling) -> set[str]:
    """Spell the keys of nodes; too many are as good as none."""
    try:
        return _spell(nodes, how)
    except _TooManyError:
        return {ANY}


def _spell(nodes: list[_Node], how: _Spelling) -> set[str]:
    """Spell the keys of nodes that follow each other: each node's no further than keys can still grow."""
    length = how.length
    done: set[str] = set()
    growing = {""}
    for node in nodes[:: how.step]:
        op, value = node
        if op in _EMPTY:
            continue
        if op is _parser.LITERAL:
            nexts = {value[:: how.step]}
        else:
            missing = length - min(map(len, growing))
            nexts = _spell_node(node, how if missing == length else how._replace(length=missing))
        grown = {(key + more)[:length] for key in growing for more in nexts}
        growing = {key for key in grown if len(key) < length and not key.endswith(ANY)}
        done |= grown - growing
        if len(done) + len(growing) > how.most:
            raise _TooManyError
        if not growing:
            break
    return done | growing


def _spell_node(node: _Node, how: _Spelling) -> set[str]:
    op, value = node
    if op is _parser.IN:
        return _spell_class(value, how.step)
    branches = _branches(node)
    if not branches:
        return {ANY}
    spelled: set[str] = set()
    for branch in branches:
        spelled |= _spell(branch, how)
        if len(spelled) > how.most:
            raise _TooManyError
    if op in _REPEATS:
        least, most, _ = value
        if most > 1:
            spelled = {key if len(key) >= how.length or key.endswith(ANY) else key + ANY for key in spelled}
        if least == 0:
            spelled.add("")
    return spelled


def _spell_class(members: Iterable[_Node], step: int) -> set[str]:
    spelled = set()
    for op, value in members:
        if op is _parser.LITERAL:
            spelled.add(chr(value).lower()[::step])
        elif op is _parser.RANGE and value[1] - value[0] <= _MAX_CLASS:
            spelled.update(chr(char).lower()[::step] for char in range(value[0], value[1] + 1))
        elif value is _parser.CATEGORY_DIGIT:  # those of ASCII alone
            spelled.update("0123456789")
        else:
            return {ANY}
    return spelled
