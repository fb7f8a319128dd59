"""Which field of a foreign record is what: the mapping that stands beside a table, a JSON or an NDJSON file."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

from newsmill.decode import decode
from newsmill.readers.stream import MAX_RECORD
from newsmill.record import Known, Source
from newsmill.rejection import Rejected

_T = TypeVar("_T")

#: A record as its file has it: field name to value.
Row: TypeAlias = Mapping[str, object]
# The fields of a record that have a usual name: part of an article to field names, likeliest first.
_Usual: TypeAlias = Mapping[str, Sequence[str]]

#: What each part of an article is usually called, likeliest first: in lower case, words joined by ``_``.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "body", "content", "article_body", "article_text", "body_text", "content_text", "full_text", "fulltext",
        "main_text", "maintext", "plain_text", "article", "story",
    ),
    "html": ("html", "body_html", "content_html", "html_content", "article_html", "raw_html", "page_html"),
    "title": ("title", "headline", "heading"),
    "deck": ("deck", "standfirst", "subtitle", "subheadline", "sub_headline", "subheading"),
    "url": (
        "url", "link", "web_url", "article_url", "source_url", "canonical_url", "permalink", "href", "external_url",
    ),
    "published": (
        "published", "date", "published_at", "date_published", "published_date", "publish_date", "date_publish",
        "publication_date", "pub_date", "pubdate", "datetime", "timestamp",
    ),
    "authors": ("authors", "author", "byline", "creator", "writer"),
    "outlet": (
        "outlet", "source", "publisher", "publication", "newspaper", "outlet_name", "source_name", "site_name", "site",
        "domain", "source_domain",
    ),
    "language": ("language", "lang", "language_code"),
    "section": ("section", "category", "section_name", "rubric"),
}  # fmt: skip

MAX_MAPPING = 65_536
_MAX_CHARS = 4_000
#: So many names, of so many characters, are read of what a record says of its authors.
MAX_AUTHORS = 100
MAX_NAME = 200
_SURROGATES = re.compile("[\ud800-\udfff]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_TAG = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|figure|blockquote|article|section|table|html|body)\b[^<>]{0,500}>", re.I
)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
# What stands for a thing of several fields, such as {"name": "Ann Lee", "id": 7}.
_NAMES = ("name", "title", "value", "text", "url")


@dataclass(frozen=True, slots=True)
class Fields:
    """The names that a mapping gives, before the usual ones: part of an article to field names.

    A name with dots leads into nested objects: ``text = "story.body"``.
    """

    given: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, toml: str) -> "Fields | Rejected":
        """Read a mapping file, or say what is wrong with it.

        >>> Fields.parse('text = "story.body"').given
        {'text': ('story.body',)}
        >>> Fields.parse('txet = "body"').message
        "The mapping beside it has the key 'txet': text, html, title, deck, url, published, authors, outlet, \
language and section are those that there are."
        """
        if len(toml) > MAX_MAPPING:
            return Rejected("read", "bad_mapping", f"The mapping beside it has over {MAX_MAPPING:,} characters.")
        try:
            table = tomllib.loads(toml)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return Rejected("read", "bad_mapping", f"The mapping beside it is no TOML: {str(error)[:200]}.")
        given = {}
        for key, names in table.items():
            if key not in USUAL_NAMES:
                *first, last = USUAL_NAMES
                there_are = f"{', '.join(first)} and {last} are those that there are."
                return Rejected("read", "bad_mapping", f"The mapping beside it has the key {key[:80]!r}: {there_are}")
            listed = names if isinstance(names, list) else [names]
            if not all(isinstance(name, str) for name in listed):
                message = f"The mapping beside it gives {key} something other than a field's name or a list of names."
                return Rejected("read", "bad_mapping", message)
            given[key] = tuple(listed)
        return cls(given)

    def missing(self, names: Iterable[str]) -> Rejected | None:
        """Say that no column of a table holds the text, before each of its rows does.

        >>> Fields({}).missing(["Headline", "Full Text"])
        >>> Fields({}).missing(["a", "b"]).code
        'no_text'
        """
        row = dict.fromkeys(names, "some text")
        usual = _usual(tuple(row))
        found = self._article("text", row, usual) or self._article("html", row, usual)
        return None if found else _no_text(row)

    def names(self, columns: Iterable[str]) -> list[str]:
        """Choose the columns of a table that say something of an article.

        >>> Fields({}).names(["Headline", "embedding", "body"])
        ['Headline', 'body']
        """
        usual = {name for part, names in USUAL_NAMES.items() if part not in self.given for name in names}
        given = {name for names in self.given.values() for name in names}
        given |= {name.partition(".")[0] for name in given}
        return [column for column in columns if column in given or _plain(column) in usual]

    def source(self, row: Row, encoding: str) -> Source | Rejected:
        """Make an article of a record; ``encoding`` is that of its file.

        >>> row = {"headline": "Ferry runs", "content": "It runs again.", "author": {"name": "Ann Lee"}, "id": 3}
        >>> source = Fields({}).source(row, "utf-8")
        >>> source.text, source.is_markup, source.known.title, source.known.authors
        ('It runs again.', False, 'Ferry runs', ('Ann Lee',))
        """
        usual = _usual(tuple(row))
        text = self._article("text", row, usual)
        html = self._article("html", row, usual) if text is None else None
        found = html if text is None else text
        if found is None:
            return _no_text(row)
        if len(found) > MAX_RECORD:
            limit = f"Its text has over {MAX_RECORD // 2**20} MiB: it is hardly one article."
            return Rejected("read", "too_large", limit)
        decoded = decode(found if isinstance(found, bytes) else mend(found).encode())
        if isinstance(decoded, Rejected):
            return decoded
        known = Known(
            url=self._first("url", row, usual, _word),
            title=self._first("title", row, usual, _word),
            deck=self._first("deck", row, usual, _word),
            authors=self._first("authors", row, usual, _words) or (),
            published=self._first("published", row, usual, _word),
            outlet=self._first("outlet", row, usual, _word),
            language=self._first("language", row, usual, _word),
            section=self._first("section", row, usual, _word),
        )
        is_markup = html is not None or is_html(decoded.text)
        if isinstance(found, str):  # decoded with its file
            mended = "+ftfy" if decoded.encoding.endswith("+ftfy") and not encoding.endswith("+ftfy") else ""
            decoded = decoded._replace(encoding=encoding + mended)
        return Source(decoded.text, decoded.encoding, is_markup, known)

    def _article(self, part: str, row: Row, usual: _Usual) -> str | bytes | None:
        for value in self._values(part, row, usual):
            if text := _text(value):
                return text
        return None

    def _first(self, part: str, row: Row, usual: _Usual, read: Callable[[object], _T | None]) -> _T | None:
        """Read the first of a part's fields that says something."""
        return next(filter(None, map(read, self._values(part, row, usual))), None)

    def _values(self, part: str, row: Row, usual: _Usual) -> Iterator[object]:
        if part in self.given:
            return (_at(row, name) for name in self.given[part])
        return (row[name] for name in usual.get(part, ()))


#: No mapping: the usual names.
USUAL = Fields({})


def mend(text: str) -> str:
    r"""Give text that any table can hold: lone surrogates and NULs become U+FFFD.

    >>> mend("\ud83d and \U0001f600") == "\ufffd and \U0001f600"
    True
    """
    text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def is_html(text: str) -> bool:
    """Tell markup from text in which a tag or two was left: it has block elements, several.

    >>> is_html("<p>One.</p><p>Two.</p>"), is_html("If a<b, then <p> is a tag.")
    (True, False)
    """
    found = _TAG.finditer(text)
    return next(found, None) is not None and next(found, None) is not None


def _no_text(row: Row) -> Rejected:
    names = ", ".join(sorted(str(name)[:40] for name in row)[:20])
    message = f"None of its fields ({mend(names)}) holds the text: name the one that does in a mapping beside the file."
    return Rejected("read", "no_text", message)


def _plain(name: str) -> str:
    return _NO_WORD.sub("_", _CAMEL.sub("_", name).lower()).strip("_")


@lru_cache(maxsize=4)  # the records of a file mostly have the same fields; those of one can be very many
def _usual(names: tuple[str, ...]) -> _Usual:
    """Find the fields with a usual name, however it is written; the first of those that differ in that alone."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(str(name)), name)
    return {part: [plain[one] for one in usual if one in plain] for part, usual in USUAL_NAMES.items()}


def _at(row: Row, name: str) -> object:
    """Give a field by its name, or by the dotted path to it."""
    if name in row:
        return row[name]
    value: object = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: object) -> str | bytes | None:
    """Read a field that holds an article: a text, or its paragraphs."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n\n".join(value)
    return value if isinstance(value, (str, bytes)) and value.strip() else None


def _word(value: object) -> str | None:
    """Read a field that holds one thing, be it a number or an object with a name."""
    if isinstance(value, Mapping):
        value = next((value[name] for name in _NAMES if isinstance(value.get(name), str)), None)
    elif isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, bytes):
        value = value[:_MAX_CHARS].decode("utf-8", "replace")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, int) and abs(value) >= 10**18:
        return None
    return mend(str(value)[:_MAX_CHARS]).strip() or None


def _words(value: object) -> tuple[str, ...] | None:
    """Read a field that holds several things: a list, or one text with ``;``, ``|`` or a list written out."""
    if isinstance(value, str):
        value = value[:_MAX_CHARS].strip()
        if value.startswith("[") and value.endswith("]"):
            value = [one or other for one, other in _QUOTED.findall(value)]
        else:
            value = re.split(r"[;|]", value)
    elif not isinstance(value, list):
        value = [value]
    words = (_word(one) for one in value[:MAX_AUTHORS])
    return tuple(word[:MAX_NAME] for word in words if word) or None
