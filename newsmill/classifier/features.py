"""What the classifier knows of a line: how it reads, where it stands, and what stands around it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, compress, islice
from typing import NamedTuple

from newsmill.classifier.haystack import Haystack
from newsmill.classifier.lexicon import Lexicon, LexiconScore, tokens
from newsmill.fates import Fate, Verdict
from newsmill.text import ends_a_sentence, is_prose

_MAX_WORDS = 24
_MAX_CHARS = 600
_FAR = 50
_INSIDE = 0.02
_MONEY = "$€£₦₹¥"
_OPENING_QUOTES = "\"'“‘«„"
_LONG_WORD = 4
_MAX_CONTENT_WORDS = 8
_SHORT_CHARS = 90
_SHAPE_WORDS = 6
_REMEMBERED_LINES = 8_192

_OWN_NAMES = (
    "chars", "words", "word_chars", "ends_sentence", "ends_colon", "opens_quote", "opens_lower", "capitals",
    "capitalised", "figures", "commas", "address", "early_colon", "money", "exclaims", "asks", "in_brackets",
    *(f"lexicon_{name}" for name in LexiconScore._fields),
)  # fmt: skip
_CONTEXT_NAMES = (
    "place", "place_from_end", "share_before", "lines", "prose_before", "prose_after", "to_prose_above",
    "to_prose_below", "block_lines", "blanks_above", "blanks_below", "repeats", "title_words", "prose_words",
    "rules_share", "prose_share", "mean_chars", "blank_share", "prose_lines", "like_neighbours", "like_lines",
    "block_rules", "block_lexicon", "block_words", "block_sentences", "block_distinct", "near_lexicon", "since_box",
    "share_ruled_above", "share_ruled_below", "to_rule_above", "to_rule_below", "beyond_article", "share_of_part",
)  # fmt: skip
_NEIGHBOUR_NAMES = ("chars", "capitalised", "lexicon")
_OFFSETS = (-2, -1, 1, 2)
_NOTHING_BESIDE = [(-1.0,) * len(_NEIGHBOUR_NAMES)] * 2
_NO_BLOCK = (0.0,) * 5
# What says that the lines below it are of a box.
_BOXES = frozenset({Fate.RELATED, Fate.TAGS})
# Paragraphs with so many other lines between them are of different parts of a text.
_PART_GAP = 4

#: The columns, in order: a forest must have been trained on the same ones.
FEATURES: tuple[str, ...] = (
    *_OWN_NAMES,
    *_CONTEXT_NAMES,
    *(f"{name}{offset:+d}" for offset in _OFFSETS for name in _NEIGHBOUR_NAMES),
)


class Described(NamedTuple):
    """A line by itself: its own features, then what those of the lines around it are made of."""

    features: tuple[float, ...]
    words: float
    ends_sentence: float
    capitalised: float
    lexicon: float
    content: tuple[str, ...]
    shape: str


# What stands for a paragraph, and for a line that a rule has judged, where they are only neighbours.
_PROSE = Described((), words=50.0, ends_sentence=1.0, capitalised=0.0, lexicon=0.0, content=(), shape="")
_RULED = Described((), words=5.0, ends_sentence=0.0, capitalised=0.0, lexicon=1.0, content=(), shape="")


class Describer:
    """Describes lines by themselves; short ones repeat from article to article and are remembered."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        self._lexicon = Lexicon(lexicon)
        self._remembered = lru_cache(maxsize=_REMEMBERED_LINES)(self._describe)
        self._remembered_shape = lru_cache(maxsize=_REMEMBERED_LINES)(shape)

    def __call__(self, text: str) -> Described:
        """Describe a line."""
        return self._remembered(text) if len(text) <= _SHORT_CHARS else self._describe(text)

    def shape(self, text: str) -> str:
        """Sketch a line that needs no more than that."""
        return self._remembered_shape(text) if len(text) <= _SHORT_CHARS else shape(text)

    def _describe(self, text: str) -> Described:
        words = text.split(None, _MAX_WORDS)[:_MAX_WORDS]
        lowered = tokens(text)
        kinds = _kinds(words)
        count = len(words)
        first, last = text[0], text[-1]
        spaces = text.count(" ") + 1
        ends_sentence = ends_a_sentence(text)
        capitalised = kinds.count("A") / count
        score = self._lexicon.score(lowered)
        features = (
            min(len(text), _MAX_CHARS),
            min(spaces, 120),
            len(text) / spaces,
            ends_sentence,
            last == ":",
            first in _OPENING_QUOTES,
            first.islower(),
            len([word for word in filter(str.isupper, words) if len(word) > 1]) / count,
            capitalised,
            kinds.count("9") / count,
            text.count(","),
            "@" in text or "http" in text or "www." in text or ".com" in text,
            ":" in text[:30],
            any(map(text.__contains__, _MONEY)),
            "!" in text,
            "?" in text,
            first in "([" and last in ")].",
            *score,
        )
        content = tuple([word for word in lowered if len(word) >= _LONG_WORD][:_MAX_CONTENT_WORDS])
        shape = _shape(kinds[:_SHAPE_WORDS], text, ends_sentence=ends_sentence)
        return Described(features, min(spaces, 120), ends_sentence, capitalised, score.mean, content, shape)


class _Kinds(dict[int, str]):
    """What a word begins with, by code point: ``A``, ``a`` or ``9`` for letters and digits, else the mark itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = kind = "9" if char.isdigit() else "A" if char.isupper() else "a" if char.islower() else char
        return kind


_KINDS = _Kinds()


def _kinds(words: Sequence[str]) -> str:
    """Tell what each word begins with."""
    return "".join([word[0] for word in words]).translate(_KINDS)


def _shape(kinds: str, text: str, *, ends_sentence: bool) -> str:
    """Sketch a line by how its first words begin and how it ends: lists and tables repeat such a sketch."""
    return kinds + ("." if ends_sentence else "w" if text[-1].isalnum() else text[-1])


def shape(text: str) -> str:
    """Sketch a line by itself.

    >>> shape("Read more: 7 things to know"), shape("It rained.")
    ('Aa9aaaw', 'Aa.')
    """
    kinds = _kinds(text.split(None, _SHAPE_WORDS)[:_SHAPE_WORDS])
    return _shape(kinds, text, ends_sentence=ends_a_sentence(text))


class Sheet:
    """A text laid out for the classifier: what all its lines share is worked out once.

    ``texts`` are the filled lines in order, ``gaps`` the number of blank lines before each, ``verdicts`` what
    rules say of them.
    """

    def __init__(
        self, texts: Sequence[str], gaps: Sequence[int], verdicts: Sequence[Verdict | None], describer: Describer
    ) -> None:
        self._texts = texts
        self._gaps = (*gaps, 0)
        self._verdicts = verdicts
        self._describer = describer
        self._count = len(texts)
        self._prose = [verdict is None and is_prose(text) for text, verdict in zip(texts, verdicts, strict=True)]
        self._lowered = [text.lower() for text in texts]
        # The places of paragraphs, between two that are out of reach, and the characters of those before each.
        places = [i for i, is_one in enumerate(self._prose) if is_one]
        self._paragraphs = [-_FAR - 1, *places, self._count + _FAR]
        self._chars_before = [0, 0, *accumulate([len(texts[i]) for i in places])]
        self._prose_chars = self._chars_before[-1] or 1
        self._share_of_part, self._article = self._find_parts(places)
        self._prose_text = Haystack("\n".join(compress(self._lowered, self._prose)))

    def _find_parts(self, places: Sequence[int]) -> tuple[dict[int, float], range]:
        """Give the share that each paragraph's part has in all paragraphs, and the lines of the largest part.

        What stands far below the article is another story, a comment or small print, and may well be prose.
        """
        shares: dict[int, float] = {}
        largest, article = 0.0, range(self._count)
        start = 0
        gaps = [end for end in range(1, len(places)) if places[end] - places[end - 1] > _PART_GAP]
        for end in (*gaps, len(places)) if places else ():
            share = (self._chars_before[end + 1] - self._chars_before[start + 1]) / self._prose_chars
            shares.update(dict.fromkeys(places[start:end], share))
            if share > largest:
                largest, article = share, range(places[start], places[end - 1] + 1)
            start = end
        return shares, article

    @property
    def ruled_share(self) -> float:
        """The share of lines that rules have judged."""
        return 1 - self._verdicts.count(None) / self._count

    def candidates(self, tells: Sequence[str]) -> list[int]:
        """Choose the open lines worth a look.

        Not worth one are a first line right above a paragraph, as a title is, and a paragraph that stands by another
        of the largest part, unless it has a tell.
        """
        is_prose = [False, *self._prose, False]
        told = [*compress(tells, self._prose_text.find(tuple(tells)))]
        chosen = [
            i
            for i, verdict in enumerate(self._verdicts)
            if verdict is None
            and (
                not is_prose[i + 1]
                or not (is_prose[i] or is_prose[i + 2])
                or i not in self._article
                or (told and any(map(self._lowered[i].__contains__, told)))
            )
        ]
        return chosen[1:] if chosen[:1] == [0] and self._is_title() else chosen

    def _is_title(self) -> bool:
        return not self._prose[0] and self._prose[1:2] == [True] and not ends_a_sentence(self._texts[0])

    def is_inside(self, place: int) -> bool:
        """Tell whether a line has paragraphs before and after it, or is itself one of the largest part.

        A sentence right above the first paragraph may be a short one before it.
        """
        if self._prose[place] and place in self._article:
            return True
        if place == self._article.start - 1 and ends_a_sentence(self._texts[place]):
            return True
        before = self._chars_before[bisect_left(self._paragraphs, place)] / self._prose_chars
        length = len(self._texts[place]) if self._prose[place] else 0
        return before > _INSIDE and 1 - before - length / self._prose_chars > _INSIDE

    def rows(self, chosen: Sequence[int]) -> Iterator[list[float]]:
        """Yield the features of the chosen lines, in the order of ``FEATURES``."""
        self._describe_all()
        lines = [self._describer(self._texts[i]) if self._prose[i] else self._lines[i] for i in chosen]
        words = [() if self._prose[i] else line.content for i, line in zip(chosen, lines, strict=True)]
        found = iter(self._prose_text.find_words([*chain.from_iterable(words)]))
        for i, line, content in zip(chosen, lines, words, strict=True):
            yield self._row(i, line, sum(islice(found, len(content))))

    def _describe_all(self) -> None:
        """Work out what all rows need."""
        texts, verdicts, prose, count = self._texts, self._verdicts, self._prose, self._count
        describe, sketch = self._describer, self._describer.shape
        lines = [
            _RULED if verdict is not None else _PROSE if is_one else describe(text)
            for text, verdict, is_one in zip(texts, verdicts, prose, strict=True)
        ]
        self._lines = lines
        self._shapes = [sketch(text) if line is _RULED else line.shape for text, line in zip(texts, lines, strict=True)]
        # Counted once: to count for each line anew costs the square of the lines. Most have a length of their own.
        lengths = Counter(map(len, texts))
        self._repeats = Counter(line for line in self._lowered if lengths[len(line)] > 1)
        self._alike = Counter(self._shapes)
        self._lexicon_before = [0.0, *accumulate([line.lexicon for line in lines])]
        beside = [
            (min(len(text), _MAX_CHARS), line.capitalised, line.lexicon)
            for text, line in zip(texts, lines, strict=True)
        ]
        self._beside = [*_NOTHING_BESIDE, *beside, *_NOTHING_BESIDE]
        boxes = [i for i, verdict in enumerate(verdicts) if verdict is not None and verdict.fate in _BOXES]
        self._boxes = [-_FAR, *boxes]
        self._ruled = [-_FAR, *(i for i, verdict in enumerate(verdicts) if verdict is not None), count + _FAR]
        self._blocks: dict[int, tuple[float, ...]] = {}
        self._title = {word for word in tokens(texts[0]) if len(word) >= _LONG_WORD}
        chars, blanks = sum(map(len, texts)), sum(self._gaps)
        self._whole = (
            self.ruled_share,
            self._prose_chars / max(1, chars),
            chars / count,
            blanks / (blanks + count),
            min(sum(prose), 60),
        )

    def _row(self, i: int, line: Described, in_prose: int) -> list[float]:
        count, prose, shapes, beside = self._count, self._prose[i], self._shapes, self._beside
        nth = bisect_left(self._paragraphs, i)
        last, following = self._paragraphs[nth - 1], self._paragraphs[nth + prose]
        above, below = min(i - last - 1, _FAR), min(following - i - 1, _FAR)
        length = len(self._texts[i]) if prose else 0
        before = self._chars_before[nth]
        share = 1.0 / len(line.content) if line.content else 0.0
        start, end = max(0, i - 5), min(count, i + 6)
        box = self._boxes[bisect_left(self._boxes, i) - 1]
        rule, article = bisect_left(self._ruled, i), self._article
        return [
            *line.features,
            min(i, 60),
            min(count - 1 - i, 60),
            i / count,
            min(count, 400),
            before / self._prose_chars,
            (self._prose_chars - before - length) / self._prose_chars,
            above,
            below,
            0 if prose else above + below + 1,
            min(self._gaps[i], 3),
            min(self._gaps[i + 1], 3),
            min(self._repeats[self._lowered[i]] or 1, 5),
            share * sum(map(self._title.__contains__, line.content)),
            1.0 if prose else share * in_prose,
            *self._whole,
            shapes[max(0, i - 3) : i + 4].count(shapes[i]) - 1,
            self._alike[shapes[i]] / count,
            *(_NO_BLOCK if prose else self._block(max(0, last + 1), min(following, count))),
            (self._lexicon_before[end] - self._lexicon_before[start]) / (end - start),
            min(i - box, _FAR) if box > last and not prose else _FAR,
            (rule - 1) / max(1, i),
            (len(self._ruled) - 1 - rule) / max(1, count - 1 - i),
            min(i - self._ruled[rule - 1], _FAR),
            min(self._ruled[rule] - i, _FAR),
            max(i - article.start, -_FAR) if i < article.start else min(max(0, i - article.stop + 1), _FAR),
            self._share_of_part.get(i, -1.0),
            *beside[i],
            *beside[i + 1],
            *beside[i + 3],
            *beside[i + 4],
        ]

    def _block(self, start: int, end: int) -> tuple[float, ...]:
        """Describe an unbroken run of lines that are no prose."""
        if start not in self._blocks:
            size, lines = end - start, self._lines[start:end]
            self._blocks[start] = (
                (size - self._verdicts[start:end].count(None)) / size,
                (self._lexicon_before[end] - self._lexicon_before[start]) / size,
                sum([line.words for line in lines]) / size,
                sum([line.ends_sentence for line in lines]) / size,
                len(set(self._texts[start:end])) / size,
            )
        return self._blocks[start]
