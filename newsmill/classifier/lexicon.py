"""How much a word speaks for boilerplate: a table of words, pairs, first and last words, each with a weight."""

from collections.abc import Mapping
from itertools import pairwise, repeat
from typing import NamedTuple

#: What is taken off both ends of a word.
AROUND_WORDS = ".,:;!?\"“”‘’'()[]…|•·*–—-«»„#@<>/"
_MAX_CHARS = 220
_MAX_WORDS = 24


class LexiconScore(NamedTuple):
    """What the words of a line say of it: log odds, above 0 for boilerplate, each from -4 to 4."""

    mean: float
    highest: float
    lowest: float
    first: float
    last: float
    pairs: float
    total: float
    known: float


NO_SCORE = LexiconScore(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Lexicon:
    """Weights of words, of pairs (``sign up``), of first words (``^sign``) and of last words (``up$``)."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        # One object for each weight: tens of thousands would not stay in the processor's cache.
        one: dict[float, float] = {}
        self._words = {key: one.setdefault(weight, weight) for key, weight in weights.items() if " " not in key}
        self._pairs = {
            tuple(key.split(" ")): one.setdefault(weight, weight) for key, weight in weights.items() if " " in key
        }

    def score(self, words: list[str]) -> LexiconScore:
        """Look up the words of a line, each pair of neighbours, and how the line begins and ends.

        >>> Lexicon({"sign": 0.5, "sign up": 2.0}).score(["sign", "up"]).highest
        2.0
        """
        if not words:
            return NO_SCORE
        weight = self._words.get
        singles = [*map(weight, words, repeat(0.0))]
        pairs = [*map(self._pairs.get, pairwise(words), repeat(0.0))]
        every = singles + pairs
        weights = [*filter(None, every)]
        known = len(weights)
        if known < len(every):
            weights.append(0.0)
        mean, of_pairs = sum(singles) / len(singles), sum(pairs) / len(pairs) if pairs else 0.0
        first, last = weight(f"^{words[0]}", singles[0]), weight(f"{words[-1]}$", singles[-1])
        total = min(8.0, max(-8.0, sum(weights)))
        return LexiconScore(mean, max(weights), min(weights), first, last, of_pairs, total, known / len(every))


def tokens(text: str) -> list[str]:
    """Split the first 24 words off a line, in lower case and without punctuation around them.

    >>> tokens("“Sign up” – for our Newsletter!")
    ['sign', 'up', 'for', 'our', 'newsletter']
    """
    words = text[:_MAX_CHARS].lower().replace("’", "'").split(None, _MAX_WORDS)[:_MAX_WORDS]
    return [word for word in [word if word.isalnum() else word.strip(AROUND_WORDS) for word in words] if word]


def keys(text: str) -> set[str]:
    """Give every key that a line looks up: what a lexicon is counted from."""
    words = tokens(text)
    if not words:
        return set()
    return {*words, *(f"{a} {b}" for a, b in pairwise(words)), f"^{words[0]}", f"{words[-1]}$"}
