r"""Web archives: ``.warc`` and ``.warc.gz``, as Common Crawl's CC-NEWS.

Each response, resource or conversion is a record; requests, revisits and what describes the archive are none.
The number of a record is the byte of the file at which it begins, or its gzip member, as in a CDX index: damage
before it does not change it. Lengths are not trusted: behind each record stands the next one or the end of
the file, or else the length was wrong and the next ``WARC/`` line is looked for.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from newsmill.readers.mapping import Fields
from newsmill.readers.pages import read_html, read_text
from newsmill.readers.responses import header_fields, media_type, page_in
from newsmill.readers.stream import MAX_RECORD, Stream
from newsmill.record import Known, Record, Source
from newsmill.rejection import Rejected, Skipped

_CHUNK = 256 * 2**10
_START_CHUNK = 16 * 2**10
# Records whose length was wrong, of which more make lengths count for little.
_MAX_LIES = 100
_MAX_HEADER = 256 * 2**10
_VERSION = b"WARC/"
# How a record begins, wherever on a line the bytes before it break off; and how long that may be.
_START = re.compile(rb"WARC/\d\.\d{1,2}\r?\n(?=WARC-|Content-)", re.IGNORECASE)
_START_BYTES = 32
_END = b"\r\n\r\n"
_ARTICLES = frozenset({"response", "resource", "conversion"})
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPE = "text/plain"


class _Entry(NamedTuple):
    """What stands at one place of the archive: header fields and the block behind them, or what is wrong."""

    position: int
    fields: dict[str, str]
    block: bytes | Rejected


def read_warc(stream: Stream, _fields: Fields) -> Iterator[Record]:
    """Read a web archive; behind a damaged part it goes on with the next record that can be found."""
    last = -1
    for entry in _entries(stream):
        content = _article(entry)
        if content is not None:
            last = max(stream.stored_at(entry.position), last + 1)  # several may stand in one gzip member
            yield Record(last, content)


def _article(entry: _Entry) -> Source | Rejected | None:
    """Make an article of an entry; None where the archive only speaks of itself."""
    kind, address = entry.fields.get("warc-type", "").lower(), entry.fields.get("warc-target-uri", "").strip("<>")
    is_article = kind in _ARTICLES and not address.startswith("dns:")
    if isinstance(entry.block, Rejected):
        return entry.block
    if not is_article:
        return None
    content_type = media_type(entry.fields.get("content-type", ""))
    block = page_in(entry.block) if kind == "response" else _archived_alone(content_type, entry.block)
    if isinstance(block, Skipped):
        return block
    if int(entry.fields["content-length"]) > MAX_RECORD:
        return _TOO_LARGE
    if entry.fields.get("warc-truncated", "length").lower() != "length":
        return Rejected("read", "truncated", "The crawler did not get all of the page: the archive says so.")
    if isinstance(block, Rejected):
        return block
    source = read_text(block) if kind != "response" and content_type == _TEXT_TYPE else read_html(block)
    return source if isinstance(source, Rejected) else source._replace(known=Known(url=address or None))


def _archived_alone(content_type: str, block: bytes) -> bytes | Skipped:
    """Give a block that was archived without the response that it came in, or that was made of a page."""
    if content_type in _PAGE_TYPES or content_type == _TEXT_TYPE:
        return block
    message = f"It is of type {content_type[:80]!r}: only HTML pages and their texts are read."
    return Skipped("read", "not_html", message)


def _entries(stream: Stream) -> Iterator[_Entry]:
    lies = 0
    while True:
        line = _next_line(stream)
        position = stream.tell() - len(line)
        if stream.damage is not None:
            yield _Entry(position, {}, stream.damage)
            stream.resume()
        elif not line:
            return
        elif line.startswith(_VERSION):
            entry = _entry(stream, position, line, may_lie=lies < _MAX_LIES)
            lies += isinstance(entry.block, Rejected)
            yield entry
        else:
            _find_start(stream)
            where = f"From byte {stream.stored_at(position):,} of the file on stands no record of a web archive."
            yield _Entry(position, {}, Rejected("read", "damaged", where))


def _next_line(stream: Stream) -> bytes:
    """Read on to a line that is not blank."""
    while (line := stream.line(_MAX_HEADER)) and not line.strip():
        pass
    return line


def _find_start(stream: Stream) -> None:
    """Go on to where the next record begins."""
    while line := stream.line(_MAX_HEADER):
        found = _START.search(line + stream.peek(_START_BYTES))
        if found and found.start() < len(line):
            stream.push_back(line[found.start() :])
            return


def _entry(stream: Stream, position: int, line: bytes, *, may_lie: bool) -> _Entry:
    """Take one record apart, whose first line is ``line``, and leave the stream where the next may begin."""
    head = line
    while len(head) < _MAX_HEADER and (line := stream.line(_MAX_HEADER)).strip():
        if line.startswith(_VERSION):
            stream.push_back(line)
            return _Entry(position, {}, _damaged(stream, position, "its header breaks off"))
        head += line
    fields = header_fields(head)
    length = fields.get("content-length", "")
    if not line.endswith(b"\n") and (stream.damage is not None or not stream.peek(1)):
        return _Entry(position, {}, _cut_off(stream, position))
    if line.strip() or not (length.isascii() and length.isdigit() and len(length) < 16):
        _find_start(stream)
        return _Entry(position, {}, _damaged(stream, position, "its header makes no sense"))
    return _Entry(position, fields, _block(stream, position, int(length), may_lie=may_lie))


def _block(stream: Stream, position: int, length: int, *, may_lie: bool) -> bytes | Rejected:
    """Read the block of a record and what ends it; of a longer one :data:`MAX_RECORD` bytes are given.

    A start of another record inside is told from one that the length runs into by what stands at the end, which
    is read on to. In an archive whose lengths are often wrong, ``not may_lie``, it is not.
    """
    parts: list[bytes] = []
    left, step, seen, found = length, MAX_RECORD if may_lie else _START_CHUNK, b"", None
    while left and not found and (part := stream.read(min(left, step))):
        if length - left < MAX_RECORD:
            parts.append(part)
        left -= len(part)
        seen = seen[-_START_BYTES:] + part
        found = _START.search(seen) if left else None
        step = _CHUNK if may_lie else _START_CHUNK
    if left and not found:
        return _cut_off(stream, position)
    if not left:
        tail = stream.read(len(_END))
        if tail == _END or _is_next(stream, tail):
            return b"".join(parts)
        seen += tail
        found = _START.search(seen)
    if found:
        stream.push_back(seen[found.start() :])
    else:
        stream.push_back(seen[-_START_BYTES:])
        _find_start(stream)
    return _damaged(stream, position, "its length is wrong")


def _is_next(stream: Stream, tail: bytes) -> bool:
    """Whether a record ends here although its ending is not to the letter: the next one, or nothing, follows."""
    rest = tail.lstrip(b"\r\n")
    stream.push_back(rest)
    if not rest or stream.peek(len(_VERSION)) == _VERSION:
        return True
    stream.read(len(rest))
    return False


def _cut_off(stream: Stream, position: int) -> Rejected:
    """Say why the stream has ended in the middle of a record, and go on behind what was wrong."""
    damage = stream.damage
    stream.resume()
    message = f"The record at byte {stream.stored_at(position):,} is cut off: the file ends at byte {stream.tell():,}."
    return damage or Rejected("read", "truncated", message)


def _damaged(stream: Stream, position: int, what: str) -> Rejected:
    return Rejected("read", "damaged", f"The record at byte {stream.stored_at(position):,} is damaged: {what}.")


_TOO_LARGE = Rejected("read", "too_large", f"The record has over {MAX_RECORD // 2**20} MiB: it is hardly one article.")
