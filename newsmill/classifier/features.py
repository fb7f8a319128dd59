"""What the classifier knows of a line: how it reads, where it stands, and what stands around it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import accumulate
from typing import NamedTuple

from newsmill.classifier.lexicon import NO_SCORE, LexiconScore, score, tokens
from newsmill.fates import Fate, Verdict
from newsmill.text import ends_a_sentence, is_prose

_MAX_WORDS = 24
_FAR = 50
_INSIDE = 0.02
_MONEY = frozenset("$€£₦₹¥")
_OPENING_QUOTES = "\"'“‘«„"
_LONG_WORD = 4
_MAX_CONTENT_WORDS = 8
_SHORT_CHARS = 90
_REMEMBERED_LINES = 8_192


class Own(NamedTuple):
    """A line by itself."""

    chars: float
    words: float
    word_chars: float
    ends_sentence: float
    ends_colon: float
    opens_quote: float
    opens_lower: float
    capitals: float
    capitalised: float
    figures: float
    commas: float
    address: float
    early_colon: float
    money: float
    exclaims: float
    asks: float
    in_brackets: float
    score: LexiconScore


# What stands for a paragraph, and for a line that a rule has judged, where they are only neighbours.
_PROSE = Own._make((300.0, 50.0, 5.0, 1.0, *[0.0] * 13, NO_SCORE))
_RULED = Own._make((30.0, 5.0, 5.0, 0.0, *[0.0] * 13, NO_SCORE._replace(mean=1.0)))
_OWN_NAMES = (*Own._fields[:-1], *(f"lexicon_{name}" for name in LexiconScore._fields))

_CONTEXT_NAMES = (
    "place", "place_from_end", "share_before", "lines", "prose_before", "prose_after", "to_prose_above",
    "to_prose_below", "block_lines", "blanks_above", "blanks_below", "repeats", "title_words", "prose_words",
    "rules_share", "prose_share", "mean_chars", "blank_share", "prose_lines", "like_neighbours", "like_lines",
    "block_rules", "block_lexicon", "block_words", "block_sentences", "block_distinct", "near_lexicon", "since_box",
)  # fmt: skip
_NEIGHBOUR_NAMES = ("chars", "capitalised", "lexicon")
_OFFSETS = (-2, -1, 1, 2)
_NOTHING_BESIDE = (-1.0,) * len(_NEIGHBOUR_NAMES)

#: The columns, in order: a forest must have been trained on the same ones.
FEATURES: tuple[str, ...] = (
    *_OWN_NAMES,
    *_CONTEXT_NAMES,
    *(f"{name}{offset:+d}" for offset in _OFFSETS for name in _NEIGHBOUR_NAMES),
)


class Describer:
    """Describes lines by themselves; short ones repeat from article to article and are remembered."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        self._lexicon = lexicon
        self._remembered = lru_cache(maxsize=_REMEMBERED_LINES)(partial(describe, lexicon=lexicon))

    def __call__(self, text: str) -> tuple[Own, list[str]]:
        """Describe a line; also give its words."""
        return self._remembered(text) if len(text) <= _SHORT_CHARS else describe(text, self._lexicon)


def describe(text: str, lexicon: Mapping[str, float]) -> tuple[Own, list[str]]:
    """Describe a line by itself; also give its words."""
    words = text.split(None, _MAX_WORDS)[:_MAX_WORDS]
    lowered = tokens(text)
    count = len(words)
    first, last = text[0], text[-1]
    spaces = text.count(" ") + 1
    initials = [word[0] for word in words]
    return (
        Own(
            chars=min(len(text), 600),
            words=min(spaces, 120),
            word_chars=len(text) / spaces,
            ends_sentence=ends_a_sentence(text),
            ends_colon=last == ":",
            opens_quote=first in _OPENING_QUOTES,
            opens_lower=first.islower(),
            capitals=len([word for word in words if word.isupper() and len(word) > 1]) / count,
            capitalised=len([initial for initial in initials if initial.isupper()]) / count,
            figures=len([initial for initial in initials if initial.isdigit()]) / count,
            commas=text.count(","),
            address="@" in text or "http" in text or "www." in text or ".com" in text,
            early_colon=":" in text[:30],
            money=not _MONEY.isdisjoint(text),
            exclaims="!" in text,
            asks="?" in text,
            in_brackets=first in "([" and last in ")].",
            score=score(lowered, lexicon),
        ),
        lowered,
    )


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
        self._describe = describer
        self._count = len(texts)
        self.prose = [verdict is None and is_prose(text) for text, verdict in zip(texts, verdicts, strict=True)]
        self._own: list[Own] = [_PROSE] * self._count
        self._words: list[list[str]] = [[]] * self._count
        for i, text in enumerate(texts):
            if verdicts[i] is not None:
                self._own[i] = _RULED
            elif not self.prose[i]:
                self._own[i], self._words[i] = describer(text)
        self._lay_out()

    def _lay_out(self) -> None:
        count, prose, texts = self._count, self.prose, self._texts
        self._lowered = [text.lower() for text in texts]
        self._lengths = [len(text) if is_one else 0 for text, is_one in zip(texts, prose, strict=True)]
        self._prose_chars = sum(self._lengths) or 1
        self._before = [0, *accumulate(self._lengths)]
        self._above = _distances(prose)
        self._below = _distances(prose[::-1])[::-1]
        self._box = _since_box(self._verdicts, prose)
        self._repeats = Counter(self._lowered)
        self._prose_text = "\n".join(text for text, is_one in zip(self._lowered, prose, strict=True) if is_one)
        self._shapes = ["" if is_one else _shape(text) for text, is_one in zip(texts, prose, strict=True)]
        self._like = Counter(self._shapes)
        self._rules_before = [0, *accumulate(verdict is not None for verdict in self._verdicts)]
        self._lexicon_before = [0.0, *accumulate(own.score.mean for own in self._own)]
        self._beside = [
            (min(len(text), 600), own.capitalised, own.score.mean) for text, own in zip(texts, self._own, strict=True)
        ]
        self._blocks = self._find_blocks()
        chars = sum(map(len, texts))
        blanks = sum(self._gaps)
        self._rules_share = self._rules_before[-1] / count
        self._prose_share = self._prose_chars / max(1, chars)
        self._mean_chars = chars / count
        self._blank_share = blanks / (blanks + count)
        self._prose_lines = min(sum(prose), 60)
        self._title = {word for word in tokens(texts[0]) if len(word) >= _LONG_WORD}

    def _find_blocks(self) -> list[tuple[float, ...]]:
        """Describe, for each line that is no prose, the unbroken run of such lines that it stands in."""
        blocks: list[tuple[float, ...]] = [(0.0,) * 5] * self._count
        start = 0
        while start < self._count:
            if self.prose[start]:
                start += 1
                continue
            end = start
            while end < self._count and not self.prose[end]:
                end += 1
            size = end - start
            own = self._own[start:end]
            block = (
                (self._rules_before[end] - self._rules_before[start]) / size,
                (self._lexicon_before[end] - self._lexicon_before[start]) / size,
                sum(line.words for line in own) / size,
                sum(line.ends_sentence for line in own) / size,
                len(set(self._texts[start:end])) / size,
            )
            blocks[start:end] = [block] * size
            start = end
        return blocks

    def is_inside(self, place: int) -> bool:
        """Tell whether a line has paragraphs before and after it."""
        before = self._before[place] / self._prose_chars
        after = 1 - before - self._lengths[place] / self._prose_chars
        return before > _INSIDE and after > _INSIDE

    def rows(self, chosen: Sequence[int]) -> list[list[float]]:
        """Give the features of the chosen lines, in the order of ``FEATURES``."""
        return [self._row(i) for i in chosen]

    def _row(self, i: int) -> list[float]:
        text, prose = self._texts[i], self.prose[i]
        if prose:
            self._own[i], self._words[i] = self._describe(text)
        own = self._own[i]
        content = [word for word in self._words[i] if len(word) >= _LONG_WORD][:_MAX_CONTENT_WORDS]
        share = 1.0 / len(content) if content else 0.0
        start, end = max(0, i - 5), min(self._count, i + 6)
        above, below = self._above[i], self._below[i]
        before, shape = self._before[i], self._shapes[i]
        row: list[float] = [
            *own[:-1],
            *own.score,
            min(i, 60),
            min(self._count - 1 - i, 60),
            i / self._count,
            min(self._count, 400),
            before / self._prose_chars,
            (self._prose_chars - before - self._lengths[i]) / self._prose_chars,
            above,
            below,
            0 if prose else above + below + 1,
            min(self._gaps[i], 3),
            min(self._gaps[i + 1], 3),
            min(self._repeats[self._lowered[i]], 5),
            share * len([word for word in content if word in self._title]),
            1.0 if prose else share * len([word for word in content if word in self._prose_text]),
            self._rules_share,
            self._prose_share,
            self._mean_chars,
            self._blank_share,
            self._prose_lines,
            self._shapes[max(0, i - 3) : i + 4].count(shape) - 1,
            self._like[shape] / self._count,
            *self._blocks[i],
            (self._lexicon_before[end] - self._lexicon_before[start]) / (end - start),
            self._box[i],
        ]
        for offset in _OFFSETS:
            other = i + offset
            row += self._beside[other] if 0 <= other < self._count else _NOTHING_BESIDE
        return row


def _distances(prose: Sequence[bool]) -> list[int]:
    """Count for each place the lines since the last prose above it."""
    found, since = [], _FAR
    for is_one in prose:
        found.append(since)
        since = 0 if is_one else min(since + 1, _FAR)
    return found


def _since_box(verdicts: Sequence[Verdict | None], prose: Sequence[bool]) -> list[int]:
    """Count for each place the lines since a rule found a box of related stories or tags, with no prose between."""
    found, since = [], _FAR
    for verdict, is_one in zip(verdicts, prose, strict=True):
        if verdict is not None and verdict.fate in (Fate.RELATED, Fate.TAGS):
            since = 0
        else:
            since = _FAR if is_one else min(since + 1, _FAR)
        found.append(since)
    return found


def _shape(text: str) -> str:
    """Sketch a line by how its first words begin and how it ends: lists and tables repeat such a sketch."""
    kinds = [
        "9" if w[0].isdigit() else "A" if w[0].isupper() else "a" if w[0].islower() else w[0]
        for w in text.split(None, 6)[:6]
    ]
    end = "." if ends_a_sentence(text) else "w" if text[-1].isalnum() else text[-1]
    return "".join([*kinds, end])
