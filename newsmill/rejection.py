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
