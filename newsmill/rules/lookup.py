"""Where rules are looked up: by a line's words, by how it starts or ends, by what is in it, so that it meets few."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

from newsmill.rules import patterns
from newsmill.rules.kinds import Keep, Place, Rule, RuleError

_PLACES: tuple[Place, ...] = get_args(Place)
#: A longer line is prose: no rule sees it.
MAX_CHARS = 600
#: What may stand around the words of a line without making it another line.
AROUND_LINES = " \t\xa0:.,;!…|•·*#+-–—_<>«»‹›→←↓↑▼▲►▶()[]"
#: What may stand before the first word of a line without making it another line.
BEFORE_LINES = " \t\xa0-–—*•·>»([|/🔔"

_WORDS_CHARS = 60
_LABELLED_CHARS = 60
#: By so many characters at a line's start or end patterns are looked up.
_SIZES = (8, 6, 3, 1)
_LONGEST, _LONG, _MIDDLE, _SHORT = _SIZES
#: What follows a label, the word before it, as in "Photo: Ann Hill".
_LABEL_ENDS = ": "
#: So many letters at a line's start or end, or a mark of these, tell it from most lines.
_TELLING = 3
_RARE_MARKS = frozenset("[({})]<>«»©@&$#+/|-–—*•0123456789")
#: A text of so many characters stands in few lines.
_SELDOM = 5


class Pattern:
    """A regular expression that is compiled when the first line meets it: most rules meet no line of an article."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def fullmatch(self) -> Callable[[str], re.Match[str] | None]:
        """Match a whole line, in any case."""
        return re.compile(self._text, re.IGNORECASE).fullmatch


#: Texts, in lower case, one of which every line that matches has in it, the pattern that it matches, and its rule.
Entry: TypeAlias = tuple[tuple[str, ...], Pattern, Rule]
#: By key, the numbers that patterns have among all, in the order in which they are tried.
_Numbers: TypeAlias = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Index:
    """The rules of one place, by words, and by how a matching line starts or ends, so that a line meets few.

    Keys of ``starts`` and ``ends`` are as long as one of ``_SIZES`` says, and the longest that a line has is
    complete: what stands under shorter ones stands there too. ``labels`` has patterns by the word before the
    last colon. Of those known only by the texts in them, ``often`` has those whose texts are in many lines, ``seldom``
    the others: most lines have none of the texts of these, as ``signs`` tells at once.
    """

    words: Mapping[str, Rule]
    starts: Mapping[str, tuple[Entry, ...]]
    ends: Mapping[str, tuple[Entry, ...]]
    labels: Mapping[str, tuple[Entry, ...]]
    often: tuple[Entry, ...]
    seldom: tuple[Entry, ...]
    signs: re.Pattern[str]

    def __bool__(self) -> bool:
        return bool(self.words or self.starts or self.ends or self.labels or self.often or self.seldom)


def find_rule(text: str, indexes: list[Index]) -> Rule | None:
    """Find the first rule that matches a line."""
    chars = len(text)
    if chars > MAX_CHARS:
        return None
    words = bare(text) if chars <= _WORDS_CHARS else ""
    text = text.lstrip(BEFORE_LINES)
    lowered = text.lower()
    start, end = lowered[:_LONGEST], lowered[-_LONGEST:]
    label = _last_label(text) if ":" in text else ""
    for index in indexes:
        if words in index.words:
            return index.words[words]
        by_start, by_end = index.starts.get, index.ends.get
        for entries in (
            by_start(start) or by_start(start[:_LONG]) or by_start(start[:_MIDDLE]) or by_start(start[:_SHORT]),
            by_end(end) or by_end(end[-_LONG:]) or by_end(end[-_MIDDLE:]) or by_end(end[-_SHORT:]),
            index.labels.get(label),
            index.often,
            index.seldom if index.seldom and index.signs.search(lowered) else (),
        ):
            if entries and (rule := _first_match(entries, text, lowered)) is not None:
                return rule
    return None


def _first_match(entries: Iterable[Entry], text: str, lowered: str) -> Rule | None:
    """Find the first entry that matches a line; one that lacks its texts is not tried, which saves most of the work."""
    for texts, pattern, rule in entries:
        for one in texts:
            if one in lowered:
                if pattern.fullmatch(text):
                    return rule
                break
    return None


def _last_label(text: str) -> str:
    """Give the word before the last colon of a line, in lower case, or nothing if many words follow."""
    colon = text.rfind(_LABEL_ENDS, -_LABELLED_CHARS)
    return text[text.rfind(" ", 0, colon) + 1 : colon].lower() if colon > 0 else ""


class _Placed(NamedTuple):
    """A pattern and the keys by which it is looked up: starts, ends read backwards, or labels."""

    entry: Entry
    by: Literal["start", "end", "label", "text"]
    keys: frozenset[str] = frozenset()


def index_rules(rules: list[Rule]) -> Mapping[Place, tuple[Index, ...]]:
    """Index the rules of each place: what keeps a line, where anything does, goes before what cuts it."""
    kept = _index([rule for rule in rules if isinstance(rule, Keep)])
    cut = _index([rule for rule in rules if not isinstance(rule, Keep)])
    return MappingProxyType({place: (kept[place], cut[place]) if kept[place] else (cut[place],) for place in _PLACES})


def _index(rules: list[Rule]) -> Mapping[Place, Index]:
    """Index the rules of each place: those of all places at once, as most are tried at each, then what is where."""
    placed = [_place(rule, line) for rule in rules for line in rule.lines]
    everywhere = _Everywhere(
        words=[(looked_up, word, rule) for rule in rules for looked_up, word in _bare_words(rule)],
        entries=[each.entry for each in placed],
        starts=_with_shorter(_by_key(placed, "start")),
        ends={key[::-1]: numbers for key, numbers in _with_shorter(_by_key(placed, "end")).items()},
        labels=_by_key(placed, "label"),
        inside=[each.entry for each in placed if each.by == "text"],
    )
    return MappingProxyType({place: everywhere.at(place) for place in _PLACES})


def _bare_words(rule: Rule) -> list[tuple[str, str]]:
    """Give the words of a rule as they are looked up, each beside the word as it is written."""
    words = [(bare(word), word) for word in rule.words]
    for looked_up, word in words:
        if not looked_up:
            raise RuleError(f"{rule} has a word that is none: {word}")
    return words


def _by_key(placed: list[_Placed], by: str) -> _Numbers:
    """Give the numbers of the patterns by each key of theirs, in the order of the rules."""
    table: dict[str, list[int]] = {}
    for number, each in enumerate(placed):
        if each.by == by:
            for key in each.keys:
                table.setdefault(key, []).append(number)
    return {key: tuple(numbers) for key, numbers in table.items()}


def _with_shorter(table: _Numbers) -> _Numbers:
    """Give each key what stands under its own starts, too.

    Patterns of which less than ``_LONG`` characters are known are tried first, the shorter the sooner; others in the
    order of the rules.
    """

    def under(key: str) -> tuple[int, ...]:
        return table.get(key, ())

    return {
        key: tuple(dict.fromkeys((*under(key[:_SHORT]), *under(key[:_MIDDLE]), *sorted({*under(key[:_LONG]), *own}))))
        for key, own in table.items()
    }


class _Everywhere(NamedTuple):
    """The rules of all places: their words, as they are looked up and as they are written, and their patterns."""

    words: list[tuple[str, str, Rule]]
    entries: list[Entry]
    starts: _Numbers
    ends: _Numbers
    labels: _Numbers
    inside: list[Entry]

    def at(self, place: Place) -> Index:
        """Index the rules of one place.

        Most lines stand among paragraphs: a pattern known only by a text inside is not tried there.
        """
        inside = [entry for entry in self.inside if place in entry[2].where and place != "body"]
        seldom = [entry for entry in inside if all(map(_is_seldom, entry[0]))]
        return Index(
            words=self._words_at(place),
            starts=self._entries_at(place, self.starts),
            ends=self._entries_at(place, self.ends),
            labels=self._entries_at(place, self.labels),
            often=tuple(entry for entry in inside if entry not in seldom),
            seldom=tuple(seldom),
            signs=patterns.any_of(text for entry in seldom for text in entry[0]),
        )

    def _words_at(self, place: Place) -> Mapping[str, Rule]:
        words: dict[str, Rule] = {}
        for looked_up, word, rule in self.words:
            if place in rule.where and (other := words.setdefault(looked_up, rule)) is not rule:
                raise RuleError(f"{rule} has a word of {other.verdict.rule!r}: {word}")
        return words

    def _entries_at(self, place: Place, table: _Numbers) -> Mapping[str, tuple[Entry, ...]]:
        """Give the entries by key. Many keys have the same, and share them."""
        is_here = [place in rule.where for _, _, rule in self.entries]
        here = {
            numbers: tuple(self.entries[number] for number in numbers if is_here[number])
            for numbers in set(table.values())
        }
        return {key: here[numbers] for key, numbers in table.items() if here[numbers]}


def _is_seldom(text: str) -> bool:
    return len(text) >= _SELDOM or not text.isascii() or not _RARE_MARKS.isdisjoint(text)


def bare(text: str) -> str:
    """Give a short line as ``words`` has it: in lower case, with straight apostrophes and nothing around.

    One word or two with a full stop are a sentence, and give nothing.

    >>> bare("« Read more… »"), bare("Not now"), bare("Not now."), bare("No stories found.")
    ('read more', 'not now', '', 'no stories found')
    """
    words = text.lower().replace("’", "'").strip(AROUND_LINES)
    is_sentence = words.count(" ") < 2 and text.endswith((".", "!")) and text[-2:-1] not in (".", "…")
    return "" if is_sentence else words


def _place(rule: Rule, line: str) -> _Placed:
    """Put a pattern under its starts or ends if those are telling, else under a text inside it."""
    try:
        nodes = patterns.parse(line)
    except (re.error, OverflowError) as error:
        raise RuleError(f"{rule} has a pattern that is wrong: {error}: {line}") from error
    if (danger := patterns.danger(nodes)) is not None:
        raise RuleError(f"{rule} has a pattern that can take too long, for {danger}: {line}")
    inside = tuple(sorted(patterns.texts(nodes)))
    entry = (inside, Pattern(line), rule)
    for sizes in ((_LONGEST, _LONG), (_MIDDLE,)):  # a long key tells more, but there can be too many
        for size in sizes:
            by_start = patterns.starts(nodes, size)
            if all(map(_is_telling, by_start)):
                return _Placed(entry, "start", _cut(by_start))
        for size in sizes:
            by_end = patterns.ends(nodes, size)
            if all(map(_is_telling, by_end)):
                return _Placed(entry, "end", _cut(by_end))
    if all(text.endswith(_LABEL_ENDS) for text in inside):
        labels = frozenset(text.removesuffix(_LABEL_ENDS).rpartition(" ")[2] for text in inside)
        return _Placed(entry, "label", labels)
    if rule.where != {"body"} and (min(map(len, inside)) >= _TELLING or "body" not in rule.where):
        return _Placed(entry, "text")
    raise RuleError(f"{rule} must know how a line starts or ends, or what is in it: {line}")


def _is_telling(key: str) -> bool:
    """Tell whether few lines have a key: it is three letters or more, or a mark that few lines start with."""
    known = key.partition(patterns.ANY)[0]
    return len(known) >= _TELLING or known == key != "" or known[:1] in _RARE_MARKS


def _cut(keys: Iterable[str]) -> frozenset[str]:
    """Cut each key that can go on to one of ``_SIZES``; another is a whole line."""
    cut = set()
    for key in keys:
        known, goes_on, _ = key.partition(patterns.ANY)
        cut.add(known[: next(size for size in _SIZES if size <= len(known))] if goes_on else known)
    return frozenset(cut)
