"""What a web server answered: an HTTP response, head and body, taken apart and unpacked in bounds."""

import re
import zlib
from collections.abc import Callable
from typing import NamedTuple

from newsmill.readers.packing import zstandard
from newsmill.readers.stream import MAX_RECORD
from newsmill.rejection import Rejected, Skipped

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?=[ \r\n])")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MAX_HEAD = 256 * 2**10
_SNIFF = re.compile(rb"[\s\xef\xbb\xbf]*<(?:!doctype html|!--|html|head|body|meta|title)\b", re.IGNORECASE)
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_TOO_LARGE = Rejected("read", "too_large", f"The page has over {MAX_RECORD // 2**20} MiB once it is unpacked.")


class Head(NamedTuple):
    """Status and header fields, names in lower case; the last of several fields of one name counts."""

    status: int
    fields: dict[str, str]


def page_in(response: bytes) -> bytes | Rejected:
    r"""Give the page in an HTTP response, or say why there is none; :class:`Skipped` where there should be none.

    >>> page_in(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>One.</p>")
    b'<p>One.</p>'
    >>> page_in(b"HTTP/1.1 404 Not Found\r\n\r\n").message
    'The server answered 404: there is no article.'
    """
    end = _HEAD_END.search(response, 0, _MAX_HEAD)
    status = _STATUS.match(response)
    if status is None or end is None:
        return Rejected("read", "malformed", "It is no HTTP response.")
    if status[1] != b"200":
        return Skipped("read", "http_status", f"The server answered {status[1].decode()}: there is no article.")
    fields = header_fields(response[: end.start()])
    kind = media_type(fields.get("content-type", ""))
    if kind and kind not in _PAGE_TYPES:
        return Skipped("read", "not_html", f"It is of type {kind[:80]!r}: only HTML pages are read.")
    body: bytes | Rejected = response[end.end() :]
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunk(response[end.end() :])
    for coding in reversed(fields.get("content-encoding", "").lower().split(",")):
        if isinstance(body, Rejected):
            break
        body = _decode(body, coding.strip())
    if not kind and isinstance(body, bytes) and not _SNIFF.match(body):
        return Skipped("read", "not_html", "Its type is not said and it does not look like HTML.")
    return body


def header_fields(head: bytes) -> dict[str, str]:
    r"""Read the header fields of HTTP, WARC and their kin.

    >>> header_fields(b"WARC/1.0\r\nWARC-Type: response\r\nX: a\r\n b\r\n")
    {'warc-type': 'response', 'x': 'a b'}
    """
    fields: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in {" ", "\t"} and name:
            fields[name] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            fields[name] = value.strip()
    return fields


def media_type(content_type: str) -> str:
    """Give the type without its parameters.

    >>> media_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    return content_type.partition(";")[0].strip().lower()


def _unchunk(body: bytes) -> bytes | Rejected:
    """Join the chunks of a body. Many archives keep the header and have joined them already: then it is left."""
    chunks: list[bytes] = []
    at = 0
    while (size := _CHUNK_SIZE.match(body, at)) is not None:
        start, length = size.end(), int(size[1], 16)
        chunk = body[start : start + length]
        if not length:
            return b"".join(chunks)
        if len(chunk) < length or body[start + length : start + length + 1] not in {b"\r", b"\n", b""}:
            break
        chunks.append(chunk)
        at = start + length + (2 if body.startswith(b"\r\n", start + length) else 1)
    if not at and not size:
        return body
    return Rejected("read", "damaged", f"The chunks of the response do not fit behind byte {at:,}.")


def _decode(body: bytes, coding: str) -> bytes | Rejected:
    """Undo one content coding. Many archives keep the header and have undone it already: then it is left."""
    unpack: Callable[[bytes], bytes]
    match coding:
        case "gzip" | "x-gzip":
            if not body.startswith(b"\x1f\x8b"):
                return body
            unpack = _inflate
        case "deflate":
            unpack = _inflate_either
        case "br":
            unpack = _brotli
        case "zstd":
            if not body.startswith(b"\x28\xb5\x2f\xfd"):
                return body
            unpack = _zstd
        case _:
            return body
    try:
        unpacked = unpack(body)
    except (zlib.error, ValueError):
        if coding in {"br", "deflate"} and _SNIFF.match(body):
            return body
        return Rejected("read", "damaged", f"The page cannot be unpacked: its bytes are not {coding}, or are damaged.")
    return _TOO_LARGE if len(unpacked) > MAX_RECORD else unpacked


def _inflate(body: bytes, wbits: int = 47) -> bytes:
    """Unpack gzip or zlib; a little more than the limit at most."""
    inflate = zlib.decompressobj(wbits)
    unpacked = inflate.decompress(body, MAX_RECORD + 1)
    if not inflate.eof and len(unpacked) <= MAX_RECORD:
        raise ValueError("cut off")
    return unpacked


def _inflate_either(body: bytes) -> bytes:
    """Unpack ``deflate``, by which some servers mean zlib's format and some the bare one."""
    try:
        return _inflate(body)
    except zlib.error:
        return _inflate(body, -15)


def _brotli(body: bytes) -> bytes:
    import brotli

    decompressor = brotli.Decompressor()
    try:
        unpacked: bytes = decompressor.process(body, output_buffer_limit=MAX_RECORD + 1)
    except brotli.error as error:
        raise ValueError("not brotli") from error
    if not decompressor.is_finished() and len(unpacked) <= MAX_RECORD:
        raise ValueError("cut off")
    return unpacked


def _zstd(body: bytes) -> bytes:
    packing = zstandard()
    decompressor = packing.decompressor()
    try:
        unpacked = decompressor.decompress(body, MAX_RECORD + 1)
    except packing.errors as error:
        raise ValueError("not zstd") from error
    if not decompressor.eof and len(unpacked) <= MAX_RECORD:
        raise ValueError("cut off")
    return unpacked
