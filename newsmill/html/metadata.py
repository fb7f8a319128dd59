"""An article's fields as its page declares them: JSON-LD first, then meta elements, then the page itself."""

import re
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsmill.dates import Published, read_date_line
from newsmill.html.blocks import folded
from newsmill.html.names import read_names
from newsmill.html.structured import Declared, as_text
from newsmill.moments import read_moment, read_url_day, zoned
from newsmill.vocabulary import Vocabulary

# Meta elements by what they hold, the most telling first.
_METAS = {
    "title": "og:title parsely-title twitter:title dc.title dcterms.title title headline",
    "author": """
        articleauthor author article:author article:author_name parsely-author sailthru.author byl
        dc.creator dcterms.creator cxenseparse:author authors og:article:author creator dc.author
    """,
    "published": """
        article:published_time datepublished og:published_time og:article:published_time date
        parsely-pub-date cxenseparse:recs:publishtime dc.date.issued dcterms.issued dcterms.created
        dc.date.created article:published article_date_original publish-date publish_date published
        publication_date pubdate sailthru.date originalpublicationdate dc.date dcterms.date publishdate
        published_on published_at publishedat published-date date_published publication-date
        article:published_date ptime datecreated article.published date.created rnews:datepublished created
    """,
    "modified": """
        article:modified_time og:updated_time datemodified lastmod last-modified dcterms.modified
        dc.date.modified article.updated revision_date moddate lp.last-modified
    """,
    "site": "application-name dc.publisher publisher cre apple-mobile-web-app-title",
    "description": "og:description description twitter:description dc.description",
    "section": "article:section parsely-section section cxenseparse:category category",
    "tags": "article:tag news_keywords keywords parsely-tags sailthru.tags",
    "language": "og:locale content-language language dc.language inlanguage",
}
_NAMES = {field: tuple(names.split()) for field, names in _METAS.items()}
_URL = re.compile(r"https?://[^\s<>\"']{3,2000}")
_HOST = re.compile(r"https?://(?:www\.)?([^/:?#]{1,253})")
_TITLE_SEPARATORS = re.compile(r"\s+[|–—•·»-]\s+|\s*[|ㅣ｜│]\s*")
_WORD = re.compile(r"\w+")
_MAX_TEXT = 1_000
_MAX_TAGS = 100
_MAX_METAS = 2_000
_PAYWALLED_TIERS = frozenset(("locked", "metered", "paid", "premium", "subscriber", "registered"))


@dataclass(slots=True)
class Metadata:
    """An article's fields, as far as its page gives them; None and empty where it does not.

    ``authors`` are names only; ``anonymous`` is whether the outlet alone stands for them, so that a byline of the
    page says more. ``published.source`` is ``jsonld``, ``meta``, ``dom``, ``text`` or ``url``.
    ``paywalled`` is whether the page says that it is not free to read, None where it says nothing;
    ``live`` whether it calls itself a live blog. ``url`` is the canonical one.
    """

    title: str | None = None
    deck: str | None = None
    authors: tuple[str, ...] = ()
    anonymous: bool = False
    published: Published | None = None
    modified: Published | None = None
    url: str | None = None
    site: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    paywalled: bool | None = None
    live: bool = False


class Head:
    """What a page says of itself outside its text: its meta elements, links and JSON-LD, read once."""

    def __init__(self, page: LexborHTMLParser, words: Vocabulary) -> None:
        self.page = page
        self.words = words
        self.metas: dict[str, list[str]] = {}
        for meta in page.css("meta")[:_MAX_METAS]:
            attributes = meta.attributes
            content = attributes.get("content")
            if content and content.strip():
                for key in ("property", "name", "itemprop", "http-equiv"):
                    if name := attributes.get(key):
                        self.metas.setdefault(name.strip().lower(), []).append(as_text(content[: _MAX_TEXT * 4]))
                        break
        scripts = [node.text() for node in page.css('script[type="application/ld+json"]')]
        self.declared = Declared(scripts)

    def first(self, names: tuple[str, ...]) -> str | None:
        """Give the content of the first of these meta elements that the page has."""
        for name in names:
            for value in self.metas.get(name, ()):
                if value and not value.startswith(("{{", "[[")):
                    return value[:_MAX_TEXT]
        return None

    def descriptions(self) -> set[str]:
        """Give every description that the page has of its article."""
        declared = (self.declared.text("description"), self.declared.text("alternativeHeadline"))
        return {text for text in (*declared, *(self.first((name,)) for name in _NAMES["description"])) if text}

    def read(self) -> Metadata:
        """Read every field but those that stand in the page's text alone."""
        declared = self.declared
        url = self._url()
        authors = self._authors()
        return Metadata(
            title=self._title(),
            authors=authors,
            anonymous=all(map(self.is_outlet, authors)),
            published=self._published()
            or self._from_times()
            or (read_url_day(url) if url else None)
            or self._from_title(),
            modified=self._moment(declared.text("dateModified"), _NAMES["modified"]),
            url=url,
            site=self._site(),
            section=declared.text("articleSection") or self.first(_NAMES["section"]),
            tags=self._tags(),
            language=self._language(),
            paywalled=self._paywalled(),
            live="liveblogposting" in declared.kinds,
        )

    # -- title -----------------------------------------------------------------------------------------------

    @cached_property
    def headings(self) -> list[str]:
        """Give the texts of the first-level headings."""
        texts = (" ".join(node.text(separator=" ").split()) for node in self.page.css("h1")[:5])
        return [text for text in texts if 0 < len(text) <= _MAX_TEXT]

    def titles(self) -> list[str]:
        """Give every text that the page calls its title, and the headings that say the same.

        A page has headings of the first level for its menus and sections as well; where none of them is like a
        title, the first is the headline.
        """
        declared = [self.declared.text("headline"), *(self.first((name,)) for name in _NAMES["title"]), self._element()]
        titles = [self._without_site(title) for title in declared if title]
        words = {word for title in titles for word in _words(title)}
        headings = self.headings
        alike = [h for h in headings if 2 * sum(word in words for word in _words(h)) > len(_words(h))]
        return list(dict.fromkeys([*titles, *(alike or headings[:1])]))

    def _element(self) -> str:
        element = self.page.css_first("title")
        return as_text(element.text())[:_MAX_TEXT] if element is not None else ""

    def _title(self) -> str | None:
        """Choose the title: what JSON-LD says, unless meta elements and the headline agree on another."""
        declared = self.declared.text("headline")
        meta = self.first(_NAMES["title"])
        headings = self.headings
        whole = self._element()
        title = declared or meta or (headings[0] if len(headings) == 1 else None) or whole or None
        if headings and not (declared or meta):
            title = next((h for h in headings if folded(h) and folded(h) in folded(whole)), title)
        if title is None:
            return None
        shown = folded(self._without_site(meta or ""))
        if meta and shown != folded(title) and shown in map(folded, headings):
            title = meta
        for heading in headings:  # a title cut short, or with the outlet's name after it
            if title != heading and len(heading) > 15 and _is_decorated(title, heading):
                return heading[:_MAX_TEXT]
        return self._without_site(title)[:_MAX_TEXT]

    def _without_site(self, title: str) -> str:
        """Take the outlet's name off a title's end: 'Harbour reopens | The Courier'."""
        names = {folded(name) for name in (self._site(), *self.metas.get("og:site_name", ())) if name}
        parts = list(_TITLE_SEPARATORS.finditer(title))
        if parts and len(title[: parts[-1].start()]) > 10:
            tail = folded(title[parts[-1].end() :])
            if tail and any(tail == name or tail in name or name in tail for name in names if name):
                return title[: parts[-1].start()]
        return title

    # -- people ----------------------------------------------------------------------------------------------

    def _authors(self) -> tuple[str, ...]:
        """Read the authors: JSON-LD's, unless they are the outlet alone and a meta element says more."""
        names = self.declared.names("author") or self.declared.names("creator")
        declared = read_names([name for name, _ in names], self.words)
        if any("organization" not in kind for _, kind in names) and not all(map(self.is_outlet, declared)):
            return declared
        for key in _NAMES["author"]:
            values = [value for value in self.metas.get(key, ()) if value and not _URL.match(value)]
            found = read_names(values, self.words)
            people = tuple(name for name in found if not self.is_outlet(name))
            if people or (found and not declared):
                return people or found
        return declared

    def is_outlet(self, name: str) -> bool:
        """Tell whether a name is one that the outlet goes by."""
        return not self._outlet.isdisjoint(_short_and_long(name))

    @cached_property
    def _outlet(self) -> frozenset[str]:
        """What the outlet goes by: the name of its site or publisher, its domain, and their short forms."""
        names = [self._site(), *(name for name, _ in self.declared.names("publisher"))]
        host = _HOST.match(self._url() or "")
        if host:
            names += [host[1], host[1].partition(".")[0]]
        return frozenset(known for name in names if name for known in _short_and_long(name))

    def _site(self) -> str | None:
        names = self.declared.names("publisher")
        site = self.first(("og:site_name",)) or (names[0][0] if names else None) or self.first(_NAMES["site"])
        return None if site is None or _URL.match(site) else site[:200]

    # -- dates -----------------------------------------------------------------------------------------------

    def _published(self) -> Published | None:
        return self._moment(
            self.declared.text("datePublished") or self.declared.text("dateCreated", "uploadDate"),
            _NAMES["published"],
        )

    def _moment(self, declared: str | None, metas: tuple[str, ...]) -> Published | None:
        """Read a date: JSON-LD's, unless a meta element gives the same clock with the zone that it lacks."""
        found = read_moment(declared, "jsonld", self.words) if declared else None
        if found is not None and (found.precision == "day" or not zoned(declared or "")):
            for name in metas:
                for value in self.metas.get(name, ()):
                    if zoned(value) and (value[:16].replace(" ", "T") == (declared or "")[:16].replace(" ", "T")):
                        return read_moment(value, "meta", self.words) or found
        if found is not None:
            return found
        for name in metas:
            for value in self.metas.get(name, ()):
                if (read := read_moment(value, "meta", self.words)) is not None:
                    return read
        return None

    def _from_times(self) -> Published | None:
        """Read the time element that is marked as the date of publication, else the first of the page."""
        times = self.page.css("time[datetime], [itemprop=datePublished]")[:50]
        marked = [
            node for node in times if node.attributes.get("itemprop") == "datePublished" or "pubdate" in node.attributes
        ]
        named = [node for node in times if "publish" in (node.attributes.get("class") or "").lower()]
        for node in (*marked, *named, *(node for node in times[:1] if not self._tells_update(node))):
            attributes = node.attributes
            text = attributes.get("datetime") or attributes.get("content") or node.text()
            if text and (read := read_moment(" ".join(text.split()), "dom", self.words)) is not None:
                return read
        return None

    def _from_title(self) -> Published | None:
        """Read the date that the page's title ends with: 'Harbour reopens | The Courier | 14.03.2025'."""
        _, separator, end = self._element().rpartition("|")
        line = read_date_line(end.strip(), self.words) if separator else None
        return line.published._replace(source="dom") if line is not None and line.published else None

    def _tells_update(self, node: LexborNode) -> bool:
        around = node.parent
        said = f"{node.attributes.get('class')} {around.text()[:200] if around is not None else ''}".lower()
        return "updat" in said or "modif" in said or any(phrase in said for phrase in self.words.updated)

    # -- the rest --------------------------------------------------------------------------------------------

    def _url(self) -> str | None:
        link = self.page.css_first('link[rel="canonical"]')
        found = (link.attributes.get("href") if link is not None else None) or ""
        address = self.first(("og:url", "twitter:url"))
        for url in (found, address, self.declared.text("url", "mainEntityOfPage")):
            if url and _URL.fullmatch(url.strip()):
                return url.strip()
        return None

    def _tags(self) -> tuple[str, ...]:
        found = self.declared.texts("keywords")
        if not found:
            for name in _NAMES["tags"]:
                found = [tag.strip() for value in self.metas.get(name, ()) for tag in value.split(",")]
                if found:
                    break
        return tuple(dict.fromkeys(tag[:200] for tag in found if tag))[:_MAX_TAGS]

    def _language(self) -> str | None:
        root = self.page.css_first("html")
        element = root.attributes.get("lang") if root is not None else None
        for value in (element, self.declared.text("inLanguage"), self.first(_NAMES["language"])):
            code = re.match(r"[a-zA-Z]{2}(?![a-zA-Z])", (value or "").strip())
            if code:
                return code[0].lower()
        return None

    def _paywalled(self) -> bool | None:
        for article in self.declared.articles:
            free = article.get("isAccessibleForFree")
            if free is not None:
                return str(free).rpartition("/")[2].lower() in {"false", "no", "0"}
        tier = self.first(("article:content_tier", "content_tier", "article.content_tier"))
        return tier.lower() in _PAYWALLED_TIERS if tier else None


def _short_and_long(name: str) -> set[str]:
    """Give a name as it is and by its initials: what an outlet goes by."""
    initials = [word[0] for word in _words(name)]
    return {folded(name), "".join(initials)} if len(initials) > 1 else {folded(name)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("\xad", ""))


def _is_decorated(title: str, heading: str) -> bool:
    """Tell whether a title is a heading of the page with something after it, or a heading cut short."""
    whole, inner = folded(title), folded(heading)
    if whole.startswith(inner) and len(whole) > len(inner):
        rest = title[len(heading) :].lstrip()
        return rest[:1] in "|–—-•·»:"
    cut = title.rstrip(" .…")
    return title.endswith(("…", "...")) and inner.startswith(folded(cut))
