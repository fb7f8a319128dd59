"""CPU of ``clean()`` by stage, in µs: the median article of about 4 KB.

    python -m benchmarks.cleaning                      # made-up articles
    python -m benchmarks.cleaning ARTICLES.jsonl.gz    # its documents ("raw_text" or "text") of 3.4 to 4.8 KB

Every round cleans all articles once, with no line of them remembered from the round before; of an article's rounds
the cheapest counts. ``clean`` is measured by itself: timing the stages costs a little, so that they add up to more.
"""

import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from newsmill import clean as cleaning
from newsmill.classifier.classify import Classifier
from newsmill.classifier.features import Sheet
from newsmill.classifier.forest import Forest
from newsmill.outlet import Hints
from newsmill.rules import Rules
from tasks.rules import load_rules
from tests.corpus import article

MADE_UP = 100
PARAGRAPHS = 13
ROUNDS = 15
CHARS = range(3_400, 4_801)
HINTS = Hints(raw_path="courier.example/article.txt")
#: The steps of ``clean()``, in order, then those inside the classifier.
STAGES: tuple[tuple[ModuleType | type, str, str], ...] = (
    (cleaning, "split_lines", "lines"),
    (cleaning, "find_outlet", "outlet"),
    (cleaning, "judge", "rules"),
    (Classifier, "classify", "classifier"),
    (Classifier, "sheet", "· layout"),
    (Sheet, "candidates", "· candidates"),
    (Sheet, "rows", "· features"),
    (Forest, "probabilities", "· forest"),
    (cleaning, "find_fields", "fields"),
    (cleaning, "_settle", "verdicts"),
    (cleaning, "detect_language", "language"),
    (cleaning, "count_words", "words"),
)


def read(path: str) -> list[str]:
    """Read the documents of the right length."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    texts = [document.get("raw_text") or document.get("text") or "" for document in documents]
    return [text for text in texts if len(text) in CHARS]


def measure(texts: Sequence[str], rules: Rules, spent: dict[str, int]) -> dict[str, float]:
    """Clean all texts in rounds; give the median text's µs as a whole and by what ``spent`` counts, in ns."""
    best: list[dict[str, int]] = [{} for _ in texts]
    for _ in range(ROUNDS):
        forgetful = replace(rules, classifier=rules.classifier and replace(rules.classifier))
        cleaning.clean("A first line", forgetful, HINTS)  # what is made at the first use
        for text, cheapest in zip(texts, best, strict=True):
            spent.clear()
            start = time.process_time_ns()
            cleaning.clean(text, forgetful, HINTS)
            spent["clean"] = time.process_time_ns() - start
            for stage, cost in spent.items():
                cheapest[stage] = min(cost, cheapest.get(stage, cost))
    stages = {stage for cheapest in best for stage in cheapest}
    return {stage: statistics.median(cheapest.get(stage, 0) for cheapest in best) / 1000 for stage in stages}


def timed(function: Callable[..., Any], stage: str, spent: dict[str, int]) -> Callable[..., Any]:
    """Let a function say what it spent."""

    def run(*arguments: Any, **more: Any) -> Any:
        start = time.process_time_ns()
        try:
            return function(*arguments, **more)
        finally:
            spent[stage] = spent.get(stage, 0) + time.process_time_ns() - start

    return run


def main(arguments: list[str]) -> None:
    """Measure and print."""
    texts = read(arguments[0]) if arguments else [article(seed, PARAGRAPHS) for seed in range(MADE_UP)]
    rules = load_rules()
    spent: dict[str, int] = {}
    whole = measure(texts, rules, spent)["clean"]
    for owner, name, stage in STAGES:
        setattr(owner, name, timed(getattr(owner, name), stage, spent))
    by_stage = measure(texts, rules, spent)
    chars = statistics.median(map(len, texts))
    table = Table(title=f"{len(texts)} articles of {chars:,.0f} characters, best of {ROUNDS}", title_justify="left")
    table.add_column("")
    table.add_column("CPU µs an article", justify="right")
    table.add_row("clean", f"{whole:.0f}", end_section=True)
    for _, _, stage in STAGES:
        table.add_row(stage, f"{by_stage.get(stage, 0):.0f}")
    Console(width=100).print(table, soft_wrap=True)


if __name__ == "__main__":
    main(sys.argv[1:])
