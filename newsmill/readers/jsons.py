r"""JSON articles: one a line (``.jsonl``), or a list, one object or several in a row (``.json``).

The number of a record is that of its line, from 0, where lines hold one each, else its place in the list.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from newsmill.decode import decode
from newsmill.readers.mapping import Fields
from newsmill.readers.numbers import Numbers
from newsmill.readers.stream import MAX_RECORD, Stream, in_utf8
from newsmill.record import Record, Source
from newsmill.rejection import Rejected

_CHUNK = 64 * 2**10
_SPACE = b" \t\r\n"
_STRUCTURE = re.compile(rb'"|[{\[]++|[}\]]++')
_SEPARATED = re.compile(rb'"|,|[{\[]++|[}\]]++')
_IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
# Where an object that is no article keeps its articles.
_LISTS = ("articles", "items", "entries", "results", "docs", "documents", "records", "data", "stories", "news")
_TOO_LARGE = Rejected("read", "too_large", f"It has over {MAX_RECORD // 2**20} MiB: it is hardly one article.")


def read_json_lines(stream: Stream, fields: Fields) -> Iterator[Record]:
    r"""Read one JSON object a line.

    >>> from newsmill.readers.mapping import USUAL
    >>> lines = Stream.of(b'{"text": "One."}\n\n{"text": \n{"text": "Two."}\n')
    >>> for record in read_json_lines(lines, USUAL):
    ...     print(record.number, record.content[:2])
    0 ('One.', 'utf-8')
    2 ('read', 'malformed')
    3 ('Two.', 'utf-8')
    """
    stream = in_utf8(stream)
    if _first_byte(stream) == b"[":
        yield from _read_list(stream, fields)
    else:
        yield from _read_lines(stream, fields)


def read_json(stream: Stream, fields: Fields) -> Iterator[Record]:
    """Read a list of objects, one object, an object that holds a list of them, or one object a line.

    >>> from newsmill.readers.mapping import USUAL
    >>> [record.number for record in read_json(Stream.of(b'[{"text": "One."}, {"text": "Two."}]'), USUAL)]
    [0, 1]
    >>> [record.number for record in read_json(Stream.of(b'{"status": "ok", "articles": [{"text": "One."}]}'), USUAL)]
    [0]
    """
    stream = in_utf8(stream)
    if _first_byte(stream) == b"[":
        yield from _read_list(stream, fields)
    elif _holds_lines(stream):
        yield from _read_lines(stream, fields)
    else:
        yield from _read_object(stream, fields)


def _read_lines(stream: Stream, fields: Fields) -> Iterator[Record]:
    number = 0
    while line := stream.line(MAX_RECORD + 1):
        if not line.endswith(b"\n"):
            if stream.damage is not None:
                break
            if len(line) > MAX_RECORD:
                stream.skip_line()
                line = b""
                yield Record(number, _TOO_LARGE)
        if line.strip():
            yield Record(number, _article(line, fields))
        number += 1
    if stream.damage is not None:
        yield Record(number, stream.damage)


def _read_list(stream: Stream, fields: Fields) -> Iterator[Record]:
    number = 0
    for element in _elements(stream):
        yield Record(number, element if isinstance(element, Rejected) else _article(element, fields))
        number += 1
    if stream.damage is not None:
        yield Record(number, stream.damage)


def _read_object(stream: Stream, fields: Fields) -> Iterator[Record]:
    data = stream.read(MAX_RECORD + 1)
    if stream.damage is not None:
        yield Record(0, stream.damage)
        return
    if len(data) > MAX_RECORD:
        message = f"One object of over {MAX_RECORD // 2**20} MiB: if it holds a list of articles, save that alone."
        yield Record(0, Rejected("read", "too_large", message))
        return
    parsed = _parse(data)
    if isinstance(parsed, Rejected):
        yield Record(0, parsed)
        return
    found, encoding = parsed
    listed = _list_in(found)
    if listed is None:
        yield Record(0, _of_value(found, encoding, fields))
        return
    numbers = Numbers() if _is_feed(found) else None
    for place, item in enumerate(listed):
        identity = item.get("id") or item.get("url") if isinstance(item, dict) else None
        number = numbers.of_item(str(identity)) if numbers and identity else place
        yield Record(number, _of_value(item, encoding, fields))


def _first_byte(stream: Stream) -> bytes:
    return stream.peek(_CHUNK).lstrip(_SPACE)[:1]


def _holds_lines(stream: Stream) -> bool:
    """Tell one object a line from one object on many lines: the first line is whole, and more follow."""
    head = stream.peek(MAX_RECORD)
    first, _, rest = head.lstrip(_SPACE).partition(b"\n")
    return bool(rest.strip(_SPACE)) and not isinstance(_parse(first), Rejected)


def _list_in(found: Any) -> list[Any] | None:
    """Find the list of articles in an object that is none, as an API's answer or a JSON Feed is."""
    if not isinstance(found, dict):
        return None
    for holder in (found, found.get("response"), found.get("data")):
        if isinstance(holder, dict):
            for name in _LISTS:
                listed = holder.get(name)
                if isinstance(listed, list) and listed and all(isinstance(item, dict) for item in listed):
                    return listed
    return None


def _is_feed(found: Any) -> bool:
    return str(found.get("version", "")).startswith("https://jsonfeed.org/version/")


def _article(data: bytes, fields: Fields) -> Source | Rejected:
    parsed = _parse(data)
    return parsed if isinstance(parsed, Rejected) else _of_value(*parsed, fields)


def _of_value(value: Any, encoding: str, fields: Fields) -> Source | Rejected:
    if not isinstance(value, dict):
        return Rejected("read", "malformed", "It is no JSON object: an article's fields have names.")
    return fields.source(value, encoding)


def _parse(data: bytes) -> tuple[Any, str] | Rejected:
    decoded = decode(data)
    if isinstance(decoded, Rejected):
        return decoded
    try:
        return json.loads(decoded.text, parse_int=_number, parse_constant=_no_number), decoded.encoding
    except RecursionError:
        return Rejected("read", "malformed", "It nests its values too deep to be parsed.")
    except ValueError as error:
        return Rejected("read", "malformed", f"It is no JSON: {str(error)[:200]}.")


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


def _no_number(_name: str) -> None:
    """NaN and the infinities are no values of an article."""


def _elements(stream: Stream) -> Iterator[bytes | Rejected]:
    """Cut a JSON list into its elements, each unparsed."""
    parts: list[bytes] = []
    size = 0
    depth = 0
    in_string = escaped = False
    while chunk := stream.read(_CHUNK):
        start = at = 0
        while at < len(chunk):
            if in_string:
                at += escaped
                end = _IN_STRING.match(chunk, at).end()  # type: ignore[union-attr] # it matches nothing, too
                escaped = chunk[end : end + 1] == b"\\"
                in_string = chunk[end : end + 1] != b'"'
                at = end + 1
                continue
            found = (_SEPARATED if depth == 1 else _STRUCTURE).search(chunk, at)
            if found is None:
                break
            signs, at = found[0], found.end()
            if signs[0] in b'"':
                in_string, escaped = True, False
            elif signs[0] in b"{[":
                start = found.start() + 1 if depth == 0 else start
                depth += len(signs)
            elif depth > len(signs):
                depth -= len(signs)
            else:  # a comma of the list, or its end
                end = found.start() if signs == b"," else found.start() + depth - 1
                if size <= MAX_RECORD:
                    element = b"".join([*parts, chunk[start:end]])
                    if signs == b"," or element.strip():
                        yield element
                else:
                    yield _TOO_LARGE
                parts, size, start = [], 0, at
                if signs != b",":
                    yield from _behind(stream, chunk[end + 1 :])
                    return
        parts.append(chunk[start:])
        size += len(chunk) - start
        if size > MAX_RECORD:
            parts = []
    if stream.damage is None:
        yield Rejected("read", "truncated", f"The list has no end: the file is cut off at byte {stream.tell():,}.")


def _behind(stream: Stream, rest: bytes) -> Iterator[bytes]:
    """Give what stands behind the end of the list, where there should be nothing, as one element more."""
    rest = (rest + stream.read(_CHUNK)).strip()
    if rest:
        yield rest[:_CHUNK]
