"""Plain text that still holds markup: tags and entities that a scraper left in a line."""

import re

_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|&(?:[a-zA-Z]{2,8}|#\d{2,7}|#x[0-9a-fA-F]{2,6});")
_MAX_CHARS = 100_000


def strip_markup(line: str) -> str:
    """Give the words of a line without the tags and entities that a scraper left in it.

    >>> strip_markup("<p>The <b>mayor</b> of Harbour &amp; Hill spoke.</p>")
    'The mayor of Harbour & Hill spoke.'
    >>> strip_markup("If x < y and y > z, the law holds.")
    'If x < y and y > z, the law holds.'
    """
    if ("<" not in line and "&" not in line) or len(line) > _MAX_CHARS or not _MARKUP.search(line):
        return line
    from bs4 import BeautifulSoup  # takes a tenth of a second, and few lines need it

    return " ".join(BeautifulSoup(line, "html.parser").get_text().split())
