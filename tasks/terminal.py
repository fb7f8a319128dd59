"""Text from outside, on its way to a terminal."""

# Where the characters begin that stand for the bytes of file names which are not UTF-8.
_BYTES = 0xDC00


def visible(text: str) -> str:
    r"""Show control characters instead of sending them to a terminal; tabs and line ends stay.

    >>> visible("a\x1b[31mb"), visible("caf\udce9")
    ('a\\x1b[31mb', 'caf\\xe9')
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\t\n" or c.isspace() else _escape(c) for c in text)


def _escape(character: str) -> str:
    """Write a control character, or a byte of a file name that is not UTF-8, as its number."""
    code = ord(character)
    return f"\\x{code - _BYTES if _BYTES < code < _BYTES + 0x100 else code:02x}"
