"""The box that holds the article: named as its body, or simply where the mass of the prose lies."""

from itertools import accumulate

from newsmill.fates import Verdict
from newsmill.html.blocks import Box, Outline

# Share of all prose that a box must hold: one that is named as the article's body, and any other.
_NAMED_SHARE = 0.4
_ARTICLE_SHARE = 0.8
_TITLED_SHARE = 0.25
_SHARE = 0.8
# What an article must hold of what the largest beside it holds, where all prose is in articles.
_LIKE_SHARE = 0.5
# What a part of a body that stands in pieces must hold at least.
_PART_SHARE = 0.08
_WHOLE = 0.98


class Masses:
    """The prose of a page's boxes, what is furniture not counted."""

    def __init__(self, page: Outline, weights: list[float], verdicts: list[Verdict | None]) -> None:
        clean = (0.0 if v else w for w, v in zip(weights, verdicts, strict=True))
        self._sums = list(accumulate(clean, initial=0.0))
        self.boxes = page.boxes
        self.total = self._sums[-1]

    def of(self, box: Box) -> float:
        """Give the prose of one box."""
        return self._sums[box.last] - self._sums[box.first]


def locate(masses: Masses, titles: list[int]) -> int:
    """Find the innermost box that holds the article; box 0 where none does better.

    ``titles`` are the numbers of the rows that are the article's title.
    """
    boxes = masses.boxes
    if not masses.total:
        return 0
    scope = _scope(masses, titles)
    total, end = masses.of(boxes[scope]), boxes[scope].end
    heaviest = max((n for n in range(scope, end) if masses.of(boxes[n]) >= total * _SHARE), default=scope)
    named = [n for n in range(scope, end) if boxes[n].article and masses.of(boxes[n]) > total * _PART_SHARE]
    if named:
        for choice in (_common(boxes, named), max(named, key=lambda n: masses.of(boxes[n]))):
            if masses.of(boxes[choice]) >= total * _NAMED_SHARE and not choice < heaviest < boxes[choice].end:
                return _innermost(masses, choice)
    return heaviest


def _scope(masses: Masses, titles: list[int]) -> int:
    """Find the article element that is this article: the one with the title, or with nearly all there is.

    The others are cards of other stories, or the next articles of an endless page. Where those hold the rest of the
    prose, each about as much as this one, it may be small: a text of three sentences above a list of more.
    """
    boxes = masses.boxes
    heavy = [n for n, box in enumerate(boxes) if box.tag == "article" and masses.of(box) >= masses.total * _PART_SHARE]
    shares = [masses.of(boxes[n]) / masses.total for n in heavy if not any(n < m < boxes[n].end for m in heavy)]
    least = min(_TITLED_SHARE, max(shares) * _LIKE_SHARE) if sum(shares) >= _ARTICLE_SHARE else _TITLED_SHARE
    for number in heavy:
        box, held = boxes[number], masses.of(boxes[number]) / masses.total
        has_title = any(box.first <= title < box.last for title in titles)
        if held >= _ARTICLE_SHARE or (has_title and held >= least):
            return number
    return 0


def _innermost(masses: Masses, number: int) -> int:
    """Go down to the innermost box that still holds all of it."""
    boxes = masses.boxes
    whole = masses.of(boxes[number]) * _WHOLE
    return max(n for n in range(number, boxes[number].end) if masses.of(boxes[n]) >= whole)


def _common(boxes: list[Box], numbers: list[int]) -> int:
    common, last = numbers[0], numbers[-1]
    while not common <= last < boxes[common].end:
        common = boxes[common].parent
    return common
