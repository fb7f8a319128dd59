"""What is read of the standard library's private parser: a release of Python that parses into other nodes fails here.

No rule is loaded: those that such a release breaks would hide what broke them.
"""

import pytest

from newsmill.rules.patterns import danger, ends, parse, starts


@pytest.mark.parametrize(
    "around",
    ["{}", "({})", "(?i:{})", "(?>{})", "x|{}", "(?={})", "(?!{})", "(?:{})?", "(?:{}){{2}}", "(?:{})??", "(?:{})?+"],
)
@pytest.mark.parametrize("within", ["(?:a+ ?)+", "(?:a+ ?)+?", "(?:a+? ?)*", "(?:[ab]*+ ?)+", "(?:a{3,} ?){2}"])
def test_a_repeat_inside_a_repeat_is_found_in_all_that_can_hold_one(around: str, within: str) -> None:
    assert danger(parse(around.format(within))) == "a repeat inside a repeat"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Ab", {"ab"}),
        ("a|bc", {"a", "bc"}),
        ("[ab-d]e", {"ae", "be", "ce", "de"}),
        (r"[\d]e", {f"{digit}e" for digit in range(10)}),
        ("[^a]", {"\0"}),
        (".", {"\0"}),
        (r"\w", {"\0"}),
        (r"^\ba\Z", {"a"}),
        ("(a)(?:b)(?i:c)", {"abc"}),
        ("(?P<name>a)(?>b)", {"ab"}),
        ("(?=a)(?!b)(?<=c)(?<!d)e", {"e"}),
        ("a?b??c?+d", {"abcd", "abd", "acd", "ad", "bcd", "bd", "cd", "d"}),
        ("a{1,2}b{2}?", {"a\0"}),
        ("ab*", {"a", "ab\0"}),
    ],
)
def test_the_start_of_a_pattern_is_read_from_every_kind_of_node(pattern: str, expected: set[str]) -> None:
    assert starts(parse(pattern), 4) == expected


def test_an_end_is_read_backwards_where_a_letter_is_two_in_lower_case() -> None:
    assert ends(parse("aİ"), 4) == ends(parse("a[İ]"), 4) == {"aİ".lower()[::-1]}
