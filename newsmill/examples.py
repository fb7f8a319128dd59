"""Holds every rule to its own examples: what a rule says that it cuts and keeps, it must cut and keep."""

from collections.abc import Iterator

from newsmill.boilerplate import judge
from newsmill.fates import Verdict
from newsmill.lines import Line, split_lines
from newsmill.rules import Rules
from newsmill.rules.kinds import Cut, Keep, Rule, Section

_BEFORE = "A paragraph long enough to be taken for prose, so that what follows it stands in the body or tail."
_AFTER = "A paragraph long enough to be taken for prose, so that what stands before it is in the head or body."


def check_examples(rules: Rules) -> Iterator[str]:
    """Yield a sentence for each example that comes out otherwise than its rule says.

    >>> rules = Rules.parse({"share.toml": '''
    ... [[cut]]
    ... name  = "share button"
    ... fate  = "share"
    ... words = ["share"]
    ... cuts  = ["Share", "Tweet"]
    ... keeps = ["Share prices fell."]
    ... '''})
    >>> list(check_examples(rules))
    ["share.toml: 'share button' does not cut: Tweet"]
    """
    for rule in rules.all:
        if isinstance(rule, Cut):
            yield from _check_cut(rule, rules)
        elif isinstance(rule, Section):
            yield from _check_section(rule, rules)
        elif isinstance(rule, Keep):
            yield from _check_keep(rule, rules)


def _check_cut(rule: Cut, rules: Rules) -> Iterator[str]:
    for example in rule.cuts:
        if all(_verdict(example, place, rule, rules) != rule.verdict for place in rule.where):
            yield f"{rule} does not cut: {example}"
    for example in rule.keeps:
        for place in rule.where:
            verdict = _verdict(example, place, rule, rules)
            if verdict is not None and not verdict.kept:
                yield f"{rule} must keep, but {verdict.rule!r} cuts: {example}"


def _check_keep(rule: Keep, rules: Rules) -> Iterator[str]:
    for example in rule.keeps:
        if all(_verdict(example, place, rule, rules) != rule.verdict for place in rule.where):
            yield f"{rule} does not keep: {example}"


def _verdict(example: str, place: str, rule: Rule, rules: Rules) -> Verdict | None:
    """Give the verdict on a line that stands at a place of an article."""
    texts = {
        "head": ["A headline", example, _AFTER],
        "body": [_BEFORE, example, _AFTER],
        "tail": [_BEFORE, example],
    }[place]
    lines = [Line(0, 0, text) for text in texts]
    return judge(lines, rules, _domain(rule))[texts.index(example)]


def _check_section(rule: Section, rules: Rules) -> Iterator[str]:
    """Check an example article whose lines begin with '+' where they stay and '-' where they go."""
    for example in rule.examples:
        marked = [line for line in split_lines(example) if line.text]
        lines = [Line(0, 0, line.text[1:].strip()) for line in marked]
        for line, before, verdict in zip(lines, marked, judge(lines, rules, _domain(rule)), strict=True):
            if (before.text[0] == "-") != (verdict is not None and not verdict.kept):
                does = f"{verdict.rule!r} cuts" if verdict else "nothing cuts"
                yield f"{rule}: its example says {before.text[0]!r}, but {does}: {line.text}"


def _domain(rule: Rule) -> str | None:
    domain, colon, _ = rule.verdict.rule.partition(": ")
    return domain if colon else None
