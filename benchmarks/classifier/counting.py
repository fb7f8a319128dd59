"""A lexicon, counted from labelled lines: outlet by outlet, so that no outlet's furniture speaks for all."""

import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.classifier.corpus import Labelled
from benchmarks.classifier.made_up import MadeUp
from newsmill.classifier.lexicon import keys

_OF_ONE_OUTLET = 3
_LEAST_OUTLETS = 3
_SMOOTHING = 2.0
_LEAST_WEIGHT = 0.5
_MOST_WEIGHT = 4.0
_MADE_UP_OUTLETS = 30


@dataclass(slots=True)
class Counts:
    """How often each key stands in lines that go and lines that stay, and at how many outlets at all."""

    drop: Counter[str] = field(default_factory=Counter)
    keep: Counter[str] = field(default_factory=Counter)
    outlets: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Counts") -> None:
        """Add the counts of other outlets."""
        self.drop.update(other.drop)
        self.keep.update(other.keep)
        self.outlets.update(other.outlets)

    def lexicon(self) -> dict[str, float]:
        """Weigh every key that enough outlets share by its log odds."""
        dropped, kept = sum(self.drop.values()), sum(self.keep.values())
        ratio = kept / dropped
        weights = {}
        for key, outlets in self.outlets.items():
            if outlets < _LEAST_OUTLETS:
                continue
            goes = math.log((self.drop[key] + _SMOOTHING) / dropped)
            stays = math.log((self.keep[key] + _SMOOTHING * ratio) / kept)
            weight = max(-_MOST_WEIGHT, min(_MOST_WEIGHT, goes - stays))
            if abs(weight) > _LEAST_WEIGHT:
                weights[key] = round(weight, 2)
        return weights


def count(texts: Iterable[Labelled]) -> dict[int, Counts]:
    """Count the keys of each fold. A line counts once an outlet, a key three times an outlet at the most."""
    seen: set[tuple[str, str, str]] = set()
    folds: dict[str, int] = {}
    outlets: dict[str, tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for text in texts:
        folds[text.outlet] = text.fold
        for line, label in zip(text.lines, text.labels, strict=True):
            once = (text.outlet, label, line.text.lower())
            if line.text and label in ("drop", "keep") and once not in seen:
                seen.add(once)
                outlets[text.outlet][label == "keep"].update(keys(line.text))
    counted: dict[int, Counts] = defaultdict(Counts)
    for outlet, of_outlet in outlets.items():
        counted[folds[outlet]].add(_capped(of_outlet))
    return counted


def count_made_up(rows: Iterable[MadeUp]) -> dict[int, Counts]:
    """Count made-up lines, fold by fold, as those of thirty outlets."""
    outlets: dict[tuple[int, int], tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for row in rows:
        outlet = zlib.crc32(row.text.encode()) % _MADE_UP_OUTLETS
        outlets[row.fold, outlet][row.label == "keep"].update(keys(row.text))
    counted: dict[int, Counts] = defaultdict(Counts)
    for (fold, _), of_outlet in outlets.items():
        counted[fold].add(_capped(of_outlet))
    return counted


def _capped(of_outlet: tuple[Counter[str], Counter[str]]) -> Counts:
    drop, keep = (Counter({k: min(n, _OF_ONE_OUTLET) for k, n in counter.items()}) for counter in of_outlet)
    return Counts(drop, keep, Counter(dict.fromkeys(drop.keys() | keep.keys(), 1)))
