"""How much prose a row holds: the one measure by which the body is found."""

import re

from newsmill.html.blocks import Box, Context, Row

# A paragraph shorter than this says little; text that stands in no paragraph must be longer.
_SHORT_PARAGRAPH = 30
_SHORT_TEXT = 80
#: A heading as long as this is a paragraph in large type.
LONG_HEADING = 180
# Scripts that say in one character what others say in two or three.
_DENSE = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ENDS_LIKE_PROSE = re.compile(r"""[.!?…。！？।:;][\"'”’»›“)\]」』]*$""")


def weigh(row: Row, box: Box) -> float:
    """Give the characters of prose in a row: none for a heading, a link or a scrap.

    >>> paragraph = Box(-1, "p", "", None, False, False, Context.PARAGRAPH, 0)
    >>> weigh(Row("The mayor spoke to the council on Monday.", 0, 0, False), paragraph)
    41
    >>> weigh(Row("Read more: the mayor speaks", 0, 16, False), paragraph)
    0
    """
    chars = len(row.text)
    own = chars - row.link_chars
    if own * 2 < chars or (box.context & Context.HEADING and chars < LONG_HEADING):
        return 0
    if not row.text.isascii() and (dense := len(_DENSE.findall(row.text))):
        own += dense + (dense >> 1)
    if box.context & Context.PARAGRAPH:
        return own if own >= _SHORT_PARAGRAPH else own * 0.3
    if own < _SHORT_TEXT:
        return 0
    return own * 0.5 if box.context & (Context.LIST | Context.TABLE) else own


def is_sentence(text: str) -> bool:
    """Tell whether a text ends as a sentence does."""
    return _ENDS_LIKE_PROSE.search(text[-6:]) is not None
