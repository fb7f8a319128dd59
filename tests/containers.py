"""Real files of every format, made of made-up articles: what the shared tests of the readers run on.

A new line in the table of readers needs one in :data:`MAKERS` too.
"""

import bz2
import csv
import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from html import escape
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tests.corpus import article

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class Made(NamedTuple):
    """A made-up article: the parts that a container may hold."""

    title: str
    body: str
    url: str

    @property
    def text(self) -> str:
        return f"{self.title}\n\n{self.body}"

    @property
    def page(self) -> str:
        """A web page that holds it."""
        paragraphs = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.body.split("\n\n"))
        return (
            f'<!doctype html><html lang="en"><head><title>{escape(self.title)}</title></head><body>'
            f'<nav><a href="/">Home</a></nav><article><h1>{escape(self.title)}</h1>\n{paragraphs}\n</article>'
            f"<footer>All rights reserved</footer></body></html>\n"
        )

    @property
    def row(self) -> dict[str, str]:
        """A record of a table."""
        return {"headline": self.title, "body": self.body, "link": self.url, "date": "2025-03-04T05:06:07Z"}


def made(count: int, first: int = 0, paragraphs: int = 4) -> list[Made]:
    """Make articles; the same numbers give the same ones."""
    articles = []
    for seed in range(first, first + count):
        title, _, body = article(seed, paragraphs, tail="").strip().partition("\n\n")
        articles.append(
            Made(title, f"{body}\n\nÀ propos: café № {seed}, said “Jörg”.", f"https://courier.example/{seed}")
        )
    return articles


def jsonl(articles: Sequence[Made]) -> bytes:
    return "".join(f"{json.dumps(a.row, ensure_ascii=False)}\n" for a in articles).encode()


def json_list(articles: Sequence[Made]) -> bytes:
    return json.dumps([a.row for a in articles], indent=1).encode()


def table(articles: Sequence[Made], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(articles[0].row), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(a.row for a in articles)
    return text.getvalue().encode()


def parquet(articles: Sequence[Made]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([a.row for a in articles]), sink, row_group_size=2, write_page_checksum=True)
    return sink.getvalue()


def rss(articles: Sequence[Made]) -> bytes:
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{a.url}</link><guid>{a.url}</guid>"
        f"<content:encoded><![CDATA[<p>{a.body}</p>]]></content:encoded></item>\n"
        for a in articles
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<?xml version="1.0"?>\n<rss {space}><channel><title>Courier</title>\n{items}</channel></rss>'.encode()


def atom(articles: Sequence[Made]) -> bytes:
    entries = "".join(
        f'<entry><title>{escape(a.title)}</title><link rel="alternate" href="{a.url}"/><id>{a.url}</id>'
        f'<author><name>Ann Lee</name></author><content type="html">{escape(f"<p>{a.body}</p>")}</content></entry>\n'
        for a in articles
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>\n{entries}</feed>'.encode()


def mhtml(articles: Sequence[Made]) -> bytes:
    message = EmailMessage()
    message["Snapshot-Content-Location"] = articles[0].url
    message.set_content(articles[0].page, subtype="html", cte="quoted-printable")
    message.add_related(b"\x89PNG", "image", "png")
    return message.as_bytes()


def http(page: bytes, status: str = "200 OK", *fields: str) -> bytes:
    """An HTTP response."""
    head = "\r\n".join((f"HTTP/1.1 {status}", *(fields or ("Content-Type: text/html; charset=utf-8",))))
    return f"{head}\r\n\r\n".encode() + page


def warc_record(block: bytes, kind: str = "response", url: str = "", *fields: str, length: int | None = None) -> bytes:
    """A record of a web archive."""
    head = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Date: 2025-03-04T05:06:07Z",
        f"WARC-Target-URI: {url}",
        "Content-Type: application/http; msgtype=response",
        *fields,
        f"Content-Length: {len(block) if length is None else length}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def warc(articles: Sequence[Made]) -> bytes:
    info = warc_record(b"software: a crawler\r\n", "warcinfo")
    return info + b"".join(warc_record(http(a.page.encode()), "response", a.url) for a in articles)


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def zip_of_texts(articles: Sequence[Made]) -> bytes:
    return zipped({f"{a.url.rpartition('/')[2]}.txt": a.text.encode() for a in articles})


def _text(articles: Sequence[Made]) -> bytes:
    return articles[0].text.encode()


def _page(articles: Sequence[Made]) -> bytes:
    return articles[0].page.encode()


#: Suffix to what makes a file of that format; of articles, a format for one takes the first.
MAKERS: dict[str, Callable[[Sequence[Made]], bytes]] = {
    "": _text,
    ".txt": _text,
    ".text": _text,
    ".html": _page,
    ".htm": _page,
    ".xhtml": _page,
    ".mhtml": mhtml,
    ".mht": mhtml,
    ".json": json_list,
    ".jsonl": jsonl,
    ".ndjson": jsonl,
    ".csv": table,
    ".tsv": lambda articles: table(articles, "\t"),
    ".parquet": parquet,
    ".rss": rss,
    ".atom": atom,
    ".xml": rss,
    ".warc": warc,
    ".zip": zip_of_texts,
}

#: Suffix of a compressed file to what compresses it.
PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstd.compress}
