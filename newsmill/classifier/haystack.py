"""A text in which many short ones are looked for, most of them in vain."""

from collections.abc import Iterable, Sequence

import numpy as np

from newsmill.classifier.lexicon import AROUND_WORDS

_START = 4
_TABLE = 1 << 16
_FACTOR, _SHIFT = np.uint32(2_654_435_761), np.uint32(16)
# A longer text has nearly every start in it, and takes too long to be searched for thousands of words.
_MAX_BYTES = 100_000


class Haystack:
    """A text, and a table of all runs of four bytes in it: a text that starts otherwise is not searched for."""

    def __init__(self, text: str) -> None:
        self._text = text
        data = text.encode("utf-8", "surrogatepass")
        self._has_start = np.zeros(_TABLE, np.bool_)
        if len(data) > _MAX_BYTES:
            self._has_start[:] = True
        elif len(data) >= _START:
            runs = np.ndarray(len(data) - _START + 1, "<u4", data, strides=(1,))
            self._has_start[runs * _FACTOR >> _SHIFT] = True

    def find_words(self, words: Sequence[str]) -> list[bool]:
        """Tell of each word whether it stands in this text: as a part of another too, where the text is no book.

        >>> text = "The bridge was rebuilt. " * 5_000
        >>> Haystack(text[:24]).find_words(["bridge", "built"]), Haystack(text).find_words(["bridge", "built"])
        ([True, True], [True, False])
        """
        if len(self._text) <= _MAX_BYTES:
            return self.find(words)
        wanted = set(words)
        found: set[str] = set()
        for line in self._text.splitlines():
            found.update(wanted.intersection(_words(line)))
        return [word in found for word in words]

    def find(self, needles: Sequence[str]) -> list[bool]:
        """Tell of each text whether it stands in this one.

        >>> Haystack("The bridge was rebuilt.").find(["build", "built", "bridges", "was", "w?"])
        [False, True, False, True, False]
        """
        if not self._text:
            return [not needle for needle in needles]
        starts = [needle.encode("utf-8", "surrogatepass")[:_START] for needle in needles]
        marks = np.frombuffer(b"".join([start.ljust(_START) for start in starts]), "<u4")
        may_stand = self._has_start[marks * _FACTOR >> _SHIFT].tolist()
        return [
            (may or len(start) < _START) and needle in self._text
            for may, start, needle in zip(may_stand, starts, needles, strict=True)
        ]


def _words(text: str) -> Iterable[str]:
    return (word.strip(AROUND_WORDS) for word in text.split())
