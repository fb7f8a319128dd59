"""Where rules are looked up: by a line's words, by how it starts or ends, by what is in it, so that it meets few."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

from newsmill.rules import patterns
from newsmill.rules.kinds import Keep, Place, Rule, RuleError

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
    """A pattern, the keys by which it is looked up, and the texts one of which stands in each line that matches."""

    pattern: Pattern
    by: Literal["start", "end", "label", "text"]
    keys: tuple[str, ...]
    texts: tuple[str, ...]


class _Ready(NamedTuple):
    """A rule with its words as they are looked up, each beside the word as it is written, and its patterns."""

    rule: Rule
    words: list[tuple[str, str]]
    lines: list[_Placed]


def index_rules(rules: list[Rule]) -> Mapping[Place, tuple[Index, ...]]:
    """Index the rules of each place: what keeps a line, where anything does, goes before what cuts it."""
    kept = _index(rule for rule in rules if isinstance(rule, Keep))
    cut = _index(rule for rule in rules if not isinstance(rule, Keep))
    places: tuple[Place, ...] = get_args(Place)
    return MappingProxyType({place: (kept[place], cut[place]) if kept[place] else (cut[place],) for place in places})


def _index(rules: Iterable[Rule]) -> Mapping[Place, Index]:
    """Index the rules of each place."""
    ready = [_Ready(rule, _bare_words(rule), [_place(rule, line) for line in rule.lines]) for rule in rules]
    places: tuple[Place, ...] = get_args(Place)
    return MappingProxyType(
        {place: _index_place([r for r in ready if place in r.rule.where], place) for place in places}
    )


def _bare_words(rule: Rule) -> list[tuple[str, str]]:
    """Give the words of a rule as they are looked up, each beside the word as it is written."""
    words = [(bare(word), word) for word in rule.words]
    for looked_up, word in words:
        if not looked_up:
            raise RuleError(f"{rule} has a word that is none: {word}")
    return words


def _index_place(rules: list[_Ready], place: Place) -> Index:
    """Put each pattern where the fewest lines will meet it.

    Most lines stand among paragraphs: a pattern known only by a text inside is not tried there.
    """
    words: dict[str, Rule] = {}
    starts: list[tuple[str, Entry]] = []
    ends: list[tuple[str, Entry]] = []
    labels: dict[str, tuple[Entry, ...]] = {}
    inside: list[Entry] = []
    for rule, bare_words, lines in rules:
        for bare_word, word in bare_words:
            if (other := words.setdefault(bare_word, rule)) is not rule:
                raise RuleError(f"{rule} has a word of {other.verdict.rule!r}: {word}")
        for line in lines:
            entry = (line.texts, line.pattern, rule)
            if line.by == "start":
                starts += [(key, entry) for key in line.keys]
            elif line.by == "end":
                ends += [(key[::-1], entry) for key in line.keys]
            elif line.by == "label":
                labels |= {key: (*labels.get(key, ()), entry) for key in line.keys}
            elif place != "body":
                inside.append(entry)
    by_ends = {key[::-1]: entries for key, entries in _lookup(ends).items()}
    seldom = tuple(entry for entry in inside if all(map(_is_seldom, entry[0])))
    return Index(
        words=words,
        starts=_lookup(starts),
        ends=by_ends,
        labels=labels,
        often=tuple(entry for entry in inside if entry not in seldom),
        seldom=seldom,
        signs=patterns.any_of(text for entry in seldom for text in entry[0]),
    )


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
    pattern = Pattern(line)
    inside = tuple(sorted(patterns.texts(nodes)))
    for sizes in ((_LONGEST, _LONG), (_MIDDLE,)):  # a long key tells more, but there can be too many
        for size in sizes:
            by_start = patterns.starts(nodes, size)
            if all(map(_is_telling, by_start)):
                return _Placed(pattern, "start", tuple(sorted(by_start)), inside)
        for size in sizes:
            by_end = patterns.ends(nodes, size)
            if all(_is_telling(key[::-1]) for key in by_end):
                return _Placed(pattern, "end", tuple(sorted(by_end)), inside)
    if all(text.endswith(_LABEL_ENDS) for text in inside):
        labels = {text.removesuffix(_LABEL_ENDS).rpartition(" ")[2] for text in inside}
        return _Placed(pattern, "label", tuple(sorted(labels)), inside)
    if rule.where != {"body"} and (min(map(len, inside)) >= _TELLING or "body" not in rule.where):
        return _Placed(pattern, "text", (), inside)
    raise RuleError(f"{rule} must know how a line starts or ends, or what is in it: {line}")


def _is_telling(key: str) -> bool:
    """Tell whether few lines have a key: it is three letters or more, or a mark that few lines start with."""
    known = key.partition(patterns.ANY)[0]
    return len(known) >= _TELLING or known == key != "" or known[:1] in _RARE_MARKS


def _lookup(pairs: list[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    """Give the entries by key, where a key has what stands under its own starts.

    A key that can go on is cut to one of ``_SIZES``; another is a whole line. Patterns of which less than ``_LONG``
    characters are known are tried first, the shorter the sooner; others in the order of the rules.
    """
    table: dict[str, dict[int, tuple[int, int, Entry]]] = {}
    for place, (key, entry) in enumerate(pairs):
        known, goes_on, _ = key.partition(patterns.ANY)
        size = next(size for size in _SIZES if size <= len(known)) if goes_on else len(known)
        rank = size if size in (_SHORT, _MIDDLE) else _LONG
        # By identity, as a pattern's own hash is that of all its code.
        table.setdefault(known[:size], {}).setdefault(id(entry), (rank, place, entry))
    whole = {}
    for key, entries in table.items():
        shorter = [table[key[:size]] for size in _SIZES if size < len(key) and key[:size] in table]
        ranked = dict(item for group in (entries, *shorter) for item in group.items())
        whole[key] = tuple(entry for _, _, entry in sorted(ranked.values(), key=itemgetter(0, 1)))
    return whole
