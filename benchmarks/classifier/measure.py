"""How well lines are told apart: by lines, by words, and by whole documents."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.classifier.corpus import Labelled
from newsmill.fates import Verdict

KINDS = ("seedlike", "bulk", "article", "bs4", "page")


class Score:
    """Counts over the lines of documents that are labelled drop or keep."""

    def __init__(self) -> None:
        self.hits = self.misses = self.losses = 0
        self.drop_words = self.left_words = self.keep_words = self.lost_words = 0
        self.documents = self.perfect = 0

    def add(self, text: Labelled, verdicts: Sequence[Verdict | None]) -> None:
        """Count a document."""
        wrong = 0
        for line, label, verdict in zip(text.lines, text.labels, verdicts, strict=True):
            words = len(line.text.split())
            cut = verdict is not None and not verdict.kept
            if not words or label not in ("drop", "keep"):
                continue
            if label == "drop":
                self.drop_words += words
                self.left_words += 0 if cut else words
                self.hits += cut
                self.misses += not cut
            else:
                self.keep_words += words
                self.lost_words += words if cut else 0
                self.losses += cut
            wrong += cut != (label == "drop")
        self.documents += 1
        self.perfect += wrong == 0

    @property
    def row(self) -> tuple[float, ...]:
        """F1 of cut lines, share of article words lost, of boilerplate words left, of perfect documents: per cent."""
        f1 = 2 * self.hits / max(1, 2 * self.hits + self.misses + self.losses)
        lost, left = self.lost_words / max(1, self.keep_words), self.left_words / max(1, self.drop_words)
        return 100 * f1, 100 * lost, 100 * left, 100 * self.perfect / max(1, self.documents)


def table(title: str, texts: Iterable[Labelled], cut: Mapping[str, Sequence[Verdict | None]]) -> None:
    """Print the scores of each kind of text, English and all languages. ``cut`` has the verdicts by id."""
    scores: dict[tuple[str, str], Score] = {}
    for text in texts:
        for language in ("English", "all") if text.language == "en" else ("all",):
            scores.setdefault((text.kind, language), Score()).add(text, cut[text.id])
    laid_out = Table(title=title, title_justify="left")
    for column in ("kind", "languages", "documents", "F1", "words lost %", "words left %", "perfect %"):
        laid_out.add_column(column, justify="left" if column in ("kind", "languages") else "right")
    for kind, language in sorted(scores, key=lambda key: (KINDS.index(key[0]), key[1] == "all")):
        f1, lost, left, perfect = scores[kind, language].row
        documents = f"{scores[kind, language].documents:,}"
        laid_out.add_row(kind, language, documents, f"{f1:.1f}", f"{lost:.2f}", f"{left:.1f}", f"{perfect:.1f}")
    Console(width=100).print(laid_out)
