"""Rules: each holds its examples, each is fast on any line, and a box takes no paragraph with it."""

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from newsmill.boilerplate import judge
from newsmill.clean import clean
from newsmill.examples import check_examples
from newsmill.lines import Line
from newsmill.outlet import Hints
from newsmill.rules import Rules
from newsmill.rules.kinds import Rule, RuleError
from newsmill.rules.lookup import BEFORE_LINES, MAX_CHARS
from newsmill.text import is_prose
from tasks.rules import load_rules, read_rule_files

RULE = """
[[cut]]
name  = "share button"
fate  = "share"
words = ["share"]
cuts  = ["Share"]
keeps = ["Share prices fell."]
"""
PROSE = "The harbour was closed for a second night after the storm broke two of the four gates in its wall."
HOSTILE_BYTES = 1_000_000
HOSTILE_SECONDS = 1.0
FILLERS = ("a ", "- ", " | ", "Read more ", "1", ": ", "(", "X", "é ", "click here ", "Ann Hill ", ". ")


def _judge(*texts: str, rules: Rules) -> list[str | None]:
    verdicts = judge([Line(0, 0, text) for text in texts], rules, None)
    return [verdict.rule if verdict else None for verdict in verdicts]


def _with_line(pattern: str, extra: str = "") -> str:
    return RULE.replace('words = ["share"]', f"line = '{pattern}'\n{extra}")


def test_every_rule_cuts_what_it_says_it_cuts_and_keeps_what_it_says_it_keeps(rules: Rules) -> None:
    assert list(check_examples(rules)) == []


@pytest.mark.parametrize("key", ["name", "fate", "cuts", "keeps"])
def test_a_rule_lacking_a_key_is_refused(key: str) -> None:
    text = re.sub(rf"(?m)^{key} .*\n", "", RULE)
    with pytest.raises(RuleError, match=rf"share\.toml: cut .* needs '{key}'"):
        Rules.parse({"share.toml": text})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (RULE + 'linw = "x"', r"share\.toml: cut 'share button' has an unknown key 'linw'"),
        ('outlets = "x"' + RULE, r"share\.toml: unknown key 'outlets'"),
        (
            RULE + "line = '{letter}'",
            r"share\.toml: 'share button' names a list that is not there: \{letter\}",
        ),
        (RULE + 'where = "foot"', r"share\.toml: 'share button' has where 'foot', none of: head, body, tail"),
        (
            RULE.replace('"share"]', '"share", "…"]'),
            r"share\.toml: 'share button' has a word that is none: …",
        ),
        (RULE + RULE, r"share\.toml: 'share button' is already the name of a rule in share\.toml"),
        (
            RULE + RULE.replace("button", "bar"),
            r"share\.toml: 'share bar' has a word of 'share button': share",
        ),
        ("[[cut", r"share\.toml: "),
        ('cut = "share"', r"share\.toml: cut must be tables, each under \[\[cut\]\]"),
        (RULE.replace('"share"', '"body"', 1), r"share\.toml: 'share button' cuts lines, so its fate cannot be 'body'"),
        (RULE.replace('"share"', '["share", "ad"]', 1), r"share\.toml: 'share button' needs one fate, not 2"),
        ("outlet = 3" + RULE, r"share\.toml: outlet must be a web domain"),
        ('outlet = "a.example"\n[selectors]\nbody = 3', r"share\.toml: selectors needs text as 'body'"),
    ],
)
def test_a_mistake_is_refused_in_one_line_that_names_file_and_rule(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as refused:
        Rules.parse({"share.toml": text})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(unclosed", "has a pattern that is wrong"),
        ("a{99999999999}", "has a pattern that is wrong"),
        ("share (?<=a+)b", "has a pattern that is wrong"),
        (".+ and .+", "must know how a line starts or ends, or what is in it"),
        ("share (?:a+ ?)+", "can take too long, for a repeat inside a repeat"),
        ("share .*a.*b.*c", "can take too long, for more than 2 open-ended repeats"),
        (r"share (\w)\1", "can take too long, for a back-reference"),
    ],
)
def test_a_pattern_that_is_wrong_or_slow_is_refused_with_its_rule(pattern: str, message: str) -> None:
    with pytest.raises(RuleError, match=rf"share\.toml: 'share button' .*{message}") as refused:
        Rules.parse({"share.toml": _with_line(pattern, 'where = "body"')})
    assert "\n" not in str(refused.value)


def test_a_list_of_a_file_stands_for_its_alternatives() -> None:
    lists = "[lists]\nnetwork = ['x', 'threads']\n"
    rules = Rules.parse({"share.toml": lists + _with_line("follow us on {network}")})
    assert _judge(PROSE, "Follow us on Threads", rules=rules) == [None, "share button"]
    assert _judge(PROSE, "Follow us on foot", rules=rules) == [None, None]


def test_a_rule_applies_only_where_it_says() -> None:
    rules = Rules.parse({"share.toml": RULE + 'where = "tail"'})
    assert _judge("Share", PROSE, "Share", PROSE, rules=rules) == [None, None, None, None]
    assert _judge(PROSE, "Share", rules=rules) == [None, "share button"]


def test_a_rule_of_the_tail_is_not_tried_where_no_line_is_a_paragraph() -> None:
    rules = Rules.parse({"share.toml": RULE + 'where = "tail"'})
    assert _judge("Two ships sank", "Share", rules=rules) == [None, None]


@pytest.mark.parametrize("place", ["head", "body", "tail"])
def test_a_box_takes_no_paragraph_with_it(place: str, rules: Rules) -> None:
    box = ["Related stories", "Why two of the gates broke, and two did not", "The wall, then and now"]
    after = {"head": PROSE, "body": PROSE, "tail": "Nobody answered."}[place]
    texts = [*([PROSE] if place != "head" else []), *box, after]
    verdicts = dict(zip(texts, _judge(*texts, rules=rules), strict=True))
    assert verdicts["Related stories"] == "related stories"
    assert (verdicts[PROSE], verdicts[after]) == (None, None)


def test_a_box_among_paragraphs_takes_no_subhead_and_no_list(rules: Rules) -> None:
    headline = "Why two of the gates broke, and two did not"
    assert _judge(PROSE, "Related", headline, "What comes next", PROSE, rules=rules)[3] is None
    many = [f"{headline} ({i})" for i in range(9)]
    assert _judge(PROSE, "Related", *many, PROSE, rules=rules)[7:] == [None] * 5


def test_a_word_with_a_full_stop_is_a_sentence(rules: Rules) -> None:
    assert _judge(PROSE, "Home.", "Share.", rules=rules) == [None, None, None]
    assert _judge(PROSE, "Home", "Share", rules=rules) == [None, "menu word", "share button"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(PROSE, True), (PROSE[:-1], False), (f"“{PROSE}”", True), ("It was over.", False)],
)
def test_prose_is_longer_than_a_headline_and_ends_as_a_sentence_does(text: str, expected: bool) -> None:
    assert is_prose(text) is expected


def _pieces(rule: Rule) -> list[str]:
    """Give the literal pieces of a rule's patterns, and of its words: what its lines are made of."""
    words = re.findall(r"[\w’ ]{3,}", " ".join([*rule.lines, *rule.words[:9]]))
    return [*dict.fromkeys(f"{word.strip()} " for word in words)][:40]


def _hostile_lines(rule: Rule, size: int) -> Iterator[str]:
    """Give lines made of a rule's own pieces and of fillers, of ``size`` characters in all."""
    pieces = _pieces(rule) or ["a "]
    for piece, filler in itertools.cycle(itertools.product(pieces, FILLERS)):
        for text in (piece * MAX_CHARS, (piece + filler) * MAX_CHARS, piece + filler * MAX_CHARS):
            line = text[:MAX_CHARS].lstrip(BEFORE_LINES)
            size -= len(line)
            if size < 0:
                return
            yield line


def _seconds(patterns: list[re.Pattern[str]], lines: list[str]) -> float:
    started = time.process_time()
    for pattern in patterns:
        for line in lines:
            pattern.fullmatch(line)
    return time.process_time() - started


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.verdict.rule) for rule in load_rules().all if rule.lines])
def test_no_rule_runs_away_on_hostile_lines(rule: Rule) -> None:
    """Every pattern of the rule meets every line, which the index would spare it."""
    patterns = [re.compile(line, re.IGNORECASE) for line in rule.lines]
    half = list(_hostile_lines(rule, HOSTILE_BYTES // 2))
    whole = list(_hostile_lines(rule, HOSTILE_BYTES))
    half_time, whole_time = _seconds(patterns, half), _seconds(patterns, whole)
    assert whole_time < HOSTILE_SECONDS
    assert whole_time < 4 * half_time + 0.05


KEEP = """
[[keep]]
name  = "share prices"
words = ["share"]
line  = 'Share now or later\\?'
keeps = ["Share", "Share now or later?"]
"""


def test_a_line_that_a_rule_keeps_is_cut_by_no_rule_of_every_outlet() -> None:
    rules = Rules.parse({"share.toml": RULE, "a.toml": f'outlet = "a.example"\n{KEEP}'})
    assert list(check_examples(rules)) == []
    lines = [Line(0, 0, text) for text in (PROSE, "Share", PROSE)]
    kept, cut = (judge(lines, rules, domain)[1] for domain in ("a.example", "b.example"))
    assert kept is not None
    assert (kept.fate, kept.kept, kept.rule) == ("body", True, "a.example: share prices")
    assert cut is not None
    assert not cut.kept


def test_a_line_that_a_rule_keeps_is_cut_by_no_classifier(rules: Rules) -> None:
    everything = read_rule_files() | {"a.example.toml": f'outlet = "a.example"\n{KEEP}'}
    with_classifier = replace(Rules.parse(everything), classifier=rules.classifier)
    text = f"A title of some length\n\n{PROSE}\n\nShare\n"
    cut, kept = (clean(text, with_classifier, Hints(f"{domain}/1.txt")).body for domain in ("b.example", "a.example"))
    assert "Share" not in cut
    assert kept.endswith("\n\nShare")


def test_a_rule_that_does_not_keep_its_example_is_told() -> None:
    rules = Rules.parse({"a.toml": KEEP.replace('"Share",', '"Shares",')})
    assert list(check_examples(rules)) == ["a.toml: 'share prices' does not keep: Shares"]
