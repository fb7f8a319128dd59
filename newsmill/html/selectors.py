"""An outlet's own CSS selectors, applied to its pages with BeautifulSoup."""

from typing import NamedTuple

#: The attribute by which a marked element is known after the page is written and parsed again.
MARK = "data-newsmill"


class Selectors(NamedTuple):
    """CSS selectors of one outlet; an empty one selects nothing.

    ``body`` selects the boxes that hold the article's text, ``remove`` what inside them is not of it,
    ``byline`` and ``date`` the elements that name the authors and the day of publication.
    """

    body: str = ""
    remove: str = ""
    byline: str = ""
    date: str = ""


def mark(markup: str, selectors: Selectors) -> str:
    """Mark what the selectors select; ``remove`` is marked last and so wins.

    >>> mark('<div id="a"><p>One.</p><p class="x">Two.</p></div>', Selectors(body="#a", remove=".x"))
    '<div data-newsmill="body" id="a"><p>One.</p><p class="x" data-newsmill="remove">Two.</p></div>'

    Raises:
        soupsieve.SelectorSyntaxError: a selector is no CSS.
    """
    from bs4 import BeautifulSoup  # takes a tenth of a second, and few outlets need it

    soup = BeautifulSoup(markup, "html.parser")
    for name, selector in selectors._asdict().items():
        if selector:
            for element in soup.select(selector):
                element[MARK] = name
    return str(soup)
