"""A record that cannot become an article is a value, not an exception."""

from typing import NamedTuple


class Rejected(NamedTuple):
    """Why a record is no article.

    ``stage`` is where it stopped (read, decode, clean); ``code`` is stable and made for SQL;
    ``message`` is a sentence for people, with what to do.
    """

    stage: str
    code: str
    message: str


class Skipped(Rejected):
    """Why a record was never to be an article: what a crawler meets beside pages. It is no failure of a run."""


#: Share of records in quarantine that a good run may have.
QUARANTINE_LIMIT = 0.2


def over_limit(quarantined: int, discovered: int, limit: float) -> bool:
    """Decide whether a run that did its work rejected too much of it.

    >>> over_limit(2, 10, 0.2), over_limit(3, 10, 0.2), over_limit(0, 0, 0.0)
    (False, True, False)
    """
    return quarantined > limit * discovered
