"""Bytes to text: byte-order mark, NUL pattern, UTF-8, then a detector bound to a fixed list of codecs.

A document's own label never chooses the codec: labels lie, and some name codecs that smuggle markup.
"""

import codecs
import re
from typing import NamedTuple

import chardetng_py
import ftfy

from newsmill.rejection import Rejected

# What the detector may answer, by the names it uses; each a legacy codec of the web.
_LEGACY = frozenset(
    "windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 "
    "windows-1258 windows-874 iso-8859-2 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 koi8-u "
    "gbk gb18030 big5 euc-jp euc-kr shift_jis iso-2022-jp ibm866".split()
)
_PYTHON_NAMES = {
    "windows-874": "cp874",
    "ibm866": "cp866",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65_536
_MAX_DAMAGED = 0.05
# First characters of files that are not text at all, whatever the rest looks like.
_MAGIC = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-", b"\x7fELF", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0", b"MZ\x90", b"PAR1", b"SQLite format 3", b"RIFF", b"ID3", b"OggS",
)  # fmt: skip
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b\x1a\x1c\x1d\x1e\x1f\x00"))
# UTF-8 that was read as windows-1252 or MacRoman shows these pairs; ordinary text does not.
_MOJIBAKE_SIGNS = "\u00c3\u00c2\u00d0\u00d1\u00c4\u00c5\u00e2\u00e0\u00f0"
_MOJIBAKE = re.compile(
    "[\u00c3\u00c2\u00d0\u00d1\u00c4\u00c5][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u203a\u20ac\u2122]|\u00e2[\u0080\u20ac][\u0080-\u00bf\u0152\u0153\u02dc\u2013-\u203a\u2122\u0161\u017e]"
    "|\u00e0[\u00a4\u00a5\u00b8\u00b9]|\u00f0\u0178"
)


class Decoded(NamedTuple):
    """Text and the codec that gave it; ``'+ftfy'`` marks that mojibake was repaired."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded | Rejected:
    """Decode a raw file, or say why it is no text.

    >>> decode("“Café”".encode())
    Decoded(text='“Café”', encoding='utf-8')
    >>> decode("It’s a €5 note, the minister said.".encode("cp1252"))
    Decoded(text='It’s a €5 note, the minister said.', encoding='windows-1252')
    >>> decode("The cafÃ© was closed.".encode())
    Decoded(text='The café was closed.', encoding='utf-8+ftfy')
    >>> decode(b"").code
    'empty'
    """
    if data.startswith(_MAGIC):
        return Rejected("decode", "binary", "Not text: the file starts like an image, archive or program.")
    decoded = _by_mark(data) or _by_nul_pattern(data) or _by_utf8(data) or _by_detector(data)
    if isinstance(decoded, Rejected):
        return decoded
    text, encoding = decoded
    if not text.strip(" \t\r\n\f\x0b\x00\xa0\u200b\ufeff") or text.isspace():
        return Rejected("decode", "empty", "The file holds no text.")
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if _is_damaged(text):
        return Rejected("decode", "undecodable", "More than 5 % of the characters cannot be decoded.")
    if not text.isascii() and any(sign in text for sign in _MOJIBAKE_SIGNS) and _MOJIBAKE.search(text):
        repaired = ftfy.fix_encoding(text)
        if repaired != text:
            return Decoded(repaired, f"{encoding}+ftfy")
    return Decoded(text, encoding)


def _by_mark(data: bytes) -> Decoded | None:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(codec, "replace"), codec)
    return None


def _by_nul_pattern(data: bytes) -> Decoded | Rejected | None:
    """Recognise UTF-16 without a mark: every other byte of Western text is NUL, and only those."""
    sample = data[:_SAMPLE]
    nuls = sample.count(0)
    if not nuls:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(data) % 2 == 0:
        for ours, others, codec in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
            if ours > 0.3 * len(sample) / 2 and others * 20 < ours:
                return Decoded(data.decode(codec, "replace"), codec)
    if nuls * 50 > len(sample):
        return Rejected("decode", "binary", "Not text: the file is full of NUL bytes.")
    return None


def _by_utf8(data: bytes) -> Decoded | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Decoded(text, "utf-8")


def _by_detector(data: bytes) -> Decoded | Rejected:
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROL)) > 0.02 * len(sample):
        return Rejected("decode", "binary", "Not text: the file is full of control bytes.")
    lenient = data.decode("utf-8", "replace")
    if lenient.count("\ufffd") * 4 < sum(b >= 0xC2 for b in data[:_SAMPLE]) and not _is_damaged(lenient):
        return Decoded(lenient, "utf-8")  # UTF-8 with a damaged byte here and there, not another codec
    guess = chardetng_py.detect(sample).lower()
    if guess not in _LEGACY:
        guess = "windows-1252"
    return Decoded(data.decode(_PYTHON_NAMES.get(guess, guess), "replace"), guess)


def _is_damaged(text: str) -> bool:
    return text.count("\ufffd") > _MAX_DAMAGED * len(text)
