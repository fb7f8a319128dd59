"""What a page declares of itself in JSON-LD: the one object that is the article, as plain values."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

_Object: TypeAlias = dict[str, Any]

_ARTICLE_TYPES = frozenset(
    [
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "backgroundnewsarticle",
        "reviewnewsarticle",
        "askpublicnewsarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "scholarlyarticle",
        "techarticle",
        "blogposting",
        "liveblogposting",
        "socialmediaposting",
        "report",
        "review",
        "criticreview",
        "medicalscholarlyarticle",
    ]
)
_PAGE_TYPES = frozenset(["webpage", "itempage", "collectionpage", "medicalwebpage"])
_MAX_CHARS = 2_000_000
_MAX_OBJECTS = 5_000
_WRAPPERS = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
_LAST_COMMA = re.compile(r",(\s*[}\]])")
_BREAK = re.compile(r"</?(?:p|div|br|li|h[1-6]|blockquote)\b[^<>]{0,300}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_TAG = re.compile(r"<[^<>]{1,300}>")


class Declared:
    """A page's JSON-LD: ``article`` is the object that describes the article, ``page`` the one of the page.

    >>> declared = Declared(['{"@graph": [{"@id": "#p", "name": "Ann Hill"}, {"@type": "NewsArticle", '
    ...                      '"headline": "Ships &amp; sails", "author": {"@id": "#p"}}]}'])
    >>> declared.text("headline"), declared.names("author")
    ('Ships & sails', [('Ann Hill', '')])
    >>> Declared(["{broken", "[" * 100_000]).article
    {}
    """

    def __init__(self, scripts: Iterable[str]) -> None:
        objects = [found for script in scripts for found in _objects(script)]
        self._by_id = {o["@id"]: o for o in objects if isinstance(o.get("@id"), str) and len(o) > 1}
        articles = [o for o in objects if types_of(o) & _ARTICLE_TYPES and ("headline" in o or "datePublished" in o)]
        self.articles = articles
        self.article: _Object = max(articles, key=_richness, default={})
        self.page: _Object = next((o for o in objects if types_of(o) & _PAGE_TYPES), {})
        self.kinds = frozenset(kind for o in articles for kind in types_of(o))

    def text(self, *keys: str) -> str | None:
        """Give the first value that is text, without markup and with white space folded."""
        for source in (self.article, *self.articles):
            for key in keys:
                value = source.get(key)
                if isinstance(value, list) and value:
                    value = value[0]
                if isinstance(value, str) and (plain := as_text(value)):
                    return plain
        return None

    def paragraphs(self, key: str) -> list[str]:
        """Give a long text's paragraphs: the longest text under that key that any article object has."""
        whole = max((v for o in self.articles if isinstance(v := o.get(key), str)), key=len, default="")
        if "&" in whole:
            whole = html.unescape(whole)
        if "<" in whole:
            whole = _TAG.sub("", _BREAK.sub("\n", whole))
        return [text for line in whole.splitlines() if (text := " ".join(line.split()))]

    def names(self, key: str) -> list[tuple[str, str]]:
        """Give the names of the people or organisations under a key, each with its type in small letters."""
        found: list[tuple[str, str]] = []
        for source in (self.article, *self.articles):
            for given in _as_list(source.get(key)):
                value = given
                if isinstance(value, dict) and not value.get("name"):
                    value = self._by_id.get(str(value.get("@id")), value)
                if isinstance(value, str):
                    found.append((as_text(value), ""))
                elif isinstance(value, dict):
                    kind = next(iter(types_of(value)), "")
                    found += [(as_text(n), kind) for n in _as_list(_name_of(value)) if isinstance(n, str)]
            found = [(name, kind) for name, kind in found if name]
            if found:
                break
        return found

    def texts(self, key: str) -> list[str]:
        """Give all texts under a key: a list's, or those that commas separate."""
        found: list[str] = []
        for value in _as_list(self.article.get(key)):
            if isinstance(value, str):
                found += value.split(",") if isinstance(self.article.get(key), str) else [value]
            elif isinstance(value, dict) and isinstance(value.get("name"), str):
                found.append(value["name"])
        return [plain for value in found if (plain := as_text(value))]


def types_of(value: _Object) -> frozenset[str]:
    """Give an object's types in small letters, without their vocabulary."""
    return frozenset(kind.rpartition("/")[2].lower() for kind in _as_list(value.get("@type")) if isinstance(kind, str))


def _name_of(value: _Object) -> Any:
    """Give an object's name, or the two that a person's is made of."""
    parts = (value.get("givenName"), value.get("familyName"))
    return value.get("name") or " ".join(part for part in parts if isinstance(part, str))


def as_text(value: str) -> str:
    r"""Undo what templates do to text in JSON-LD: entities, tags, white space.

    >>> as_text(" Harbour &#8216;<i>closed</i>&#8217;\n for good ")
    'Harbour ‘closed’ for good'
    """
    if "&" in value:
        value = html.unescape(value)
        if "&" in value:  # escaped twice: by the editor and by the template
            value = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
    if "<" in value:
        value = _TAG.sub("", value)
    return " ".join(value.split())


def _objects(script: str) -> Iterator[_Object]:
    parsed = _parse(script)
    waiting: list[Any] = [parsed]
    seen = 0
    while waiting and seen < _MAX_OBJECTS:
        value = waiting.pop(0)
        seen += 1
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            yield value
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "author", "hasPart"):
                if isinstance(value.get(key), list | dict):
                    waiting.append(value[key])


def _parse(script: str) -> Any:
    """Parse JSON as pages write it: raw line breaks, comments around it, a comma too many."""
    if len(script) > _MAX_CHARS:
        return None
    for text in (script, _LAST_COMMA.sub(r"\1", _WRAPPERS.sub("", _WRAPPERS.sub("", script)))):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _richness(article: _Object) -> tuple[bool, bool, int]:
    return (
        "headline" in article,
        "datePublished" in article,
        -1 if "liveblogposting" in types_of(article) else 0,
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
