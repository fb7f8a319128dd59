"""The line classifier: what it knows of a line, which lines it looks at, and when it cuts one."""

import json
from dataclasses import replace

import pytest

from newsmill.classifier.classify import FOREST, LEXICON, SETTINGS, Classifier, ClassifierError, lay_out
from newsmill.classifier.features import FEATURES, Describer
from newsmill.clean import clean
from newsmill.fates import Fate, Verdict
from newsmill.lines import split_lines
from newsmill.outlet import Hints
from newsmill.rules import Rules

_PARAGRAPH = "The harbour has reopened after the storm, the council said on Monday, and ferries run again."
_OTHER_STORY = "Freight trains to the north will stop for nine days in May, the railway told its customers."
_CUT = Verdict(Fate.SHARE, kept=False, rule="share button")
_TREE = {"splits": [[0, 1e9]], "leaves": [0.0, 0.0]}
_DAYS = ("Monday", "Tuesday", "Friday", "Sunday", "May")
_ARTICLE = "\n\n".join(_PARAGRAPH.replace("Monday", day) for day in _DAYS)
_TEXT = "\n".join(
    [
        "Harbour reopens",  # 0
        _PARAGRAPH,
        "$35 from Lark & Sons",  # 2
        "",
        "Share",  # 3
        "Share",
        _PARAGRAPH.replace("Monday", "Tuesday"),
        "Harbour reopens",  # 6
        *["Facebook", "X", "Email", "Print"],
        _OTHER_STORY,  # 11
    ]
)


def _rows(text: str, ruled: set[str]) -> dict[int, dict[str, float]]:
    """Give the features of every open line by its place among the filled ones, each by its name."""
    lines = split_lines(text)
    verdicts = [_CUT if line.text in ruled else None for line in lines]
    sheet = lay_out(lines, verdicts, Describer({"lark": 2.0}))
    chosen = sheet.candidates(())
    return {place: dict(zip(FEATURES, row, strict=True)) for place, row in zip(chosen, sheet.rows(chosen), strict=True)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chars", 20),
        ("words", 5),
        ("ends_sentence", False),
        ("money", True),
        ("lexicon_highest", 2.0),
        ("lines", 12),
        ("to_prose_above", 0),
        ("to_prose_below", 2),
        ("block_lines", 3),
        ("block_rules", 2 / 3),
        ("blanks_above", 0),
        ("blanks_below", 1),
        ("repeats", 1),
        ("rules_share", 6 / 12),
        ("share_ruled_above", 0.0),
        ("share_ruled_below", 6 / 9),
        ("to_rule_below", 1),
        ("beyond_article", 0),
        ("share_of_part", -1.0),
        ("chars-1", len(_PARAGRAPH)),
        ("lexicon+1", 1.0),
    ],
)
def test_a_feature_is_what_its_name_says(name: str, value: float) -> None:
    rows = _rows(_TEXT, {"Share", "Facebook", "X", "Email", "Print"})
    assert rows[2][name] == pytest.approx(value)


def test_a_line_that_comes_again_is_counted() -> None:
    assert _rows(_TEXT, {"Share"})[6]["repeats"] == 2


def test_a_paragraph_far_from_the_article_is_looked_at_and_knows_how_far() -> None:
    text = f"{_TEXT}\n{_OTHER_STORY.replace('May', 'June')}\nA last line\nAnd one more\nAnd one"
    far = _rows(text, {"Share"})[11]
    assert far["beyond_article"] == 6
    assert far["share_of_part"] == pytest.approx(0.5, abs=0.05)


def test_paragraphs_among_paragraphs_are_not_looked_at() -> None:
    assert 2 not in _rows(f"Harbour reopens\n\n{_ARTICLE}", set())


def _always(probability_logit: float) -> Classifier:
    """Give a classifier that takes every line for boilerplate with the same probability."""
    forest = json.dumps({"features": list(FEATURES), "bias": probability_logit, "trees": [_TREE]})
    settings = "inside = 0.75\noutside = 0.45\ntells = []\n"
    return Classifier.parse({SETTINGS: settings, LEXICON: "", FOREST: forest})


def test_a_text_in_which_rules_find_next_to_nothing_is_cut_only_where_the_classifier_is_surer(rules: Rules) -> None:
    rules = replace(rules, classifier=_always(0.0))  # one half
    tail = "Have a pleasant week at the harbour"
    nearly_clean = clean(f"Harbour reopens\n\n{_ARTICLE}\n\n{tail}", rules, Hints())
    furnished = clean(f"Harbour reopens\n\n{_ARTICLE}\n\n{tail}\n\nShare\n\nTweet", rules, Hints())
    assert nearly_clean.body.endswith(tail)
    assert tail not in furnished.body


def test_a_forest_of_other_features_is_refused() -> None:
    forest = json.dumps({"features": ["chars"], "bias": 0.0, "trees": [_TREE]})
    settings = "inside = 0.75\noutside = 0.45\ntells = []\n"
    with pytest.raises(ClassifierError, match="train it anew"):
        Classifier.parse({SETTINGS: settings, LEXICON: "", FOREST: forest})
