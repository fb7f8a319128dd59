"""Text to lines whose spans, laid end to end, are the text again."""

from itertools import accumulate
from typing import NamedTuple

#: A text of more lines is a table or a log, not one article: each costs time and memory, however short it is.
MAX_LINES = 200_000
#: No article is longer, comments and boilerplate included: a long read has a tenth of it, a live blog a third.
MAX_CHARS = 1_000_000
# What str.splitlines splits at.
_ENDINGS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_INVISIBLE = "\u200b\u2060\ufeff\u00ad"
_INVISIBLE_OR_SPACE = f"{_INVISIBLE} \t\r\n\xa0"


class Line(NamedTuple):
    """One line of a decoded text.

    ``start`` and ``end`` are character offsets into that text and include the line's own ending, so
    that the spans of all lines cover it without a gap. ``text`` is what stands between them, without
    white space or invisible characters at either end: what rules match and what a body is built from.
    """

    start: int
    end: int
    text: str


def has_too_many_lines(text: str) -> bool:
    r"""Tell whether a text has more than :data:`MAX_LINES` lines, blank ones too.

    >>> has_too_many_lines("It rained.\r\n" * 200_000), has_too_many_lines("\u2028" * 200_001)
    (False, True)
    """
    return len(text) > MAX_LINES and sum(map(text.count, _ENDINGS)) - text.count("\r\n") > MAX_LINES


def split_lines(text: str) -> list[Line]:
    r"""Split a text at every kind of line ending that news files hold (those of ``str.splitlines``).

    >>> split_lines("Title\r\n\r\n Body.")
    [Line(start=0, end=7, text='Title'), Line(start=7, end=9, text=''), Line(start=9, end=15, text='Body.')]
    >>> split_lines("")
    []
    """
    spans = text.splitlines(keepends=True)
    ends = [*accumulate(map(len, spans))]
    texts = [*map(str.strip, spans)]
    if any(map(text.__contains__, _INVISIBLE)):
        texts = [*map(_strip_invisible, texts)]
    return [*map(Line._make, zip([0, *ends], ends, texts, strict=False))]


def _strip_invisible(text: str) -> str:
    r"""Strip a line that begins or ends with an invisible character.

    >>> _strip_invisible("\ufeffTitle \u200b"), _strip_invisible("\u200b\u3000\u200b")
    ('Title', '')
    """
    if text and (text[0] in _INVISIBLE or text[-1] in _INVISIBLE):
        text = text.strip(_INVISIBLE_OR_SPACE)
    return "" if text.isspace() else text
