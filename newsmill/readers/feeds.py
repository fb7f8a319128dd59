r"""RSS and Atom feeds saved as files: each item is an article, or a stub where the feed has but its summary.

Items are cut out of the feed and parsed one by one, without its document type: no entity of its own is known,
so that none expands, and an item that is no XML is lost alone. The number of a record is made of the item's
identifier: a feed that is fetched again has new items in front.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from html.entities import html5
from itertools import islice
from typing import NamedTuple
from xml.parsers import expat

from newsmill.decode import decode
from newsmill.markup import strip_markup
from newsmill.readers.mapping import MAX_AUTHORS, MAX_NAME, Fields, is_html
from newsmill.readers.numbers import NAMED, Numbers
from newsmill.readers.stream import MAX_RECORD, Stream, in_utf8
from newsmill.record import Known, Record, Source
from newsmill.rejection import Rejected

_CHUNK = 256 * 2**10
_HEAD = 64 * 2**10
_ITEM = rb"<((?:[\w.-]{1,40}:)?(?:item|entry))(?=[\s>/])"
_OPENING = re.compile(_ITEM)
_TOKEN_CHARS = 64
_MAX_DEPTH = 1_000
_ENTITY = re.compile(r"&([a-zA-Z][a-zA-Z0-9]{1,31};)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
# Characters that no XML may hold; decoding leaves no NUL.
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FEED_LANGUAGE = re.compile(rb"<language>\s*([a-zA-Z]{2}(?:[-_]\w{2,8})?)\s*</language>")
_MAIL_AND_NAME = re.compile(r"\S+@\S+ \((.+)\)")
_MAX_CHARS = 4_000

# Elements by the names that feeds give them, prefix and all; the first that says something is taken.
_CONTENT = (
    "content:encoded",
    "content",
    "atom:content",
    "body",
    "xhtml:body",
    "description",
    "summary",
    "atom:summary",
)
_TITLE = ("title", "atom:title", "dc:title")
_LINK = ("link", "atom:link", "feedburner:origLink")
_PUBLISHED = ("pubDate", "published", "atom:published", "dc:date", "dcterms:created", "updated", "atom:updated")
_AUTHORS = ("author/name", "atom:author/atom:name", "dc:creator", "author")
_IDENTITY = ("guid", "id", "atom:id")
_OUTLET = ("source/title", "source", "dc:publisher")
_SECTION = ("category", "dc:subject")
_LANGUAGE = ("dc:language",)


def read_feed(stream: Stream, _fields: Fields) -> Iterator[Record]:
    """Read the items of a feed.

    >>> from newsmill.readers.mapping import USUAL
    >>> feed = Stream.of(b"<rss><channel><item><title>Ferry runs</title><link>https://a.example/1</link>"
    ...                  b"<description>It runs again.</description></item></channel></rss>")
    >>> [(record.content.text, record.content.known.url) for record in read_feed(feed, USUAL)]
    [('It runs again.', 'https://a.example/1')]
    """
    stream = in_utf8(stream)
    head = stream.peek(_HEAD)
    if b"<!ENTITY" in head:
        message = "It declares entities of its own, which feeds have no use for: nothing of it was read."
        yield Record(0, Rejected("read", "hostile", message))
        return
    language = _FEED_LANGUAGE.search(head)
    numbers = Numbers()
    place = 0
    for raw in _Items(stream):
        item = _parse(raw) if isinstance(raw, bytes) else raw
        identity = None if isinstance(item, Rejected) else item.first(_IDENTITY) or item.link()
        named = identity or (f"{place}" if place >= NAMED else None)
        content = item if isinstance(item, Rejected) else item.source(language[1].decode() if language else None)
        yield Record(numbers.of_item(named) if named else place, content)
        place += 1
    if stream.damage is not None:
        yield Record(place, stream.damage)
    elif not place and not re.search(rb"<(?:rss|feed|rdf:RDF|channel)\b", head):
        yield Record(0, Rejected("read", "unsupported", "This XML is no RSS or Atom feed: no reader takes it."))


class _Items:
    """The items of a feed, cut out of it. One that does not end before the next begins goes as far as that."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._window = bytearray()
        # Whether what stands in <![CDATA[ … ]]> is no markup: until there is one without an end.
        self._heeds_sections = True

    def __iter__(self) -> Iterator[bytes | Rejected]:
        while True:
            opening = _OPENING.search(self._window)
            if opening is None:
                del self._window[:-_TOKEN_CHARS]
                if not self._more(_CHUNK):
                    return
                continue
            start, name = opening.start(), opening[1]
            del self._window[:start]
            end = self._find_end(name)
            if end is None:
                if self._stream.damage is None:
                    where = f"{self._stream.tell():,}"
                    yield Rejected("read", "truncated", f"The item has no end: the feed is cut off at byte {where}.")
                return
            if end > MAX_RECORD:
                yield Rejected("read", "too_large", f"The item has over {MAX_RECORD // 2**20} MiB.")
            else:
                yield bytes(self._window[:end])
            del self._window[:end]

    def _find_end(self, name: bytes) -> int | None:
        """Find where the item ends that the window begins with; None where it is cut off."""
        token = re.compile(rb"<!\[CDATA\[|</" + re.escape(name) + rb"\s*>|" + _ITEM)
        start = at = len(name) + 1
        while True:
            found = token.search(self._window, at)
            if found is None:
                at = max(at, len(self._window) - _TOKEN_CHARS)
            elif found[0] != b"<![CDATA[":
                return found.start() if found[1] else found.end()
            else:
                end = self._window.find(b"]]>", found.end()) if self._heeds_sections else found.end()
                if end >= 0:
                    at = end
                    continue
                at = found.start()
            if len(self._window) <= MAX_RECORD and self._more(len(self._window)):
                continue
            if found is None or not self._heeds_sections:
                return len(self._window) if len(self._window) > MAX_RECORD else None
            self._heeds_sections, at = False, start

    def _more(self, size: int) -> bool:
        more = self._stream.read(max(_CHUNK, size))
        self._window += more
        return bool(more)


class _Element(NamedTuple):
    """A child of an item: its text, or where it has elements inside, its markup."""

    attributes: dict[str, str]
    text: str
    is_markup: bool


class _Item:
    """One item's elements by name; those of its author and source by path."""

    def __init__(self) -> None:
        self._elements: defaultdict[str, list[_Element]] = defaultdict(list)

    def add(self, path: str, element: _Element) -> None:
        self._elements[path].append(element)

    def first(self, names: tuple[str, ...]) -> str | None:
        """Give the first text that one of the elements has."""
        return next(iter(self.all(names)), None)

    def all(self, names: tuple[str, ...]) -> list[str]:
        """Give the texts of the first name that has any."""
        for name in names:
            words = (strip_markup(element.text).strip()[:_MAX_CHARS] for element in self._elements[name])
            if said := [text for text in words if text]:
                return said
        return []

    def link(self) -> str | None:
        """Give the item's own address: not that of its comments or its pictures."""
        for name in _LINK:
            for element in self._elements[name]:
                address = (element.attributes.get("href") or element.text).strip()
                if address and element.attributes.get("rel", "alternate") == "alternate":
                    return address[:_MAX_CHARS]
        permanent = (e.text.strip() for e in self._elements["guid"] if e.attributes.get("isPermaLink") != "false")
        return next((text[:_MAX_CHARS] for text in permanent if text.startswith(("https://", "http://"))), None)

    def source(self, language: str | None) -> Source | Rejected:
        """Make an article of the item: of its content, or of its summary where that is all there is."""
        content = next(((n, e) for n in _CONTENT for e in self._elements[n] if e.text.strip()), None)
        if content is None:
            return Rejected("read", "no_text", "The item has neither content nor a summary.")
        name, element = content
        is_markup = (
            element.is_markup
            or element.attributes.get("type") in {"html", "text/html"}
            or (name == "content:encoded" and "<" in element.text)
            or is_html(element.text)
        )
        authors = (_MAIL_AND_NAME.fullmatch(author) or [None, author] for author in self.all(_AUTHORS))
        known = Known(
            url=self.link(),
            title=self.first(_TITLE),
            authors=tuple(str(author[1])[:MAX_NAME] for author in islice(authors, MAX_AUTHORS)),
            published=self.first(_PUBLISHED),
            outlet=self.first(_OUTLET),
            language=self.first(_LANGUAGE) or language,
            section=self.first(_SECTION),
        )
        return Source(element.text, "utf-8", is_markup, known)


def _parse(raw: bytes) -> _Item | Rejected:
    decoded = decode(raw)
    if isinstance(decoded, Rejected):
        return decoded
    item, builder = _Item(), expat.ParserCreate("utf-8")
    handlers = _Handlers(item)
    builder.buffer_text = True
    builder.StartElementHandler = handlers.start
    builder.EndElementHandler = handlers.end
    builder.CharacterDataHandler = handlers.text
    try:
        builder.Parse(_mended(decoded.text).encode(), True)
    except expat.ExpatError as error:
        return Rejected("read", "malformed", f"The item is no XML: {error}.")
    except _TooDeep:
        return Rejected("read", "malformed", f"The item nests over {_MAX_DEPTH:,} elements.")
    return item


def _mended(text: str) -> str:
    """Mend what feeds get wrong: HTML's entities, a bare ampersand, control characters."""
    outside, *sections = _CONTROL.sub("\ufffd", text).split("<![CDATA[")
    mended = [_known_entities(outside)]
    for section in sections:
        inside, end, outside = section.partition("]]>")
        mended += ("<![CDATA[", inside, end, _known_entities(outside))
    return "".join(mended)


def _known_entities(text: str) -> str:
    if "&" not in text:
        return text
    text = _ENTITY.sub(lambda m: m[0] if m[1] in _XML_ENTITIES else html5.get(m[1], m[0]), text)
    return _BARE_AMPERSAND.sub("&amp;", text)


class _TooDeep(Exception):  # noqa: N818 (it stops the parser)
    """An item has elements in elements in elements."""


class _Handlers:
    """Collects an item's elements while expat parses it. Depth 1 is the item, depth 2 its elements."""

    def __init__(self, item: _Item) -> None:
        self._item = item
        self._path: list[str] = []
        self._attributes: list[dict[str, str]] = []
        self._parts: list[str] = []  # of the element at depth 2
        self._inner: list[str] = []  # of the element at depth 3
        self._is_markup = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) == _MAX_DEPTH:
            raise _TooDeep
        self._path.append(name)
        self._attributes.append(attributes)
        match len(self._path):
            case 1:
                return
            case 2:
                self._parts, self._is_markup = [], False
                return
            case 3:
                self._inner = []
        if not self._is_markup:
            self._parts = [escape("".join(self._parts), quote=False)]
            self._is_markup = True
        written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        self._parts.append(f"<{name.rpartition(':')[2]}{written}>")

    def text(self, data: str) -> None:
        self._parts.append(escape(data, quote=False) if self._is_markup else data)
        if len(self._path) == 3:
            self._inner.append(data)

    def end(self, name: str) -> None:
        attributes = self._attributes.pop()
        match len(self._path):
            case 1:
                pass
            case 2:
                self._item.add(name, _Element(attributes, "".join(self._parts), self._is_markup))
            case depth:
                self._parts.append(f"</{name.rpartition(':')[2]}>")
                if depth == 3:
                    self._item.add("/".join(self._path[1:]), _Element(attributes, "".join(self._inner), False))
        self._path.pop()
