"""Boxes that are not the article: by what their names, roles and elements say, unless their mass says otherwise."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate

from newsmill.fates import Verdict
from newsmill.html.blocks import Box, Outline
from newsmill.html.cues import FURNITURE

# Less prose than this decides nothing.
_MIN_MASS = 140
# How much of the prose elsewhere on the page a box must hold to be no furniture in spite of its names.
_SOFT_OVERRIDE = 0.4
_FIRM_OVERRIDE = 8.0


def set_aside(page: Outline, weights: list[float]) -> list[Verdict | None]:
    """Give a verdict to every row that stands in furniture, None to every other.

    A box is furniture by its names, but articles stand in boxes that are called ``widget``, ``sidebar`` or
    ``paywall`` as well: what holds much of the page's prose, alone or together with others of the same name, is
    none. Such a box is looked into like any other.
    """
    verdicts: list[Verdict | None] = [None] * len(page.rows)
    mass = list(accumulate(weights, initial=0.0))
    named = list(_outermost(page.boxes, frozenset(), frozenset()))
    elsewhere = mass[-1] - sum(mass[page.boxes[n].last] - mass[page.boxes[n].first] for n in named)
    heads = list(accumulate((b.article or b.tag == "h1" for b in page.boxes), initial=0))
    together: defaultdict[tuple[str, str], float] = defaultdict(float)
    for number in named:
        box = page.boxes[number]
        together[box.tag, box.name] += mass[box.last] - mass[box.first]
    common = frozenset(
        key for key, held in together.items() if held > _MIN_MASS and held > elsewhere * _SOFT_OVERRIDE
    )
    heavy = frozenset(
        number
        for number, box in enumerate(page.boxes)
        if box.cue
        and (held := mass[box.last] - mass[box.first]) > _MIN_MASS
        and (
            held > elsewhere * _SOFT_OVERRIDE
            if not FURNITURE[box.cue].firm
            else held > elsewhere * _FIRM_OVERRIDE
            and (elsewhere < _MIN_MASS or heads[box.end] > heads[number])
        )
    )
    for number in _outermost(page.boxes, heavy, common):
        box = page.boxes[number]
        verdict = FURNITURE[box.cue or ""].verdict
        for row in range(box.first, box.last):
            verdicts[row] = verdict
    return verdicts


def _outermost(boxes: list[Box], heavy: frozenset[int], common: frozenset[tuple[str, str]]) -> Iterator[int]:
    """Go through the boxes that are called furniture, not into them, past those that hold too much."""
    number = 0
    while number < len(boxes):
        box = boxes[number]
        if (
            box.cue is None
            or number in heavy
            or (not FURNITURE[box.cue].firm and (box.tag, box.name) in common)
        ):
            number += 1
        else:
            yield number
            number = box.end
