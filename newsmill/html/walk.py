"""One walk over a parsed page: its visible text as rows, its elements as boxes."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsmill.html.blocks import Box, Context, Outline, Row
from newsmill.html.cues import FURNITURE, ROLES, TAGS, Cue, read_name
from newsmill.html.selectors import MARK

_UNSEEN = """
    script style noscript template iframe head svg object embed canvas video audio math map noembed noframes
    datalist title meta link base param source track area col colgroup
"""
_INLINE = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd mark nobr q rp rt ruby s samp
    small span strike strong sub sup time tt u var wbr picture -comment
"""
_KINDS = {**dict.fromkeys(_UNSEEN.split(), "unseen"), **dict.fromkeys(_INLINE.split(), "inline")}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTEXT = {
    **dict.fromkeys(("ul", "ol", "dl", "li"), Context.LIST),
    **dict.fromkeys(_HEADINGS, Context.HEADING),
    "table": Context.TABLE,
    "figure": Context.FIGURE,
    "blockquote": Context.QUOTE,
    "p": Context.PARAGRAPH,
}
# Elements whose class names say what kind of page it is, not what the box is.
_NAMELESS = frozenset(("html", "body", "main"))
# Kinds of furniture that as a span are a part of the sentence around them.
_IN_SENTENCES = frozenset(("byline", "support", "box", "tags", "related", "navigation"))
_HIDING = ("display:none", "display: none", "visibility:hidden", "visibility: hidden")
_NO_CUE = Cue(None, article=False, deck=False)


def outline(page: LexborHTMLParser, *, marked: bool = False) -> Outline:
    """Lay a page out: every visible text in document order, none of it dropped whatever the depth.

    ``marked`` is whether the page carries the marks of ``newsmill.html.selectors``.

    >>> rows = outline(LexborHTMLParser("<p>One <b>bold</b> <a href=x>link</a></p>two<br><br>three")).rows
    >>> [(row.text, row.link_chars) for row in rows]
    [('One bold link', 4), ('two', 0), ('three', 0)]
    """
    root = page.body or page.root
    walker = _Walker(marked)
    if root is not None:
        walker.walk(root)
    return walker.outline


class _Walker:
    def __init__(self, marked: bool) -> None:
        self.outline = Outline()
        self._marked = marked
        self._box = -1
        # The row that is being gathered, and how many links are open around it.
        self._pieces: list[str] = []
        self._link_chars = 0
        self._image = False
        self._breaks = 0
        self._links = 0

    def walk(self, root: LexborNode) -> None:
        """Visit every node once, with a stack of our own: how deep it gets is the page's to choose."""
        node: LexborNode | None = root
        # Each node above the current one, and what leaving it undoes.
        above: list[tuple[LexborNode, str]] = []
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                self._add(node.text_content or "")
            elif (kind := _KINDS.get(tag)) != "unseen":
                undo = self._enter_inline(node, tag) if kind else self._enter(node, tag)
                child = node.first_child
                if child is not None:
                    above.append((node, undo))
                    node = child
                    continue
                if undo:
                    self._leave(undo)
            following = node.next if above else None
            while following is None and above:
                node, undo = above.pop()
                if undo:
                    self._leave(undo)
                following = node.next if above else None
            node = following
        self._end_row()

    def _add(self, text: str) -> None:
        if text.isspace():
            if self._pieces:
                self._pieces.append(" ")
        elif text:
            self._breaks = 0
            self._pieces.append(text)
            if self._links:
                self._link_chars += len(text.strip())

    def _enter(self, node: LexborNode, tag: str) -> str:
        if tag == "br":
            self._breaks += 1
            if self._breaks > 1:
                self._end_row()
            elif self._pieces:
                self._pieces.append(" ")
            return ""
        self._open(tag, node.attributes)
        return "box"

    def _enter_inline(self, node: LexborNode, tag: str) -> str:
        if tag == "img":
            self._image = True
            self.outline.pictures.append(max(self._box, 0))
        elif self._marked or tag == "span":
            attributes = node.attributes
            name = attributes.get("class")
            kind = read_name(name).furniture if name else None
            if (kind is not None and kind not in _IN_SENTENCES) or MARK in attributes:
                self._open(tag, attributes)
                return "box"
        if tag == "a" and "href" in node.attributes:
            self._links += 1
            return "link"
        return ""

    def _open(self, tag: str, attributes: dict[str, str | None]) -> None:
        self._end_row()
        boxes = self.outline.boxes
        context = _CONTEXT.get(tag, 0)
        if self._box >= 0:
            context |= boxes[self._box].context
        first = len(self.outline.rows)
        if attributes:
            name = attributes.get("class") or ""
            if ident := attributes.get("id"):
                name = f"{name} {ident}"
            cue, article, deck = read_name(name) if name else _NO_CUE
            if not article and "itemprop" in attributes:
                article = (attributes["itemprop"] or "").lower() == "articlebody"
            furniture = _furniture(tag, cue, attributes)
            boxes.append(Box(self._box, tag, name, furniture, article, deck, context, first))
            if self._marked:
                boxes[-1].mark = attributes.get(MARK) or ""
        else:
            boxes.append(Box(self._box, tag, "", TAGS.get(tag), False, False, context, first))
        self._box = len(boxes) - 1

    def _leave(self, undo: str) -> None:
        if undo == "link":
            self._links -= 1
            return
        self._end_row()
        box = self.outline.boxes[self._box]
        box.last, box.end = len(self.outline.rows), len(self.outline.boxes)
        self._box = box.parent

    def _end_row(self) -> None:
        if self._pieces:
            text = " ".join("".join(self._pieces).split())
            if text:
                linked = min(self._link_chars, len(text))
                self.outline.rows.append(Row(text, max(self._box, 0), linked, self._image))
            self._pieces.clear()
            self._link_chars = 0
        self._image = False
        self._breaks = 0


def _furniture(tag: str, cue: str | None, attributes: dict[str, str | None]) -> str | None:
    """Choose between what an element's names, its role and its tag give away."""
    by_tag = TAGS.get(tag)
    if "hidden" in attributes:
        return "hidden"
    style = attributes.get("style")
    if style and any(hiding in style for hiding in _HIDING):
        return "hidden"
    if tag in _NAMELESS or (by_tag is not None and FURNITURE[by_tag].firm):
        return by_tag
    if cue is not None and tag in _HEADINGS and not FURNITURE[cue].firm:
        return None
    return cue or ROLES.get(attributes.get("role") or "") or by_tag
