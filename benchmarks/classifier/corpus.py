"""Labelled texts: one JSON document a line, and labels kept apart from the articles that they are of."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from newsmill.boilerplate import judge
from newsmill.fates import Verdict
from newsmill.lines import Line
from newsmill.rules import Rules

#: Labels that say nothing of whether a line is boilerplate, and those that stand for a field of the article.
NEUTRAL = frozenset({"caption", "dup", "unsure", "blank", "empty"})
FIELDS = frozenset({"title", "byline", "meta"})
FOLDS = 6
LABELS = Path(__file__).parent / "labels.tsv"
MARKED = Path(__file__).parent / "articles"
_MARKS = {"+": "keep", "-": "drop", "t": "title", "b": "byline", "m": "meta", "c": "caption", "?": "unsure"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with a label for every line: keep, drop, or one of ``FIELDS`` and ``NEUTRAL``.

    ``kind`` is the kind of raw text (seedlike, article, bs4, page, bulk). Texts of one outlet share a fold.
    """

    id: str
    kind: str
    outlet: str
    language: str
    lines: list[Line]
    labels: list[str]
    made_up: bool = False
    verdicts: list[Verdict | None] = field(default_factory=list)

    @property
    def fold(self) -> int:
        """The fold of the text's outlet."""
        return zlib.crc32(self.outlet.encode()) % FOLDS

    def judged(self, rules: Rules) -> "Labelled":
        """Give the text with what rules say of its lines."""
        verdicts = judge(self.lines, rules, None)
        return Labelled(self.id, self.kind, self.outlet, self.language, self.lines, self.labels, self.made_up, verdicts)


def as_lines(texts: list[str]) -> list[Line]:
    """Give lines without a place in a text: only what they say matters here."""
    return [Line(0, 0, text.strip()) for text in texts]


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Read gzipped documents with ``id``, ``set``, ``outlet_key``, ``lang``, ``raw_text`` and ``line_labels``."""
    for document in _documents(path):
        yield Labelled(
            document["id"],
            document["set"],
            document["outlet_key"],
            document["lang"] or "en",
            as_lines(document["raw_text"].split("\n")),
            document["line_labels"],
        )


def read_articles(path: Path, labels: Path = LABELS) -> Iterator[Labelled]:
    """Read those articles (documents with ``id``, ``outlet`` and ``text``) that the label file names."""
    known = read_labels(labels)
    for document in _documents(path):
        if document["id"] in known:
            texts = document["text"].split("\n")
            of_line = known[document["id"]]
            said = [of_line.get(i, "keep") if text.strip() else "blank" for i, text in enumerate(texts)]
            yield Labelled(document["id"], "bulk", document["outlet"], "en", as_lines(texts), said)


def read_marked(folder: Path = MARKED) -> Iterator[Labelled]:
    """Read made-up articles: ``=== language kind outlet`` before each, a mark and a space before each line."""
    for path in sorted(folder.glob("*.txt")):
        for number, document in enumerate(path.read_text(encoding="utf-8").split("=== ")[1:]):
            head, *marked = document.rstrip("\n").split("\n")
            language, kind, outlet = head.split(" ", 2)
            labels = [_MARKS[line[0]] if line.strip() else "blank" for line in marked]
            lines = as_lines([line[2:] for line in marked])
            yield Labelled(f"{path.stem} {number}", kind, f"made up {outlet}", language, lines, labels, made_up=True)


def read_labels(path: Path) -> dict[str, dict[int, str]]:
    """Read a label file: the lines of each article that are not ``keep``, by number."""
    known: dict[str, dict[int, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            of_line = known.setdefault(row["id"], {})
            of_line.update({int(number): row["label"] for number in row["lines"].split(",") if number})
    return known


def _documents(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
