"""What a page shows only once its scripts have run: it lies in the data that the page hands to them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from newsmill.dates import Published
from newsmill.html.walk import outline
from newsmill.html.weight import is_sentence, weigh
from newsmill.moments import read_moment
from newsmill.vocabulary import Vocabulary

_MAX_CHARS = 5_000_000
_MAX_VALUES = 200_000
_MIN_PARAGRAPH = 80
_MIN_TEXT = 300
# Data in pieces, as a streaming framework writes it: the call's argument is JSON, and its text rows of JSON.
_PIECE = re.compile(r"\s*[\w.$()|=\[\] ]{0,80}\.push\((?P<piece>\[.*\])\)\s*;?\s*", re.DOTALL)
_LONG_ROW = re.compile(r"[0-9a-f]{1,6}:T(?P<bytes>[0-9a-f]{1,6}),")
# The names that data has for when an article appeared; the quotes are escaped where the data is a text in a script.
_DAY = re.compile(
    r"\"(?:(?:date|first|original)?_?[Pp]ublish(?:ed|ing|ation)?[_-]?(?:[Aa]t|[Dd]ate|[Dd]t|[Tt]ime|[Oo]n)?(?:_?[Tt]ime)?"
    r"|datePublished|pub_?[Dd]ate|(?:reg|deploy|service)Dt)\\{0,3}\"\s{0,3}:\s{0,3}\\{0,3}\"(\d{4}[-./]\d\d[-./]\d\d[^\"\\]{0,25})"
)
_MAX_DAYS = 1_000
_LITERAL = re.compile(r'"(?:[^"\\]|\\.){60,}+"')


def find_paragraphs(page: LexborHTMLParser) -> list[str]:
    """Find an article's paragraphs in the data that a page keeps for its scripts; none where it keeps no prose.

    >>> text = "The harbour has reopened after four days, the council said on Monday, and all ferries run again."
    >>> data = json.dumps({"story": {"html": f"<p>{text}</p>" * 4}, "menu": ["Home", "Sport"]})
    >>> page = LexborHTMLParser(f'<script id="data" type="application/json">{data}</script>')
    >>> find_paragraphs(page) == [text] * 4
    True
    """
    best: tuple[float, list[str]] = (_MIN_TEXT, [])
    plain: dict[str, None] = {}
    for text in _texts(page):
        if "</p>" in text or "<br" in text:
            seen = outline(LexborHTMLParser(text))
            mass = sum(weigh(row, seen.boxes[row.box]) for row in seen.rows)
            if mass > best[0]:
                best = (mass, [row.text for row in seen.rows if row.link_chars * 2 <= len(row.text)])
        elif len(text) >= _MIN_PARAGRAPH and "<" not in text and " " in text and is_sentence(text):
            plain[" ".join(text.split())] = None
    if sum(map(len, plain)) > best[0]:
        return list(plain)
    return best[1]


def find_published(page: LexborHTMLParser, words: Vocabulary) -> Published | None:
    """Find when the article appeared in the data for a page's scripts: None where that names more than one day.

    >>> words = Vocabulary.parse([], {})
    >>> data = '<script>load({"publishedAt": "2025-03-14T06:12:00Z"%s})</script>'
    >>> find_published(LexborHTMLParser(data % ""), words).at.isoformat()
    '2025-03-14T06:12:00+00:00'
    >>> find_published(LexborHTMLParser(data % ', "next": {"pubDate": "2025-03-15"}'), words) is None
    True
    """
    chars = 0
    values: dict[str, None] = {}
    for node in page.css("script"):
        script = node.text()
        chars += len(script)
        if chars > _MAX_CHARS or len(values) > _MAX_DAYS:
            return None
        values.update(dict.fromkeys(match[1] for match in _DAY.finditer(script)))
    found = [moment for value in values if (moment := read_moment(value, "dom", words)) is not None]
    return found[0] if len({moment.at.date() for moment in found}) == 1 else None


def _texts(page: LexborHTMLParser) -> Iterator[str]:
    """Go through every text in the data: the values of JSON, and what stands in a stream of pieces."""
    stream: list[str] = []
    chars = 0
    for node in page.css("script"):
        script = node.text()
        chars += len(script)
        if chars > _MAX_CHARS:
            break
        if script.lstrip()[:1] in "{[" and script.strip():
            yield from _values(_parse(script))
        elif match := _PIECE.fullmatch(script):
            stream += _values(_parse(match["piece"]))
    yield from _rows("".join(stream))


def _rows(stream: str) -> Iterator[str]:
    start = 0
    while match := _LONG_ROW.search(stream, start):
        size = int(match["bytes"], 16)
        data = stream[match.end() : match.end() + size].encode("utf-8", "replace")[:size]
        yield (text := data.decode("utf-8", "ignore"))
        start = match.end() + len(text)
    for match in _LITERAL.finditer(stream):
        value = _parse(match[0])
        if isinstance(value, str):
            yield value


def _values(value: Any) -> Iterator[str]:
    waiting = [value]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _parse(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
