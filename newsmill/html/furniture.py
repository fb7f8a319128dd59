"""Boxes that are not the article: by their names, roles and elements, unless their mass says otherwise."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate

from newsmill.fates import Verdict
from newsmill.html.blocks import Box, Outline
from newsmill.html.cues import FURNITURE

# Less prose than this decides nothing.
_MIN_MASS = 140
# How much of the prose elsewhere on the page a box must hold to be no furniture in spite of its names.
_SOFT_OVERRIDE = 0.4
_FIRM_OVERRIDE = 8.0
_NUMBER = re.compile(r"\d+")


def set_aside(page: Outline, weights: list[float]) -> list[Verdict | None]:
    """Give a verdict to every row that stands in furniture, None to every other.

    A box is furniture by its names, but articles stand in boxes that are called ``widget``, ``sidebar`` or
    ``paywall`` as well: what holds much of the page's prose, alone or together with others of the same name,
    is none. Such a box is looked into like any other.
    """
    verdicts: list[Verdict | None] = [None] * len(page.rows)
    boxes = page.boxes
    links = list(accumulate((row.link_chars * 2 > len(row.text) for row in page.rows), initial=0))

    def is_called_furniture(number: int) -> bool:
        box = boxes[number]
        return box.cue is not None and (not FURNITURE[box.cue].linked or links[box.last] > links[box.first])

    weighty = _Weighty(page, weights, list(_outermost(boxes, is_called_furniture)))
    for number in _outermost(boxes, lambda n: is_called_furniture(n) and not weighty.holds(n)):
        box = boxes[number]
        verdict = FURNITURE[box.cue or ""].verdict
        for row in range(box.first, box.last):
            verdicts[row] = verdict
    return verdicts


class _Weighty:
    """Which of the boxes that are called furniture hold too much of the page's prose to be it."""

    def __init__(self, page: Outline, weights: list[float], called: list[int]) -> None:
        self._boxes = page.boxes
        self._sums = list(accumulate(weights, initial=0.0))
        self._heads = list(accumulate((b.article or b.tag == "h1" for b in page.boxes), initial=0))
        self._elsewhere = self._sums[-1] - sum(self._mass(page.boxes[number]) for number in called)
        together: defaultdict[tuple[str, str], float] = defaultdict(float)
        for number in called:
            together[_kind(page.boxes[number])] += self._mass(page.boxes[number])
        self._common = {kind for kind, mass in together.items() if self._is_much(mass)}

    def holds(self, number: int) -> bool:
        box = self._boxes[number]
        mass = self._mass(box)
        # What is hidden is often the rest of a paid article; with a headline of its own it is another page's.
        has_head = self._heads[box.end] > self._heads[number]
        if box.cue is not None and not FURNITURE[box.cue].firm:
            return self._is_much(mass) or _kind(box) in self._common
        if box.cue == "hidden" and not has_head:
            return self._is_much(mass)
        return (
            mass > _MIN_MASS and mass > self._elsewhere * _FIRM_OVERRIDE and (has_head or self._elsewhere < _MIN_MASS)
        )

    def _mass(self, box: Box) -> float:
        return self._sums[box.last] - self._sums[box.first]

    def _is_much(self, mass: float) -> bool:
        return mass > _MIN_MASS and mass > self._elsewhere * _SOFT_OVERRIDE


def _outermost(boxes: list[Box], is_furniture: Callable[[int], bool]) -> Iterator[int]:
    """Go through the boxes that are furniture, not into them."""
    number = 0
    while number < len(boxes):
        if is_furniture(number):
            yield number
            number = boxes[number].end
        else:
            number += 1


def _kind(box: Box) -> tuple[str, str]:
    """Give what boxes that a page repeats have in common: element and first class, less its number."""
    return box.tag, _NUMBER.sub("", box.name.partition(" ")[0])
