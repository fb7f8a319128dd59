"""A file that is one article: plain text, a web page, a saved page with its pictures."""

from newsmill.decode import decode
from newsmill.record import Known, Source
from newsmill.rejection import Rejected

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_MAX_PARTS = 10_000
_MAX_NESTED = 50


def read_text(data: bytes) -> Source | Rejected:
    """Read a plain-text file.

    >>> read_text(b"A headline").text
    'A headline'
    """
    decoded = decode(data)
    return decoded if isinstance(decoded, Rejected) else Source(decoded.text, decoded.encoding)


def read_html(data: bytes) -> Source | Rejected:
    """Read a web page. What it declares of its encoding is not asked.

    >>> read_html(b"<p>One.</p>").is_markup
    True
    """
    decoded = decode(data)
    return decoded if isinstance(decoded, Rejected) else Source(decoded.text, decoded.encoding, is_markup=True)


def read_mhtml(data: bytes) -> Source | Rejected:
    r"""Read a page that a browser saved with its pictures: the first HTML part, and where it was fetched from.

    >>> page = b"Snapshot-Content-Location: https://a.example/1\nContent-Type: text/html\n\n<p>One.</p>"
    >>> source = read_mhtml(page)
    >>> source.text, source.known.url
    ('<p>One.</p>', 'https://a.example/1')
    """
    import email

    if data.count(b"boundary=") > _MAX_NESTED or data.lower().count(b"content-type:") > _MAX_PARTS:
        return Rejected("read", "malformed", "It has more parts than any page.")
    try:
        message = email.message_from_bytes(data)
        part = next((part for part in message.walk() if part.get_content_type() in _PAGE_TYPES), None)
        body = part.get_payload(decode=True) if part is not None else None
    except (RecursionError, ValueError, LookupError):
        return Rejected("read", "malformed", "Its parts cannot be taken apart: save the page again.")
    if part is None or not isinstance(body, bytes):
        return Rejected("read", "not_html", "The saved page has no HTML part.")
    source = read_html(body)
    if isinstance(source, Rejected):
        return source
    addresses = (message["Snapshot-Content-Location"], part["Content-Location"], message["Content-Location"])
    return source._replace(known=Known(url=next((str(url).strip() for url in addresses if url), None)))
