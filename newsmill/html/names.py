"""Names of authors as pages declare them: one field may hold several, with roles, agencies and handles."""

import re
from collections.abc import Iterable

from newsmill.vocabulary import Vocabulary

_MAX_CHARS = 100
_MAX_AUTHORS = 50
# After a comma, so many words are what somebody is and no name: 'Ann Hill, professor of law at the harbour school'.
_NAME_WORDS = 5
_ADDRESS = re.compile(r"https?://\S*|\S+@\S+\.\w+|www\.\S+|(?<!\w)@\w+")
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")
_SPLIT = re.compile(r"\s*[;|•·]\s*|\s+/\s+|\s*,\s+(?:and|und|et|y|e|en|og|och|i)\s+|\s+&\s+|\s*\n\s*")
_PLACEHOLDERS = frozenset(
    ["admin", "administrator", "none", "null", "undefined", "unknown", "anonymous", "n/a", "author", "editor"]
)
# Roles that stand behind the name in some languages.
_ROLE = re.compile(r"(?<=\w)\s*(?:기자|특파원|記者)$")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}")
_NAME_PART = re.compile(r"[^\W\d_]")


def read_names(texts: Iterable[str], words: Vocabulary) -> tuple[str, ...]:
    """Read who wrote an article from declared texts, each name once, in order.

    >>> words = Vocabulary.parse([{
    ...     "code": "en", "months": [], "weekdays": "", "by": ["by"], "and": ["and"],
    ...     "published": [], "updated": [], "filler": ""}], {})
    >>> read_names(["By Ann Hill and Tom O’Reilly, NPA", "Ann Hill", "https://courier.example/ann"], words)
    ('Ann Hill', 'Tom O’Reilly', 'NPA')
    """
    found: dict[str, str] = {}
    for text in texts:
        for name in _split(text, words):
            key = "".join(c for c in name.lower() if c.isalnum())
            if key and key not in _PLACEHOLDERS:
                found.setdefault(key, name)
    return tuple(found.values())[:_MAX_AUTHORS]


def _split(text: str, words: Vocabulary) -> list[str]:
    text = _ADDRESS.sub("", _ASIDE.sub("", text[: _MAX_CHARS * 20])).strip(" ,;:|–—-")
    names: list[str] = []
    for part in _SPLIT.split(text):
        names += _at_joins(_without_opener(part.strip(), words), words)
    return [name for name in (_ROLE.sub("", n.strip(" ,;:|–—-")) for n in names) if _is_name(name)]


def _without_opener(text: str, words: Vocabulary) -> str:
    lowered = text.lower()
    for opener in words.by:
        if lowered.startswith(opener) and text[len(opener) : len(opener) + 1] in (" ", ":", "\xa0"):
            return text[len(opener) :].strip(": \xa0")
    return text


def _at_joins(text: str, words: Vocabulary) -> list[str]:
    """Cut a list of names at commas and at words for 'and'; what is no list of names stays whole."""
    joins = "|".join(re.escape(join) for join in words.joins if len(join) > 1 and join.isalpha())
    parts = re.split(rf"\s+(?:{joins})\s+", text) if joins else [text]
    if any(" " not in part.strip() and not part.isupper() for part in parts):
        parts = [text]
    pieces = [part.split(", ") for part in parts]
    return [name for first, *more in pieces for name in (first, *filter(_may_be_name, more))]


def _may_be_name(text: str) -> bool:
    return text.count(" ") < _NAME_WORDS and not _DOMAIN.fullmatch(text)


def _is_name(name: str) -> bool:
    return 1 < len(name) <= _MAX_CHARS and _NAME_PART.search(name) is not None
