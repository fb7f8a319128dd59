"""Rule files, parsed: what to cut, what opens a box, which outlets and agencies are known.

A rule is data and carries its own examples; ``newsmill.examples.check_examples`` holds each to them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from newsmill import patterns
from newsmill.classifier.classify import Classifier, ClassifierError
from newsmill.fates import Fate, Verdict
from newsmill.html.selectors import Selectors
from newsmill.vocabulary import Vocabulary

#: Where in an article a rule applies: before its first paragraph, among them, after the last one.
Place: TypeAlias = Literal["head", "body", "tail"]
#: What a box takes along: headlines and what stands with them, or single words and names.
Takes: TypeAlias = Literal["headlines", "words"]

#: By so many characters at a line's start or end patterns are looked up.
KEYS = (6, 3, 1)
#: What follows a label, the word before it, as in "Photo: Ann Hill".
LABEL_ENDS = ": "
#: What may stand around the words of a line without making it another line.
AROUND_WORDS = " \t\xa0:.,;!…|•·*#+-–—_<>«»‹›→←↓↑▼▲►▶»()[]"

#: What may stand before the first word of a line without making it another line.
BEFORE_LINES = " \t\xa0-–—*•·>»([|/🔔"
#: So many letters at a line's start or end, or a mark of these, tell it from most lines.
_TELLING = 3
_RARE_MARKS = frozenset("[({})]<>«»©@&$#+/|-–—*•0123456789")

_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "cut": ({"name", "fate", "cuts", "keeps"}, {"line", "words", "where"}),
    "section": ({"name", "fate", "takes", "examples"}, {"line", "words", "where"}),
    "keep": ({"name", "keeps"}, {"line", "words", "where"}),
    "agency": ({"name", "aliases"}, set()),
    "language": ({"code", "months", "weekdays", "by", "and", "published", "updated", "filler"}, set()),
}
_FILE_KEYS = {"outlet", "name", "zones", "lists", "selectors", *_KEYS}
_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}")
_ARTICLE_FATES = frozenset(
    {Fate.TITLE, Fate.DECK, Fate.BYLINE, Fate.DATE, Fate.DATELINE, Fate.BODY, Fate.SUBHEAD, Fate.BLANK}
)
_LIST = re.compile(r"\{([a-z]+)\}")


class RuleError(ValueError):
    """A rule file has a mistake; the message is one line that names the file and the rule."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a line must look like, as a whole and in any case, and what becomes of it.

    It is one of ``words`` (whatever of ``AROUND_WORDS`` stands about it), or one of ``lines`` matches it
    (whatever of ``BEFORE_LINES`` stands before it).
    """

    file: str
    verdict: Verdict
    where: frozenset[Place]
    words: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Rule):
    """A line that goes."""

    cuts: tuple[str, ...]
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Section(Rule):
    """A line that opens a box: it goes, and what the box takes along goes with it."""

    takes: Takes
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Keep(Rule):
    """A line of the article's body, whatever rules of every outlet, the classifier and memory would say of it."""

    keeps: tuple[str, ...]


#: A rule and its compiled pattern.
Entry: TypeAlias = tuple[re.Pattern[str], Rule]


@dataclass(frozen=True, slots=True)
class Index:
    """The rules of one place, by words, and by how a matching line starts or ends, so that a line meets few.

    Keys of ``starts`` and ``ends`` are as long as one of ``KEYS`` says, and the longest that a line has is
    complete: what stands under shorter ones stands there too. ``labels`` has patterns by the word before the
    last colon, ``inside`` those known only by a text, in lower case, that a matching line has in it.
    """

    words: Mapping[str, Rule]
    starts: Mapping[str, tuple[Entry, ...]]
    ends: Mapping[str, tuple[Entry, ...]]
    labels: Mapping[str, tuple[Entry, ...]]
    inside: tuple[tuple[str, re.Pattern[str], Rule], ...]

    def __bool__(self) -> bool:
        return bool(self.words or self.starts or self.ends or self.labels or self.inside)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, ready to match.

    ``version`` changes with any byte of any file. ``outlets`` maps a domain to the outlet's display
    name, ``agencies`` a credit form such as ``"(PTI)"`` to the agency's name, ``selectors`` a domain to what its
    pages call their parts. ``everywhere`` indexes the
    rules of every outlet by place, in the order in which they are tried, ``by_domain`` those of one.
    ``classifier`` judges what rules leave open;
    without one it stays.
    """

    version: str
    outlets: Mapping[str, str]
    agencies: Mapping[str, str]
    vocabulary: Vocabulary
    selectors: Mapping[str, Selectors]
    everywhere: Mapping[Place, tuple[Index, ...]]
    by_domain: Mapping[str, Mapping[Place, tuple[Index, ...]]]
    all: tuple[Rule, ...] = field(repr=False)
    classifier: Classifier | None = field(repr=False)

    @classmethod
    def parse(cls, files: Mapping[str, str], classifier: Mapping[str, str] | None = None) -> "Rules":
        r"""Compile rule files, given as file name to TOML text, and the files of a classifier.

        Examples are required here, and tried by ``newsmill.examples.check_examples``, which takes longer.

        >>> rules = Rules.parse({"share.toml": '''
        ... [[cut]]
        ... name  = "share button"
        ... fate  = "share"
        ... words = ["share", "tweet"]
        ... cuts  = ["Share"]
        ... keeps = ["Share prices fell."]
        ... '''})
        >>> [rule.verdict.rule for rule in rules.all]
        ['share button']

        Raises:
            RuleError: a file is no TOML, or a rule has a key missing, unknown or empty, or a pattern that is
                wrong or fits lines that start and end with anything; or the classifier's files are damaged.
        """
        outlets: dict[str, str] = {}
        agencies: dict[str, str] = {}
        selectors: dict[str, Selectors] = {}
        languages: list[_Table] = []
        zones: dict[str, int | str] = {}
        found: dict[str | None, list[Rule]] = {None: []}
        for file, text in files.items():
            document = _read(file, text)
            domain = document.get("outlet")
            if domain is not None:
                outlets[domain] = document.get("name", domain)
            if "selectors" in document:
                selectors |= _selectors(file, domain, document["selectors"])
            for entry in document.get("agency", ()):
                agencies.update(_agency(file, entry))
            for entry in document.get("language", ()):
                _refuse_odd_keys(file, "language", entry)
                languages.append(entry)
            zones |= document.get("zones", {})
            of_domain = found.setdefault(domain, [])
            lists = document.get("lists", {})
            of_domain += [_cut(file, domain, entry, lists) for entry in document.get("cut", ())]
            of_domain += [_section(file, domain, entry, lists) for entry in document.get("section", ())]
            of_domain += [_keep(file, domain, entry, lists) for entry in document.get("keep", ())]
        everything = tuple(rule for of_domain in found.values() for rule in of_domain)
        _refuse_twins(everything)
        return cls(
            version=_fingerprint({**files, **(classifier or {})}),
            outlets=MappingProxyType(outlets),
            agencies=MappingProxyType(agencies),
            vocabulary=Vocabulary.parse(languages, zones),
            selectors=MappingProxyType(selectors),
            everywhere=_indexes(found[None]),
            by_domain=MappingProxyType({domain: _indexes(rules) for domain, rules in found.items() if domain}),
            all=everything,
            classifier=_classifier(classifier) if classifier else None,
        )

    def indexes(self, domain: str | None) -> dict[Place, list[Index]]:
        """Give what a line meets at each place of an article: its outlet's rules, then those of all."""
        own = self.by_domain.get(domain) if domain else None
        return {place: [*own[place], *all_have] if own else [*all_have] for place, all_have in self.everywhere.items()}


_Table: TypeAlias = Mapping[str, Any]


def _fingerprint(files: Mapping[str, str]) -> str:
    return sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()[:12]


def _classifier(files: Mapping[str, str]) -> Classifier:
    try:
        return Classifier.parse(files)
    except ClassifierError as error:
        raise RuleError(str(error)) from error


def _read(file: str, text: str) -> _Table:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{file}: {error}") from error
    for key in sorted(document.keys() - _FILE_KEYS):
        raise RuleError(f"{file}: unknown key {key!r}")
    for key in _KEYS:
        entries = document.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise RuleError(f"{file}: {key} must be tables, each under [[{key}]]")
    domain = document.get("outlet")
    if domain is not None and not (isinstance(domain, str) and _DOMAIN.fullmatch(domain)):
        raise RuleError(f'{file}: outlet must be a web domain such as "courier.example", not {domain!r}')
    return document


def _selectors(file: str, domain: str | None, entry: _Table) -> dict[str, Selectors]:
    if domain is None:
        raise RuleError(f'{file}: selectors are an outlet\'s; the file must name it: outlet = "…"')
    for key in sorted(entry.keys() - set(Selectors._fields)):
        raise RuleError(f"{file}: selectors has an unknown key {key!r}, none of: {', '.join(Selectors._fields)}")
    for key, selector in entry.items():
        if not isinstance(selector, str):
            raise RuleError(f"{file}: selectors needs text as {key!r}")
    return {domain: Selectors(**entry)}


def _agency(file: str, entry: _Table) -> dict[str, str]:
    _refuse_odd_keys(file, "agency", entry)
    name: str = entry["name"]
    return dict.fromkeys(_texts(file, entry, "aliases"), name)


def _cut(file: str, domain: str | None, entry: _Table, lists: _Table) -> Cut:
    _refuse_odd_keys(file, "cut", entry)
    _refuse_article_fate(file, entry)
    cuts, keeps = _texts(file, entry, "cuts"), _texts(file, entry, "keeps")
    return Cut(*_rule(file, domain, entry, lists), cuts, keeps)


def _section(file: str, domain: str | None, entry: _Table, lists: _Table) -> Section:
    _refuse_odd_keys(file, "section", entry)
    _refuse_article_fate(file, entry)
    takes = _choice(file, entry, "takes", Takes)
    return Section(*_rule(file, domain, entry, lists), takes, _texts(file, entry, "examples"))


def _keep(file: str, domain: str | None, entry: _Table, lists: _Table) -> Keep:
    _refuse_odd_keys(file, "keep", entry)
    file, verdict, where, words, lines = _rule(file, domain, {**entry, "fate": Fate.BODY}, lists)
    return Keep(file, verdict._replace(kept=True), where, words, lines, _texts(file, entry, "keeps"))


def _rule(
    file: str, domain: str | None, entry: _Table, lists: _Table
) -> tuple[str, Verdict, frozenset[Place], tuple[str, ...], tuple[str, ...]]:
    fate = _choice(file, entry, "fate", Fate)
    verdict = Verdict(Fate(fate), kept=False, rule=f"{domain}: {entry['name']}" if domain else entry["name"])
    where = _choices(file, entry, "where", Place) or get_args(Place)
    lines = tuple(_fill(file, entry, line, lists) for line in _texts(file, entry, "line"))
    return file, verdict, frozenset(where), _texts(file, entry, "words"), lines


def _fill(file: str, entry: _Table, line: str, lists: _Table) -> str:
    """Put the alternatives of the file's ``lists`` in the place of ``{name}``."""

    def fill(found: re.Match[str]) -> str:
        if found[1] not in lists:
            raise RuleError(f"{file}: {entry['name']!r} names a list that is not there: {found[0]}")
        return f"(?:{'|'.join(lists[found[1]])})"

    return _LIST.sub(fill, line)


def _refuse_odd_keys(file: str, kind: str, entry: _Table) -> None:
    required, optional = _KEYS[kind]
    rule = f"{file}: {kind} {entry.get('name') or entry.get('code') or '(without a name)'!r}"
    for key in sorted(required):
        if not entry.get(key):
            raise RuleError(f"{rule} needs {key!r}")
    for key in sorted(entry.keys() - required - optional):
        raise RuleError(f"{rule} has an unknown key {key!r}")
    if "line" in optional and not (entry.get("line") or entry.get("words")):
        raise RuleError(f"{rule} needs 'line' or 'words'")


def _texts(file: str, entry: _Table, key: str) -> tuple[str, ...]:
    """Give one text, or a list of them, as a tuple."""
    value = entry.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise RuleError(f"{file}: {entry['name']!r} needs text or a list of texts as {key!r}")
    return tuple(texts)


def _refuse_article_fate(file: str, entry: _Table) -> None:
    if isinstance(entry["fate"], str) and entry["fate"] in _ARTICLE_FATES:
        named = f"{file}: {entry['name']!r}"
        raise RuleError(f"{named} cuts lines, so its fate cannot be {entry['fate']!r}, which is the article's")


def _choice(file: str, entry: _Table, key: str, choices: Any) -> Any:
    chosen = _choices(file, entry, key, choices)
    if len(chosen) != 1:
        raise RuleError(f"{file}: {entry['name']!r} needs one {key}, not {len(chosen)}")
    return chosen[0]


def _choices(file: str, entry: _Table, key: str, choices: Any) -> tuple[Any, ...]:
    known = tuple(Fate) if choices is Fate else get_args(choices)
    chosen = _texts(file, entry, key)
    for value in chosen:
        if value not in known:
            raise RuleError(f"{file}: {entry['name']!r} has {key} {value!r}, none of: {', '.join(known)}")
    return chosen


def _refuse_twins(rules: Iterable[Rule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        name = rule.verdict.rule
        if name in files:
            raise RuleError(f"{rule.file}: {name!r} is already the name of a rule in {files[name]}")
        files[name] = rule.file


class _Compiled(NamedTuple):
    """A pattern, and the keys by which it is looked up."""

    pattern: re.Pattern[str]
    by: Literal["start", "end", "label", "text"]
    keys: tuple[str, ...]


def _indexes(rules: list[Rule]) -> Mapping[Place, tuple[Index, ...]]:
    """Index the rules of each place: what keeps a line, where anything does, goes before what cuts it."""
    kept = _index(rule for rule in rules if isinstance(rule, Keep))
    cut = _index(rule for rule in rules if not isinstance(rule, Keep))
    places: tuple[Place, ...] = get_args(Place)
    return MappingProxyType({place: (kept[place], cut[place]) if kept[place] else (cut[place],) for place in places})


def _index(rules: Iterable[Rule]) -> Mapping[Place, Index]:
    """Index the rules of each place."""
    compiled = [(rule, [_compile(rule, line) for line in rule.lines]) for rule in rules]
    places: tuple[Place, ...] = get_args(Place)
    return MappingProxyType(
        {place: _index_place([entry for entry in compiled if place in entry[0].where], place) for place in places}
    )


def _index_place(rules: list[tuple[Rule, list[_Compiled]]], place: Place) -> Index:
    """Put each pattern where the fewest lines will meet it.

    Most lines stand among paragraphs: a pattern known only by a text inside is not tried there.
    """
    words: dict[str, Rule] = {}
    starts: list[tuple[str, Entry]] = []
    ends: list[tuple[str, Entry]] = []
    labels: dict[str, tuple[Entry, ...]] = {}
    inside: list[tuple[str, re.Pattern[str], Rule]] = []
    for rule, lines in rules:
        for word in rule.words:
            named = f"{rule.file}: {rule.verdict.rule!r}"
            if not bare(word):
                raise RuleError(f"{named} has a word that is none: {word}")
            if (other := words.setdefault(bare(word), rule)) is not rule:
                raise RuleError(f"{named} has a word of {other.verdict.rule!r}: {word}")
        for line in lines:
            entry = (line.pattern, rule)
            if line.by == "start":
                starts += [(key, entry) for key in line.keys]
            elif line.by == "end":
                ends += [(key[::-1], entry) for key in line.keys]
            elif line.by == "label":
                labels |= {key: (*labels.get(key, ()), entry) for key in line.keys}
            elif place != "body":
                inside += [(key, *entry) for key in line.keys]
    by_ends = {key[::-1]: entries for key, entries in _lookup(ends).items()}
    return Index(
        words=words,
        starts=_lookup(starts),
        ends=by_ends,
        labels=labels,
        inside=tuple(inside),
    )


def bare(text: str) -> str:
    """Give a short line as ``words`` has it: in lower case, with straight apostrophes and nothing around.

    One word or two with a full stop are a sentence, and give nothing.

    >>> bare("« Read more… »"), bare("Not now"), bare("Not now."), bare("No stories found.")
    ('read more', 'not now', '', 'no stories found')
    """
    words = text.lower().replace("’", "'").strip(AROUND_WORDS)
    is_sentence = words.count(" ") < 2 and text.endswith((".", "!")) and text[-2:-1] not in (".", "…")
    return "" if is_sentence else words


def _compile(rule: Rule, line: str) -> _Compiled:
    """Compile a pattern under its starts or ends if those are telling, else under a text inside it."""
    named = f"{rule.file}: {rule.verdict.rule!r}"
    try:
        pattern, nodes = re.compile(line, re.IGNORECASE), patterns.parse(line)
    except re.error as error:
        raise RuleError(f"{named} has a pattern that is wrong: {error}: {line}") from error
    if (danger := patterns.danger(nodes)) is not None:
        raise RuleError(f"{named} has a pattern that can take too long, for {danger}: {line}")
    for size in KEYS[:-1]:  # a long key tells more, but there can be too many
        by_start = patterns.starts(nodes, size)
        if all(map(_is_telling, by_start)):
            return _Compiled(pattern, "start", tuple(sorted(by_start)))
        by_end = patterns.ends(nodes, size)
        if all(_is_telling(key[::-1]) for key in by_end):
            return _Compiled(pattern, "end", tuple(sorted(by_end)))
    inside = patterns.texts(nodes)
    if all(text.endswith(LABEL_ENDS) for text in inside):
        labels = {text.removesuffix(LABEL_ENDS).rpartition(" ")[2] for text in inside}
        return _Compiled(pattern, "label", tuple(sorted(labels)))
    if rule.where != {"body"} and (min(map(len, inside)) >= _TELLING or "body" not in rule.where):
        return _Compiled(pattern, "text", tuple(sorted(inside)))
    raise RuleError(f"{named} must know how a line starts or ends, or what is in it: {line}")


def _is_telling(key: str) -> bool:
    """Tell whether few lines have a key: it is three letters or more, or a mark that few lines start with."""
    known = key.partition(patterns.ANY)[0]
    return len(known) >= _TELLING or known == key != "" or known[:1] in _RARE_MARKS


def _lookup(pairs: list[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    """Give the entries by key, where a key has what stands under its own starts.

    A key that can go on is cut to one of ``KEYS``; another is a whole line.
    """
    table: dict[str, dict[Entry, None]] = {}
    for key, entry in pairs:
        known, goes_on, _ = key.partition(patterns.ANY)
        size = next(size for size in KEYS if size <= len(known)) if goes_on else len(known)
        table.setdefault(known[:size], {})[entry] = None
    whole = {}
    for key, entries in table.items():
        shorter = [table.get(key[:size], {}) for size in reversed(KEYS) if size < len(key)]
        whole[key] = tuple(dict.fromkeys(entry for group in [*shorter, entries] for entry in group))
    return whole
