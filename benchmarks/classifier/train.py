"""Train the line classifier, or measure it on outlets that it has not seen.

    python -m benchmarks.classifier.train LABELLED.jsonl.gz [ARTICLES.jsonl.gz] [--holdout]

LABELLED holds one JSON document a line with ``id``, ``set``, ``outlet_key``, ``lang``, ``raw_text`` and
``line_labels`` (one of keep, drop, title, byline, meta, caption, dup, unsure, blank for each line of the text).
ARTICLES holds documents with ``id``, ``outlet`` and ``text`` that ``labels.tsv`` has labels for. Without
``--holdout`` the weights go to ``rules/classifier/``; with it, six times over, the outlets of one fold are kept
out of the lexicon, the forest and the made-up articles, then judged, and the figures printed are theirs alone.

It needs ``pip install catboost``, which newsmill itself does not.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from catboost import CatBoostClassifier

from benchmarks.classifier.corpus import FIELDS, FOLDS, NEUTRAL, Labelled, read_articles, read_labelled, read_marked
from benchmarks.classifier.counting import Counts, count, count_made_up
from benchmarks.classifier.made_up import Bank, MadeUp, read_made_up
from benchmarks.classifier.measure import table
from newsmill.classifier.classify import FOREST, LEXICON, SETTINGS, Classifier, lay_out
from newsmill.classifier.features import FEATURES, Describer
from newsmill.fates import Verdict
from newsmill.rules import Rules
from tasks.rules import read_rule_files

#: How much each kind of text weighs in training, whatever the number of its lines.
_KIND_WEIGHTS = {"seedlike": 0.6, "bulk": 2.2, "article": 1.0, "bs4": 0.8, "page": 0.8}
_MADE_UP_WEIGHT = 0.5
_FIELD_WEIGHT = 0.4
#: A longer line weighs more, by the root of its words: so much more is lost with it, or left.
_MAX_WORDS = 40
_GROWTH = {"iterations": 300, "depth": 6, "learning_rate": 0.1, "l2_leaf_reg": 6, "subsample": 0.7, "rsm": 0.3}
WEIGHTS = Path("rules/classifier")
#: Settings that a hold-out prints beside the one in force: what they lose and what they leave.
_KNOBS = ((0.55, 0.3), (0.7, 0.4), (0.9, 0.65))


class Rows(NamedTuple):
    """Features, labels, weights and kinds of lines, a row a line."""

    features: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    kinds: np.ndarray


def rows_of(texts: Iterable[Labelled], lexicon: Mapping[str, float], tells: Sequence[str]) -> Rows:
    """Lay out the lines of texts that the classifier would look at."""
    describer = Describer(lexicon)
    features: list[list[float]] = []
    labels, weights, kinds = [], [], []
    for text in texts:
        filled = [(line.text, label) for line, label in zip(text.lines, text.labels, strict=True) if line.text]
        if not filled:
            continue
        sheet = lay_out(text.lines, text.verdicts, describer)
        chosen = [place for place in sheet.candidates(tells) if filled[place][1] not in NEUTRAL]
        features += sheet.rows(chosen)
        for place in chosen:
            line, label = filled[place]
            labels.append(label == "drop")
            field_weight = _FIELD_WEIGHT if label in FIELDS and label != "title" else 1.0
            words = min(line.count(" ") + 1, _MAX_WORDS)
            weights.append(field_weight * (_MADE_UP_WEIGHT if text.made_up else 1.0) * words**0.5)
            kinds.append(text.kind)
    return Rows(np.array(features, dtype=np.float32), np.array(labels), np.array(weights), np.array(kinds))


def grow(parts: Sequence[Rows]) -> CatBoostClassifier:
    """Grow a forest on rows, with every kind of text at its weight."""
    features, labels, weights, kinds = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    for kind, weight in _KIND_WEIGHTS.items():
        of_kind = kinds == kind
        if of_kind.any():
            weights[of_kind] *= weight * 20_000 / weights[of_kind].sum()
    forest = CatBoostClassifier(
        **_GROWTH, bootstrap_type="Bernoulli", border_count=64, random_seed=1, verbose=0, allow_writing_files=False
    )
    forest.fit(features, labels, sample_weight=weights)
    return forest


def as_json(forest: CatBoostClassifier) -> str:
    """Write a forest as newsmill reads it: a line a tree."""
    with tempfile.NamedTemporaryFile(suffix=".json") as saved:
        forest.save_model(saved.name, format="json")
        grown: dict[str, Any] = json.loads(Path(saved.name).read_text(encoding="utf-8"))
    depth = _GROWTH["depth"]
    trees = []
    for tree in grown["oblivious_trees"]:
        splits = [[split["float_feature_index"], round(split["border"], 5)] for split in tree["splits"] or ()]
        leaves = [round(leaf, 4) for leaf in tree["leaf_values"]]
        while len(splits) < depth:  # a tree that stopped early asks a question that nothing answers with yes
            splits.append([0, 1e9])
            leaves += [0.0] * len(leaves)
        trees.append(json.dumps({"splits": splits, "leaves": leaves}, separators=(",", ":")))
    scale, (bias,) = grown["scale_and_bias"]
    if scale != 1:
        raise SystemExit("CatBoost scaled the forest; newsmill does not.")
    names = json.dumps(list(FEATURES))
    return f'{{"features": {names},\n"bias": {bias:.6f},\n"trees": [\n' + ",\n".join(trees) + "\n]}\n"


def as_tsv(lexicon: Mapping[str, float]) -> str:
    """Write a lexicon, the words that speak most for boilerplate first."""
    ordered = sorted(lexicon.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{key}\t{weight:g}\n" for key, weight in ordered)


class Trainer:
    """Labelled texts, real and made up, and what is needed to train on some of them and judge the others."""

    def __init__(self, texts: list[Labelled], made_up: list[MadeUp], rules: Rules, settings: str) -> None:
        self.texts = [*texts, *(text.judged(rules) for text in read_marked())]
        self.settings = settings
        self.woven = list(Bank(made_up).put_into(self.texts, rules))
        self.counts = count(self.texts)
        for fold, counts in count_made_up(made_up).items():
            self.counts[fold].add(counts)

    def train(self, left_out: int | None) -> dict[str, str]:
        """Train on all folds but one and give the classifier's files, by name.

        A fold's own rows never meet a lexicon that was counted from them.
        """
        folds = [fold for fold in range(FOLDS) if fold != left_out]
        tells = Classifier.tells_of(self.settings)
        parts = []
        for fold in folds:
            lexicon = self._lexicon([other for other in folds if other != fold])
            parts += [
                rows_of([text for text in group if text.fold == fold], lexicon, tells)
                for group in (self.texts, self.woven)
            ]
        forest = as_json(grow(parts))
        lexicon = as_tsv(self._lexicon(folds))
        return {SETTINGS: self.settings, LEXICON: lexicon, FOREST: forest}

    def _lexicon(self, folds: Sequence[int]) -> dict[str, float]:
        total = Counts()
        for fold in folds:
            total.add(self.counts[fold])
        return total.lexicon()


def judged_by(classifier: Classifier, text: Labelled) -> list[Verdict | None]:
    """Give the verdicts of rules and classifier on a text."""
    found = classifier.classify(text.lines, text.verdicts).verdicts
    return [rule or verdict for rule, verdict in zip(text.verdicts, found, strict=True)]


def main() -> None:
    """Train and write, or hold out and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("labelled", type=Path)
    options.add_argument("articles", type=Path, nargs="?")
    options.add_argument("--holdout", action="store_true")
    asked = options.parse_args()
    rules = Rules.parse(read_rule_files())  # without a classifier: there may be none yet
    settings = (WEIGHTS / SETTINGS).read_text(encoding="utf-8")
    texts = [text.judged(rules) for text in read_labelled(asked.labelled)]
    if asked.articles:
        texts += [text.judged(rules) for text in read_articles(asked.articles)]
    trainer = Trainer(texts, read_made_up(), rules, settings)
    if not asked.holdout:
        for name, text in trainer.train(None).items():
            (WEIGHTS / name).write_text(text, encoding="utf-8")
        return
    classifiers = {fold: Classifier.parse(trainer.train(fold)) for fold in range(FOLDS)}
    own = classifiers[0].inside, classifiers[0].outside
    for inside, outside in (own, *(knobs for knobs in _KNOBS if knobs != own)):
        tuned = {fold: replace(c, inside=inside, outside=outside) for fold, c in classifiers.items()}
        cut = {text.id: judged_by(tuned[text.fold], text) for text in texts}
        table(f"Outlets not seen in training, inside = {inside}, outside = {outside}", texts, cut)


if __name__ == "__main__":
    main()
