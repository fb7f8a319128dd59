"""Pages that are made to be slow: recognised from their markup, before anything parses it.

HTML's own rules make a parser walk up all open elements at an opening tag, and compare every attribute of a
tag with those before it: both grow with the square. Here the work is estimated in one pass and refused where
it would take seconds; no page made for readers comes near.
"""

import re

from newsmill.rejection import Rejected

#: No longer page is parsed.
MAX_CHARS = 20_000_000
#: No page of more elements is parsed: each costs time and memory, however little it holds.
MAX_ELEMENTS = 300_000
# So many tags cannot be slow, however they are nested.
_FEW_TAGS = 30_000
_MAX_STEPS = 800_000_000
_LONG_TAG = 100_000
_MAX_ATTRIBUTES = 40_000
# Elements that stay open, and those that the next of their kind closes: at each a parser looks for what to close.
# Bold type and the like are remembered when they carry attributes.
_OPENING = re.compile(
    r"<(/?)(?:(?P<nests>address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|"
    r"figcaption|figure|footer|header|hgroup|main|menu|nav|ol|section|summary|ul|h[1-6]|pre|form|"
    r"(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=\s))|p|li|dd|dt)(?![a-zA-Z])",
    re.IGNORECASE,
)
_TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*+"|'[^']*+')*+""")
_QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/]+")


def refuse(markup: str) -> Rejected | None:
    """Say why a page is not parsed; None for one that is.

    >>> refuse("<p>The mayor spoke.</p>") is None
    True
    >>> refuse("<div>" * 100_000).code, refuse("<p " + " ".join(f"a{i}" for i in range(300_000)) + ">").code
    ('too_deep', 'hostile')
    """
    if len(markup) > MAX_CHARS:
        return Rejected("extract", "too_large", f"The page has more than {MAX_CHARS:,} characters.")
    tags = markup.count("<")
    if tags > MAX_ELEMENTS and len(re.findall("<[a-zA-Z]", markup)) > MAX_ELEMENTS:
        return Rejected("extract", "too_large", f"The page has more than {MAX_ELEMENTS:,} elements.")
    if tags > _FEW_TAGS and _steps(markup) > _MAX_STEPS:
        return Rejected("extract", "too_deep", "The page nests its elements too deep to be parsed in good time.")
    if len(markup) > _LONG_TAG and _may_have_long_tag(markup) and _has_too_many_attributes(markup):
        return Rejected("extract", "hostile", f"A tag of the page has more than {_MAX_ATTRIBUTES:,} attributes.")
    return None


def _steps(markup: str) -> int:
    """Estimate how many open elements a parser looks at: at every opening tag, all that are open."""
    depth = steps = 0
    for match in _OPENING.finditer(markup):
        if match[1]:
            depth -= depth > 0 and match["nests"] is not None
        else:
            steps += depth
            depth += match["nests"] is not None
    return steps


def _may_have_long_tag(markup: str) -> bool:
    """Tell cheaply whether a tag could have very many attributes; scripts and data may look like that too."""
    if markup.count("=") > _MAX_ATTRIBUTES:
        return True
    pieces = markup.split(">")
    return max(map(len, pieces)) > _LONG_TAG and any(
        len(piece) > _LONG_TAG and len(_BETWEEN_ATTRIBUTES.findall(piece, piece.rfind("<"))) > _MAX_ATTRIBUTES
        for piece in pieces
    )


def _has_too_many_attributes(markup: str) -> bool:
    return any(
        len(_BETWEEN_ATTRIBUTES.findall(_QUOTED.sub("", tag[0]))) > _MAX_ATTRIBUTES
        for tag in _TAG.finditer(markup)
        if tag.end() - tag.start() > _MAX_ATTRIBUTES
    )
