"""The classifier at work: which open lines of a text are boilerplate, and how sure that is."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from newsmill.classifier.features import FEATURES, Describer, Sheet
from newsmill.classifier.forest import Forest
from newsmill.fates import Fate, Verdict
from newsmill.lines import Line

#: The files in rules/classifier/ that a classifier is read from.
SETTINGS, LEXICON, FOREST = "settings.toml", "lexicon.tsv", "forest.json"
_KNOBS = frozenset({"inside", "outside", "tells"})
# Where rules found no more than this share of a text's lines, it is nearly clean: there the classifier must be surer.
_NEARLY_CLEAN, _SURER = 0.12, 0.15
# A line's features, and what a forest answers to them, take kilobytes: so many lines are looked at together.
_AT_ONCE = 1_024


class ClassifierError(ValueError):
    """A file of the classifier has a mistake; the message is one line that names the file."""


class Scored(NamedTuple):
    """Verdicts on the lines of a text, None where a line stays, and the confidence in them from 0 to 1."""

    verdicts: list[Verdict | None]
    confidence: float


@dataclass(frozen=True, eq=False)
class Classifier:
    """A trained classifier.

    ``inside`` and ``outside`` are its two knobs: the probability from which a line goes that stands between
    paragraphs, or before and after all of them. ``tells`` are words for which a paragraph is looked at; other
    paragraphs between paragraphs are never boilerplate, and not looking at them saves most of the work.
    """

    inside: float
    outside: float
    tells: tuple[str, ...]
    lexicon: Mapping[str, float]
    forest: Forest

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> "Classifier":
        """Read a classifier from the texts of its three files.

        Raises:
            ClassifierError: a file is missing or damaged, or the forest was grown on other features.
        """
        for name in (SETTINGS, LEXICON, FOREST):
            if name not in files:
                raise ClassifierError(f"classifier/{name} is missing; python -m benchmarks.classifier.train makes it.")
        try:
            settings = tomllib.loads(files[SETTINGS])
            forest = Forest.parse(files[FOREST])
            lexicon = {key: float(weight) for key, _, weight in map(_columns, files[LEXICON].splitlines())}
        except (LookupError, TypeError, ValueError) as error:
            raise ClassifierError(f"classifier/: a file is damaged: {error}") from error
        if settings.keys() != _KNOBS:
            raise ClassifierError(f"classifier/{SETTINGS} must hold {', '.join(sorted(_KNOBS))} and no more.")
        if forest.names != FEATURES:
            raise ClassifierError(f"classifier/{FOREST} was grown on other features; train it anew.")
        tells = cls.tells_of(files[SETTINGS])
        return cls(settings["inside"], settings["outside"], tells, lexicon, forest)

    @staticmethod
    def tells_of(settings: str) -> tuple[str, ...]:
        """Read the tells alone, as training does before there is a forest."""
        return tuple(tomllib.loads(settings)["tells"])

    def classify(self, lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> Scored:
        """Judge the lines that ``verdicts`` leaves open."""
        found: list[Verdict | None] = [None] * len(lines)
        sheet = self.sheet(lines, verdicts)
        chosen = sheet.candidates(self.tells)
        if not chosen:
            return Scored(found, 1.0)
        filled = [number for number, line in enumerate(lines) if line.text]
        words = [lines[number].text.count(" ") + 1 for number in filled]
        surer = _SURER if sheet.ruled_share < _NEARLY_CLEAN else 0.0
        doubt, lowest = 0.0, surer + min(self.inside, self.outside)
        for place, probability in zip(chosen, self._probabilities(sheet.rows(chosen)), strict=True):
            doubt += words[place] * 2 * min(probability, 1 - probability)
            if probability >= lowest and probability >= surer + self._limit(inside=sheet.is_inside(place)):
                found[filled[place]] = Verdict(Fate.FURNITURE, False, f"classifier {int(probability * 10) / 10}")
        return Scored(found, max(0.0, 1 - doubt / sum(words)))

    def _limit(self, *, inside: bool) -> float:
        return self.inside if inside else self.outside

    def _probabilities(self, rows: Iterator[list[float]]) -> Iterator[float]:
        while some := [*islice(rows, _AT_ONCE)]:
            yield from self.forest.probabilities(np.array(some, dtype=np.float32)).tolist()

    def sheet(self, lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> Sheet:
        """Lay a text out for its features."""
        return lay_out(lines, verdicts, self._describer)

    @cached_property
    def _describer(self) -> Describer:
        return Describer(self.lexicon)


def lay_out(lines: Sequence[Line], verdicts: Sequence[Verdict | None], describer: Describer) -> Sheet:
    """Lay a text out: its filled lines, the blank lines before each, and what rules say of them."""
    filled = [number for number, line in enumerate(lines) if line.text]
    gaps = [number - above - 1 for above, number in pairwise((-1, *filled))]
    return Sheet([lines[number].text for number in filled], gaps, [verdicts[number] for number in filled], describer)


def _columns(row: str) -> tuple[str, str, str]:
    return row.rpartition("\t")
