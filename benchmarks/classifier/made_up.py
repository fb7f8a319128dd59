"""Made-up lines, and articles with some of them put in where they would stand.

Real leftovers are few and repeat each other outlet by outlet; these lines were written to differ. Put into
labelled articles they teach the classifier wordings, and article lines that only look like boilerplate.
"""

import csv
import random
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.classifier.corpus import FOLDS, Labelled
from newsmill.lines import Line
from newsmill.rules import Rules

FOLDER = Path(__file__).parent / "lines"
_PARAGRAPH_CHARS = 90
_LEAST_PARAGRAPHS = 3
#: The share of articles from which boilerplate is taken out instead: clean text must stay as it is.
_CLEAN_SHARE = 0.3

# Where a kind of line stands, beside the tail, where all kinds may.
_HEAD = frozenset("share photo_credit player updates follow ad_marker navigation run_head run_nav".split())
_INSIDE = frozenset(
    "related_cue related_naked native_ad newsletter ad_marker promo player donate app subscribe about related ad "
    "related_digest gallery affiliate run_inbody run_related photo_credit".split()
)
_RUNS = frozenset("related_naked related navigation share tags list_item numbers".split())


class MadeUp(NamedTuple):
    """A made-up line; lines of one ``run`` follow each other, an empty run is a line by itself."""

    language: str
    label: str
    kind: str
    run: str
    text: str

    @property
    def fold(self) -> int:
        """The fold of the line's run: it is put into texts of that fold alone, and counted with them."""
        return zlib.crc32((self.run or self.text).encode()) % FOLDS


def read_made_up(folder: Path = FOLDER) -> list[MadeUp]:
    """Read all made-up lines; a run is named after its file."""
    rows = []
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                run = f"{path.stem} {row['run']}" if row["run"] else ""
                rows.append(MadeUp(row["language"], row["label"], row["kind"], run, row["text"]))
    return rows


class Bank:
    """Made-up lines by language and label, ready to be put into articles."""

    def __init__(self, rows: Iterable[MadeUp], seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 (training, not secrets)
        self._runs: dict[tuple[int, str, str], list[tuple[str, list[str]]]] = defaultdict(list)
        self._kinds: dict[tuple[int, str, str, str], list[str]] = defaultdict(list)
        runs: dict[str, list[MadeUp]] = defaultdict(list)
        for row in rows:
            if row.run:
                runs[row.run].append(row)
            else:
                self._runs[row.fold, row.language, row.label].append((row.kind, [row.text]))
                self._kinds[row.fold, row.language, row.label, row.kind].append(row.text)
        for lines in runs.values():
            first = lines[0]
            several = (first.kind, [line.text for line in lines])
            self._runs[first.fold, first.language, first.label] += [several] * max(1, len(lines) // 3)

    def put_into(self, texts: Iterable[Labelled], rules: Rules) -> Iterator[Labelled]:
        """Give each article once more, with made-up lines in it; an article too short for that is left out."""
        for text in texts:
            if changed := self._put_into(text):
                yield changed.judged(rules)

    def _put_into(self, text: Labelled) -> Labelled | None:
        is_clean = self._random.random() < _CLEAN_SHARE
        if is_clean:
            text = _without_boilerplate(text)
        paragraphs = [
            i
            for i, (line, label) in enumerate(zip(text.lines, text.labels, strict=True))
            if label == "keep" and len(line.text) > _PARAGRAPH_CHARS
        ]
        if len(paragraphs) < _LEAST_PARAGRAPHS or not self._runs[text.fold, text.language, "drop"]:
            return None
        added: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for _ in range(0 if is_clean else self._random.choice((1, 1, 2, 2, 3, 4, 6))):
            kind, lines = self._pick(text, "drop")
            added[self._place(kind, paragraphs, len(text.lines))] += [(line, "drop") for line in lines]
        for place, line in self._article_lines(text, paragraphs):
            added[place].append((line, "keep"))
        return self._weave(text, added)

    def _article_lines(self, text: Labelled, paragraphs: list[int]) -> Iterator[tuple[int, str]]:
        """Give lines that stay, and before which paragraph each is put."""
        if self._runs[text.fold, text.language, "keep"]:
            for _ in range(self._random.choice((0, 1, 1, 2, 3, 4))):
                _, lines = self._pick(text, "keep")
                place = self._random.choice(paragraphs[1:])
                yield from ((place, line) for line in lines)

    def _pick(self, text: Labelled, label: str) -> tuple[str, list[str]]:
        kind, lines = self._random.choice(self._runs[text.fold, text.language, label])
        if len(lines) > 1:
            start = self._random.randrange(len(lines))
            return kind, lines[start : start + self._random.randint(3, 12)]
        if kind in _RUNS and self._random.random() < 0.5:
            others = self._kinds[text.fold, text.language, label, kind]
            lines = lines + [self._random.choice(others) for _ in range(self._random.randint(1, 6))]
        return kind, lines

    def _place(self, kind: str, paragraphs: list[int], end: int) -> int:
        places = [end]
        if kind in _INSIDE:
            places += [self._random.choice(paragraphs[1:])] * 2
        if kind in _HEAD:
            places += [paragraphs[0], min(paragraphs[0], 1)]
        if kind == "run_inbody":
            places = places[1:]
        return self._random.choice(places)

    @staticmethod
    def _weave(text: Labelled, added: Mapping[int, list[tuple[str, str]]]) -> Labelled:
        blanks = sum(not line.text for line in text.lines) > 0.3 * len(text.lines)
        woven: list[tuple[Line, str]] = []
        for i in range(len(text.lines) + 1):
            for line, label in added.get(i, ()):
                if i == len(text.lines) and blanks:
                    woven.append((Line(0, 0, ""), "blank"))
                woven.append((Line(0, 0, line), label))
                if i < len(text.lines) and blanks:
                    woven.append((Line(0, 0, ""), "blank"))
            if i < len(text.lines):
                woven.append((text.lines[i], text.labels[i]))
        lines, labels = [line for line, _ in woven], [label for _, label in woven]
        return replace(text, lines=lines, labels=labels, made_up=True)


def _without_boilerplate(text: Labelled) -> Labelled:
    """Take out the lines that go, and those of which nobody knows."""
    stays = [i for i, label in enumerate(text.labels) if label not in ("drop", "unsure", "dup")]
    return replace(text, lines=[text.lines[i] for i in stays], labels=[text.labels[i] for i in stays])
