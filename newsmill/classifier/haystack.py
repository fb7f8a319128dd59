"""A text in which many short ones are looked for, most of them in vain."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from newsmill.classifier.lexicon import AROUND_WORDS

_RUN = 4
_TABLE = 1 << 16
_FACTOR, _SHIFT = np.uint32(2_654_435_761), np.uint32(16)
# A longer text has nearly every start in it, and takes too long to be searched for thousands of words.
_MAX_BYTES = 100_000


class Haystack:
    """A text, and a table of all runs of four bytes in it: a text with others at its ends is not searched for."""

    def __init__(self, text: str) -> None:
        self._text = text
        data = text.encode("utf-8", "surrogatepass")
        self._has_run = np.zeros(_TABLE, np.bool_)
        if len(data) > _MAX_BYTES:
            self._has_run[:] = True
        elif len(data) >= _RUN:
            self._has_run[_places(np.ndarray(len(data) - _RUN + 1, "<u4", data, strides=(1,)))] = True

    def find_words(self, words: Sequence[str]) -> list[bool]:
        """Tell of each word whether it stands in this text: as a part of another too, where the text is no book.

        >>> text = "The bridge was rebuilt. " * 5_000
        >>> Haystack(text[:24]).find_words(["bridge", "built"]), Haystack(text).find_words(["bridge", "built"])
        ([True, True], [True, False])
        """
        if len(self._text) <= _MAX_BYTES:
            return self._find(words, _starts(words))
        wanted = set(words)
        found: set[str] = set()
        for line in self._text.splitlines():
            found.update(wanted.intersection(_words(line)))
        return [word in found for word in words]

    def find(self, needles: tuple[str, ...]) -> list[bool]:
        """Tell of each text whether it stands in this one; the same texts are looked for in one after the other.

        >>> Haystack("The bridge was rebuilt.").find(("build", "built", "bridges", "was", "w?"))
        [False, True, False, True, False]
        """
        starts, ends = _starts_and_ends(needles)
        return self._find(needles, starts, ends)

    def _find(self, needles: Sequence[str], *runs: NDArray[np.intp]) -> list[bool]:
        may_stand = np.logical_and.reduce([self._has_run[places] for places in runs]).tolist()
        return [
            (may or len(needle) < _RUN) and needle in self._text for may, needle in zip(may_stand, needles, strict=True)
        ]


def _starts(needles: Sequence[str]) -> NDArray[np.intp]:
    """Give where in the table the start of each text is; one of less than four characters is not looked up there."""
    starts = [needle[:_RUN].encode("utf-8", "surrogatepass")[:_RUN].ljust(_RUN) for needle in needles]
    return _places(np.frombuffer(b"".join(starts), "<u4"))


@lru_cache(maxsize=8)
def _starts_and_ends(needles: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    ends = [needle[-_RUN:].encode("utf-8", "surrogatepass")[-_RUN:].ljust(_RUN) for needle in needles]
    return _starts(needles), _places(np.frombuffer(b"".join(ends), "<u4"))


def _places(runs: NDArray[np.uint32]) -> NDArray[np.intp]:
    return (runs * _FACTOR >> _SHIFT).astype(np.intp)


def _words(text: str) -> Iterable[str]:
    return (word.strip(AROUND_WORDS) for word in text.split())
