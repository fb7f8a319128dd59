"""Stable identities: the same input gives the same ids on every machine and in every run.

All are the first 128 bits of a SHA-256, so that SQL can make them too: ``left(sha256(…), 32)::UUID``.
"""

from hashlib import sha256
from uuid import UUID


def _identity(text: str) -> UUID:
    return UUID(bytes=sha256(text.encode()).digest()[:16])


def record_id(raw_path: str, record: int) -> UUID:
    """Identify a record by where it stands: file and number inside it.

    >>> record_id("courier.example/a.txt", 0)
    UUID('16750c1b-2c3a-4e53-622e-7f63615a361d')
    """
    return _identity(f"{raw_path}\n{record}")


def article_id(address: str) -> UUID:
    """Identify an article by its canonical address: http and https lead to the same one.

    >>> article_id("https://courier.example/a") == article_id("http://courier.example/a")
    True
    """
    return _identity(address.partition("://")[2])


def content_hash(body: str) -> UUID:
    r"""Hash a body with its white space folded, and nothing else: '12 killed' is not '13 killed'.

    >>> content_hash("One.\n\nTwo.") == content_hash("One. Two.")
    True
    >>> content_hash("12 killed") == content_hash("13 killed")
    False
    """
    return _identity(" ".join(body.split()))
