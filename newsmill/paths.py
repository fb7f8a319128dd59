r"""File names as text that can stand in a table, and back.

A raw path is the file's path relative to RAW, with ``/``. Names on disk are bytes: what is not UTF-8
arrives from the operating system as lone surrogates, which no table can hold. Such a byte is written
``\xNN``, and a backslash is doubled, so that the stored path leads back to the one file it came from.
"""

import re

_ESCAPED = re.compile(r"\\(\\|x[0-9a-f]{2})")


def to_raw_path(path: str) -> str:
    r"""Escape an operating-system path (with surrogates for bytes that are not UTF-8).

    >>> to_raw_path("courier.example/caf\udce9.txt")
    'courier.example/caf\\xe9.txt'
    """
    if path.isascii() and "\\" not in path:
        return path
    escaped = path.replace("\\", "\\\\")
    return "".join(f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else c for c in escaped)


def from_raw_path(raw_path: str) -> str:
    r"""Give back the operating-system path of a raw path.

    >>> from_raw_path(to_raw_path("a\\b\udcff/c.txt")) == "a\\b\udcff/c.txt"
    True
    """
    return _ESCAPED.sub(lambda m: "\\" if m[1] == "\\" else chr(0xDC00 + int(m[1][1:], 16)), raw_path)


def is_readme(name: str) -> bool:
    """Whether a file tells of its folder, and is no article.

    >>> is_readme("README.md"), is_readme("readme-first.txt")
    (True, False)
    """
    return name.lower() in {"readme", "readme.md", "readme.txt"}
