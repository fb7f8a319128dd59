"""What a regular expression can start and end with, and whether it can run away.

Both are read from the standard library's own parse of it, not guessed from its text.
"""

import re
from collections.abc import Iterable, Iterator
from re import _parser  # type: ignore[attr-defined]
from typing import Any, TypeAlias

_Node: TypeAlias = tuple[Any, Any]

#: Stands in a spelled key for a character that can be anything.
ANY = "\0"
_MAX_KEYS = 1000
_MAX_CLASS = 12
_UNBOUNDED = 40
_MAX_UNBOUNDED = 2
_MAX_TEXTS = 8
_LONGEST_TEXT = 40
_LONG_ENOUGH = 7


def parse(pattern: str) -> list[_Node]:
    """Parse a case-insensitive pattern into the nodes of the standard library's parser.

    Raises:
        re.error: it is no valid regular expression.
    """
    return list(_parser.parse(pattern, re.IGNORECASE))


def starts(nodes: list[_Node], length: int) -> set[str]:
    r"""Spell the first characters, in lower case, of all texts that match.

    A key shorter than ``length`` is a whole text, unless it ends in ``ANY``: then all that starts so.

    >>> sorted(starts(parse("(?:Share|Tweet) this"), 3))
    ['sha', 'twe']
    >>> sorted(starts(parse(r"x|ad(?:vert)?|n.*"), 3))
    ['ad', 'adv', 'n', 'n\x00', 'x']
    """
    return _spell(nodes, length, forward=True)


def ends(nodes: list[_Node], length: int) -> set[str]:
    r"""Spell the last characters of all texts that match, as ``starts`` does the first.

    >>> sorted(ends(parse(".+ (?:to|for) this report[.!]?"), 3))
    ['ort', 'rt!', 'rt.']
    >>> ends(parse("Copyright .+"), 3)
    {'\x00'}
    """
    return _spell(nodes, length, forward=False)


def texts(nodes: list[_Node]) -> set[str]:
    r"""Give texts, in lower case, one of which every text that matches has in it: few and telling ones.

    >>> texts(parse(r".+ can be (?:reached|found) (?:at|on) .+"))
    {' can be'}
    >>> texts(parse(r"\w+"))
    {''}
    """
    spelled = [_spell([node], _LONGEST_TEXT, forward=True) for node in nodes]
    best = {""}
    for first in range(len(spelled)):
        run = {""}
        for more in spelled[first:]:
            run = {text + end for text in run for end in more}
            if len(run) > _MAX_TEXTS or any(ANY in text for text in more):
                break
            best = max(best, run, key=_worth)
    return {text for text in best if not any(other in text for other in best - {text})}


def _worth(texts: set[str]) -> tuple[int, int]:
    """Rate texts by how telling the shortest is, then by how few they are."""
    return min(_LONG_ENOUGH, *map(len, texts)), -len(texts)


def danger(nodes: list[_Node]) -> str | None:
    """Say why matching could take more than quadratic time, or None. A last ``.*`` costs nothing.

    >>> danger(parse("(?:a+ ?)+"))
    'a repeat inside a repeat'
    >>> danger(parse(".*a.*b.*c"))
    'more than 2 open-ended repeats in a row'
    >>> danger(parse("Sign up (?:to|for) .+ newsletters?"))
    """
    if any(op in (_parser.GROUPREF, _parser.GROUPREF_EXISTS) for op, _ in _walk(nodes)):
        return "a back-reference"
    for op, value in _walk(nodes):
        if _is_repeat(op) and value[1] > 1 and _count_unbounded(value[2]):
            return "a repeat inside a repeat"
    open_ended = _count_unbounded(nodes) - (bool(nodes) and _takes_the_rest(nodes[-1]))
    if open_ended > _MAX_UNBOUNDED:
        return f"more than {_MAX_UNBOUNDED} open-ended repeats in a row"
    return None


def _takes_the_rest(node: _Node) -> bool:
    op, value = node
    return op is _parser.MAX_REPEAT and value[:2] == (0, _parser.MAXREPEAT) and value[2][0][0] is _parser.ANY


def _is_repeat(op: object) -> bool:
    return op in (_parser.MAX_REPEAT, _parser.MIN_REPEAT, _parser.POSSESSIVE_REPEAT)


def _branches(node: _Node) -> list[Iterable[_Node]]:
    """List the alternatives inside a node; a node that holds no others has none."""
    op, value = node
    if op is _parser.BRANCH:
        return list(value[1])
    if op is _parser.SUBPATTERN:
        return [value[3]]
    if op is _parser.ATOMIC_GROUP:
        return [value]
    if op in (_parser.ASSERT, _parser.ASSERT_NOT):
        return [value[1]]
    if _is_repeat(op):
        return [value[2]]
    return []


def _walk(nodes: Iterable[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        for branch in _branches(node):
            yield from _walk(branch)


def _count_unbounded(nodes: Iterable[_Node]) -> int:
    """Count the open-ended repeats of the branch that has most of them."""
    total = 0
    for node in nodes:
        op, value = node
        total += max((_count_unbounded(branch) for branch in _branches(node)), default=0)
        total += _is_repeat(op) and value[1] > _UNBOUNDED
    return total


def _spell(nodes: Iterable[_Node], length: int, *, forward: bool) -> set[str]:
    spelled = {""}
    sequence = list(nodes)
    for node in sequence if forward else reversed(sequence):
        if all(_is_done(key, length, forward=forward) for key in spelled):
            break
        nexts = _spell_node(node, length, forward=forward)
        spelled = {
            key if _is_done(key, length, forward=forward) else _join(key, more, length, forward=forward)
            for key in spelled
            for more in nexts
        }
        if len(spelled) > _MAX_KEYS:
            return {ANY}
    return spelled


def _is_done(key: str, length: int, *, forward: bool) -> bool:
    return len(key) >= length or (key.endswith(ANY) if forward else key.startswith(ANY))


def _join(key: str, more: str, length: int, *, forward: bool) -> str:
    return (key + more)[:length] if forward else (more + key)[-length:]


def _spell_node(node: _Node, length: int, *, forward: bool) -> set[str]:
    op, value = node
    if op is _parser.LITERAL:
        return {chr(value).lower()}
    if op is _parser.IN:
        return _spell_class(value)
    if op in (_parser.AT, _parser.ASSERT, _parser.ASSERT_NOT):
        return {""}
    branches = _branches(node)
    if not branches:
        return {ANY}
    spelled = set().union(*(_spell(branch, length, forward=forward) for branch in branches))
    if _is_repeat(op):
        least, most, _ = value
        if most > 1:
            spelled = {
                key if _is_done(key, length, forward=forward) else _join(key, ANY, length, forward=forward)
                for key in spelled
            }
        if least == 0:
            spelled.add("")
    return spelled


def _spell_class(members: Iterable[_Node]) -> set[str]:
    spelled = set()
    for op, value in members:
        if op is _parser.LITERAL:
            spelled.add(chr(value).lower())
        elif op is _parser.RANGE and value[1] - value[0] <= _MAX_CLASS:
            spelled.update(chr(c).lower() for c in range(value[0], value[1] + 1))
        elif value is _parser.CATEGORY_DIGIT:  # those of ASCII alone
            spelled.update("0123456789")
        else:
            return {ANY}
    return spelled
