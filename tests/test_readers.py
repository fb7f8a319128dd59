"""Readers: whatever format articles come in, the same ones come out, and what is damaged is lost alone."""

import gzip
import io
import json
import random
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import nullcontext

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsmill.readers import MAX_SENSELESS, PACKINGS, READERS, read_records
from newsmill.readers.mapping import USUAL_NAMES, Fields
from newsmill.readers.packing import MAX_RATIO
from newsmill.readers.stream import MAX_RECORD
from newsmill.record import Record, Source
from newsmill.rejection import Rejected
from tasks.layout import PROJECT
from tests.containers import MAKERS, PACKERS, Made, http, jsonl, made, rss, table, warc, warc_record, zipped

CONTAINERS = sorted(suffix for suffix, reader in READERS.items() if reader.max_bytes is None)
SECONDS = 10


def read(name: str, data: bytes, mapping: str = "") -> list[Record]:
    """Read a file, and hold its reader to what each promises: it ends in time, and no two records share a number."""
    fields = Fields.parse(mapping)
    assert isinstance(fields, Fields)
    started = time.monotonic()
    records = list(read_records(name, io.BytesIO(data), fields))
    assert time.monotonic() - started < SECONDS
    assert records
    assert len({record.number for record in records}) == len(records)
    assert all(0 <= record.number < 2**63 for record in records)
    for record in records:
        json.dumps(record).encode()  # no lone surrogate, which no table can hold
    return records


def sources(records: Sequence[Record]) -> list[Source]:
    return [record.content for record in records if isinstance(record.content, Source)]


def codes(records: Sequence[Record]) -> list[str]:
    return [record.content.code for record in records if isinstance(record.content, Rejected)]


def holds(source: Source, article: Made) -> bool:
    return article.body[-30:] in source.text and (article.title in source.text or source.known.title == article.title)


def test_the_page_of_formats_lists_every_one_with_its_suffixes() -> None:
    page = (PROJECT / "docs/formats.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\w+) \| (`\..+?) \|", page, re.MULTILINE))
    assert {suffix: name for name, row in listed.items() for suffix in re.findall(r"`(\.\w+)`", row)} == {
        suffix: reader.format for suffix, reader in READERS.items() if suffix
    }
    assert all(f"`{suffix}`" in page for suffix in PACKINGS)
    [mapping] = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    assert isinstance(Fields.parse(mapping), Fields)
    assert (MAX_RECORD // 2**20, READERS[".mhtml"].max_bytes, MAX_RATIO) == (16, 64 * 2**20, 200)
    assert f"{MAX_SENSELESS:,} records in a row" in page


def test_every_reader_has_a_file_to_be_tested_on() -> None:
    assert set(MAKERS) == set(READERS)
    assert set(PACKERS) == set(PACKINGS)


@pytest.mark.parametrize("suffix", READERS)
def test_a_reader_gives_the_articles_of_its_file(suffix: str) -> None:
    articles = made(5)
    records = read(f"a{suffix}", MAKERS[suffix](articles))
    assert codes(records) == []
    expected = articles if READERS[suffix].max_bytes is None else articles[:1]
    found = sources(records)
    assert len(found) == len(expected)
    assert all(any(holds(source, article) for source in found) for article in expected)


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("suffix", READERS)
def test_a_compressed_file_holds_what_the_file_does(suffix: str, packing: str) -> None:
    data = MAKERS[suffix](made(3))
    packed = read(f"a{suffix or '.txt'}{packing}", PACKERS[packing](data))
    assert [record.content for record in packed] == [record.content for record in read(f"a{suffix}", data)]


@pytest.mark.parametrize("suffix", sorted(READERS.keys() - {".zip"}))
def test_a_file_in_an_archive_holds_what_the_file_does(suffix: str) -> None:
    data = MAKERS[suffix](made(3))
    records = read("a.zip", zipped({f"courier.example/a{suffix}": data, "README.md": b"about"}))
    assert [record.content for record in records] == [record.content for record in read(f"a{suffix}", data)]
    assert {record.member for record in records} == {f"courier.example/a{suffix}"}


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_records_that_are_added_do_not_change_the_numbers_of_others(suffix: str) -> None:
    before = read(f"a{suffix}", MAKERS[suffix](made(4)))
    after = read(f"a{suffix}", MAKERS[suffix](made(6)))
    assert len(after) == len(before) + 2
    assert set(before) <= set(after)


@pytest.mark.parametrize("suffix", [".rss", ".atom", ".zip"])
def test_a_feed_and_an_archive_may_grow_in_front(suffix: str) -> None:
    before, after = MAKERS[suffix](made(4, first=2)), MAKERS[suffix](made(6))
    assert set(read(f"a{suffix}", before)) <= set(read(f"a{suffix}", after))


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_a_file_that_is_cut_off_keeps_what_is_whole_and_says_so(suffix: str) -> None:
    data = MAKERS[suffix](made(6))
    whole = read(f"a{suffix}", data)
    for cut in random.Random(1).sample(range(1, len(data) - 8), 25):  # noqa: S311
        records = read(f"a{suffix}", data[:cut])
        assert set(records) - set(whole) == {record for record in records if isinstance(record.content, Rejected)}
        if suffix not in {".parquet", ".zip"}:  # which are read from their end
            assert len(sources(records)) >= len(whole) * cut // len(data) - 1
        assert codes(records) or suffix in {".jsonl", ".ndjson", ".csv", ".tsv", ".rss", ".atom", ".xml", ".warc"}


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize("packing", ["", ".gz", ".bz2", ".zst"])
def test_flipped_bytes_raise_nothing(suffix: str, packing: str) -> None:
    pick = random.Random(2)  # noqa: S311
    data = MAKERS[suffix](made(6))
    packed = PACKERS[packing](data) if packing else data
    for _ in range(15):
        damaged = bytearray(packed)
        for _ in range(pick.randint(1, 4)):
            damaged[pick.randrange(len(damaged))] ^= pick.randint(1, 255)
        read(f"a{suffix}{packing}", bytes(damaged))


@pytest.mark.parametrize("suffix", [*READERS, ".jsonl.gz", ".csv.bz2", ".warc.gz", ".warc.zst"])
@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=2_000))
def test_any_bytes_are_articles_or_rejected(suffix: str, data: bytes) -> None:
    read(f"a{suffix}", data)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".rss", ".warc", ".json"])
@settings(max_examples=30, deadline=None)
@given(pieces=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)), max_size=6))
def test_pieces_of_a_file_in_any_order_are_articles_or_rejected(suffix: str, pieces: list[tuple[int, int]]) -> None:
    data = MAKERS[suffix](made(3, paragraphs=2))
    read(f"a{suffix}", b"".join(data[start : start + length] for start, length in pieces))


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".rss", ".warc", ".warc.gz"])
def test_memory_does_not_grow_with_the_container(suffix: str) -> None:
    import tracemalloc

    class Endless(io.RawIOBase):
        """A file with the same records again and again, made as it is read."""

        def __init__(self, head: bytes, record: bytes, size: int) -> None:
            self._left, self._record, self._waiting = size, record, head

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            while len(self._waiting) < len(buffer) and self._left > 0:
                self._waiting += self._record * 50
                self._left -= len(self._record) * 50
            taken, self._waiting = self._waiting[: len(buffer)], self._waiting[len(buffer) :]
            buffer[: len(taken)] = taken
            return len(taken)

    [article] = made(1, paragraphs=30)
    heads = {".csv": b"body\n", ".json": b"[", ".rss": b"<rss>"}
    parts = {
        ".jsonl": jsonl([article]),
        ".json": json.dumps(article.row).encode() + b",",
        ".csv": f'"{article.body.replace(chr(34), "")}"\n'.encode(),
        ".rss": b"<item><description>" + article.body.encode() + b"</description></item>",
        ".warc": warc([article]),
        ".warc.gz": gzip.compress(warc([article])),
    }
    endless = Endless(heads.get(suffix, b""), parts[suffix], 12_000_000)
    tracemalloc.start()
    read_now = sum(1 for _ in read_records(f"a{suffix}", endless))  # type: ignore[arg-type] # it reads, as they do
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read_now > 12_000_000 // len(parts[suffix]) - 50
    assert peak < 6_000_000


# Web archives


def archived(articles: Sequence[Made]) -> list[bytes]:
    return [warc_record(http(a.page.encode()), "response", a.url) for a in articles]


@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_inside_a_record_of_a_web_archive_loses_that_record_alone_and_says_where(packed: bool) -> None:
    parts = [gzip.compress(part) if packed else part for part in archived(made(6))]
    name = "a.warc.gz" if packed else "a.warc"
    offsets = [sum(map(len, parts[:number])) for number in range(6)]
    whole = read(name, b"".join(parts))
    assert [record.number for record in whole] == offsets
    cut = parts[2][: len(parts[2]) // 2]
    in_the_middle = read(name, b"".join([*parts[:2], cut, *parts[3:]]))
    assert sources(in_the_middle) == [record.content for record in whole if record.number != offsets[2]]
    [lost] = [record for record in in_the_middle if isinstance(record.content, Rejected)]
    assert lost.number == offsets[2]
    assert f"byte {offsets[2]:,}" in lost.content[2]
    at_the_end = read(name, b"".join(parts)[: offsets[5] + len(cut)])
    assert at_the_end[:5] == whole[:5]
    assert (at_the_end[5].number, codes(at_the_end)) == (offsets[5], ["truncated"])


def test_a_flipped_bit_in_a_web_archive_loses_its_record_alone() -> None:
    parts = [gzip.compress(part) for part in archived(made(6))]
    whole = read("a.warc.gz", b"".join(parts))
    for number, part in enumerate(parts):
        for at in (0, 3, 12, len(part) // 2, len(part) - 6):
            flipped = bytearray(b"".join(parts))
            flipped[sum(map(len, parts[:number])) + at] ^= 0x55
            records = read("a.warc.gz", bytes(flipped))
            assert set(sources(records)) >= {r.content for r in whole if r.number != whole[number].number}
            assert len(records) == 6


def test_a_web_archive_that_lies_about_a_length_loses_that_record_alone() -> None:
    articles = made(5)
    block = http(articles[2].page.encode())
    for length in (0, 3, len(block) - 40, len(block) + 40, len(block) + 3_000, 10**9, 10**14):
        parts = archived(articles)
        parts[2] = warc_record(block, "response", articles[2].url, length=length)
        for data, name in ((b"".join(parts), "a.warc"), (b"".join(map(gzip.compress, parts)), "a.warc.gz")):
            records = read(name, data)
            assert {source.known.url for source in sources(records)} == {a.url for a in articles} - {articles[2].url}
            assert codes(records) == ["damaged"]


def test_garbage_between_the_records_of_a_web_archive_is_told_of() -> None:
    one, two = archived(made(2))
    records = read("a.warc", one + b"garbage\r\n\r\n" * 3 + two)
    assert (len(sources(records)), codes(records)) == (2, ["damaged"])
    assert records[1].number == len(one)


def test_an_archive_that_was_compressed_as_one_piece_is_read_whole() -> None:
    records = read("a.warc.gz", gzip.compress(warc(made(9))))
    assert len(sources(records)) == 9


def chunked(page: bytes) -> bytes:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(page[i : i + 100]), page[i : i + 100]) for i in range(0, len(page), 100))
    return http(chunks + b"0\r\n\r\n", "200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")


def encoded(page: bytes, coding: str) -> bytes:
    return http(page, "200 OK", "Content-Type: text/html", f"Content-Encoding: {coding}")


def test_a_response_is_unpacked_as_a_browser_would() -> None:
    import brotli

    [article] = made(1)
    page = article.page.encode()
    for block in (
        http(page),
        http(page, "200"),
        chunked(page),
        http(page, "200 OK", "Transfer-Encoding: chunked"),  # as archives that have joined the chunks say still
        encoded(gzip.compress(page), "gzip"),
        encoded(page, "gzip"),
        encoded(zlib.compress(page), "deflate"),
        encoded(zlib.compress(page)[2:-4], "deflate"),
        encoded(brotli.compress(page), "br"),
        encoded(PACKERS[".zst"](page), "zstd"),
        encoded(brotli.compress(gzip.compress(page)), "gzip, br"),
        http(article.page.encode("utf-16"), "200 OK", "Content-Type: text/html; charset=utf-7"),
    ):
        [record] = read("a.warc", warc_record(block, "response", article.url))
        assert isinstance(record.content, Source), record
        assert record.content.text.strip() == article.page.strip()
        assert record.content.known.url == article.url


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (http(b"gone", "404 Not Found"), "http_status"),
        (http(b"", "301 Moved Permanently", "Location: /b"), "http_status"),
        (http(b"\x89PNG", "200 OK", "Content-Type: image/png"), "not_html"),
        (http(b"{}", "200 OK", "Content-Type: application/json"), "not_html"),
        (http(b"no type and no page", "200 OK", "Server: x"), "not_html"),
        (http(b""), "empty"),
        (b"no response", "malformed"),
        (chunked(b"<p>One.</p>" * 90)[:-200], "damaged"),
        (encoded(gzip.compress(b"<p>One.</p>" * 90)[:-20], "gzip"), "damaged"),
        (encoded(b"\xff" * 50, "br"), "damaged"),
        (encoded(gzip.compress(bytes(20_000_000)), "gzip"), "too_large"),
        (encoded(PACKERS[".zst"](bytes(20_000_000)), "zstd"), "too_large"),
        (http(b"<p>word</p>" * 1_600_000), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_response_that_holds_no_page_is_rejected_with_its_code(block: bytes, code: str) -> None:
    records = read("a.warc", warc_record(block) + warc(made(1)))
    assert (codes(records), len(sources(records))) == ([code], 1)


def test_only_responses_and_documents_of_a_web_archive_are_records() -> None:
    [article] = made(1)
    page, text = article.page.encode(), article.text.encode()
    parts = [
        warc_record(b"GET / HTTP/1.1\r\n\r\n", "request", article.url),
        warc_record(http(b"", "304 Not Modified"), "revisit", article.url),
        warc_record(b"20250101 1.2.3.4", "response", "dns:courier.example"),
        warc_record(b"fetchTimeMs: 7", "metadata", article.url),
        warc_record(b"x" * 17_000_000, "metadata", article.url),
        b"WARC/1.1\nWARC-Type: resource\nContent-Type: text/html\nContent-Length: %d\n\n%s\n\n" % (len(page), page),
        b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
        % (len(text), text),
    ]
    records = read("a.warc", b"".join(parts))
    assert [source.is_markup for source in sources(records)] == [True, False]
    assert codes(records) == []


def test_a_page_that_the_crawler_did_not_get_all_of_is_rejected_unless_it_was_only_long() -> None:
    block = http(made(1)[0].page.encode())
    cut = warc_record(block, "response", "", "WARC-Truncated: disconnect")
    assert codes(read("a.warc", cut)) == ["truncated"]
    assert codes(read("a.warc", cut.replace(b"disconnect", b"length"))) == []


# Tables, JSON and mappings


def test_a_mapping_says_which_field_is_what() -> None:
    rows = [{"story": {"txt": "It runs again.", "h": "Ferry runs"}, "by": ["Ann Lee", "Bo Ek"], "id": 7, "text": "no"}]
    mapping = 'text = "story.txt"\ntitle = ["nothing", "story.h"]\nauthors = "by"\nurl = "id"'
    [record] = read("a.json", json.dumps(rows).encode(), mapping)
    assert isinstance(record.content, Source)
    assert record.content.text == "It runs again."
    assert record.content.known[:4] == ("7", "Ferry runs", None, ("Ann Lee", "Bo Ek"))


@pytest.mark.parametrize("part", USUAL_NAMES)
def test_usual_names_are_known_however_they_are_written(part: str) -> None:
    for name in USUAL_NAMES[part]:
        for written in (name, name.upper(), name.replace("_", " ").title(), name.replace("_", "-")):
            row = {written: "A value here"} | ({} if part in {"text", "html"} else {"text": "The text."})
            source = Fields({}).source(row, "utf-8")
            assert isinstance(source, Source)
            said = source.text if part in {"text", "html"} else getattr(source.known, part)
            assert said in {"A value here", ("A value here",)}


@pytest.mark.parametrize(
    "mapping", ["txet = 'a'", "text = 1", "text = [1]", "= broken", "[text]\na = 'b'", "x" * 70_000]
)
def test_a_wrong_mapping_is_told_of(mapping: str) -> None:
    wrong = Fields.parse(mapping)
    assert isinstance(wrong, Rejected)
    assert wrong.code == "bad_mapping"


def test_a_table_without_a_text_is_told_of_once() -> None:
    for name, data in (
        ("a.csv", b"id,name\n" + b"1,b\n" * 99),
        ("a.parquet", table_of({"id": list(range(99)), "name": ["b"] * 99})),
    ):
        [record] = read(name, data)
        assert codes([record]) == ["no_text"]
        assert "id, name" in record.content[2]


def table_of(columns: dict[str, object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, row_group_size=2, compression="none", write_page_checksum=True)
    return sink.getvalue()


def test_text_and_markup_are_told_apart_in_any_field() -> None:
    lines = [
        {"text": "Plain."},
        {"text": "<p>One.</p><p>Two.</p>"},
        {"html": "<b>Bare"},
        {"content": "A <b>bold</b> word"},
    ]
    records = read("a.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert [source.is_markup for source in sources(records)] == [False, True, True, False]


@pytest.mark.parametrize(
    "data",
    [
        jsonl(made(3)),
        json.dumps([article.row for article in made(3)]).encode(),
        json.dumps({"status": "ok", "totalResults": 3, "articles": [article.row for article in made(3)]}).encode(),
        json.dumps({"response": {"docs": [article.row for article in made(3)]}}, indent=2).encode(),
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [a.row for a in made(3)]}).encode(),
        jsonl(made(3)).decode().encode("utf-16"),
        jsonl(made(3)).decode().encode("utf-8-sig").replace(b"\n", b"\r\n"),
    ],
)
def test_json_is_read_in_the_shapes_that_it_comes_in(data: bytes) -> None:
    records = read("a.json", data)
    assert [holds(source, article) for source, article in zip(sources(records), made(3), strict=True)] == [True] * 3


def test_a_bad_line_is_lost_alone_and_has_its_number() -> None:
    good = jsonl(made(1)).strip()
    lines = {
        0: good,
        2: b'{"text": ',
        3: b"[" * 100_000,
        4: b'{"a":' * 100_000,
        5: b'{"text": "The year ' + b"9" * 5_000 + b'", "published": ' + b"9" * 5_000 + b"}",
        6: b'{"text": NaN}',
        7: b'[{"text": "in a list"}]',
        8: b'{"text": 5}',
        9: b'{"title": "No text"}',
        10: b'{"text": ""}',
        11: b"\x00\x00\x00\x00\x00\x00",
        12: b'"a string"',
        13: b'{"text": "One.", "text": "Two."}',
        14: b'{"text": "half a pair \\ud83d and a NUL \\u0000 in the middle of it", "title": "\\udfff"}',
        15: b'{"text": "x", "date": 1e999, "author": [[[1]], {"b": 2}, null, true]}',
        16: good[:-9],
        17: b'{"text": "' + "Été, déjà".encode("cp1252") + b' vu"}',
        18: good,
    }
    data = b"\n".join(lines.get(number, b"") for number in range(19))
    records = read("a.jsonl", data)
    assert {record.number for record in records if isinstance(record.content, Source)} == {0, 5, 13, 14, 15, 17, 18}
    assert {record.number for record in records} == lines.keys()
    found = {record.number: record.content for record in records}
    assert found[14][0] == "half a pair \ufffd and a NUL \ufffd in the middle of it"
    assert found[17][0] == "Été, déjà vu"
    assert {record.content.code for record in records if isinstance(record.content, Rejected)} <= {
        "malformed", "no_text", "binary", "empty",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json", "a.rss", "a.warc", "a.parquet", "a.zip", "a.txt"])
def test_a_line_of_200_megabytes_is_passed_over(name: str) -> None:
    class Line(io.RawIOBase):
        left = 200_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            count = min(len(buffer), self.left)
            buffer[:count] = b"x" * count
            self.left -= count
            return count

    started = time.monotonic()
    for record in read_records(name, Line()):  # type: ignore[arg-type] # it reads, as they do
        assert isinstance(record.content, Rejected)
    assert time.monotonic() - started < SECONDS


def test_a_line_that_is_too_long_is_lost_alone() -> None:
    good = jsonl(made(2)).splitlines()
    long = b'{"text": "' + b"word " * 4_000_000 + b'"}'
    records = read("a.jsonl", b"\n".join((good[0], long, good[1])))
    assert ([record.number for record in records], codes(records)) == ([0, 1, 2], ["too_large"])
    records = read("a.json", b"[" + b",".join((good[0], long, good[1])) + b"]")
    assert ([record.number for record in records], codes(records)) == ([0, 1, 2], ["too_large"])
    rows = b'body\nOne.\n"' + b"word " * 4_000_000 + b'"\nTwo.\n'
    records = read("a.csv", rows)
    assert [source.text for source in sources(records)] == ["One.", "Two."]
    assert len(codes(records)) == 1


def test_a_row_with_broken_quotes_is_lost_alone() -> None:
    rows = [
        "title,body",
        'One,"It runs,\nit said ""again""."',
        'Open,"It runs.',
        "Two,It runs.",
        'Inner,"It "runs" again."',
        "Three,It runs.",
        "Many,fields,here",
        "few",
        ",",
        "",
        "Four,It runs.",
    ]
    for ending in ("\n", "\r\n"):
        records = read("a.csv", ending.join(rows).replace("runs,\nit", f"runs,{ending}it").encode())
        assert [source.known.title for source in sources(records)] == ["One", "Two", "Three", "Four"]
        assert [record.number for record in records] == [1, 3, 4, 5, 6, 7, 8, 11]
        assert set(codes(records)) == {"malformed"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_whatever_its_delimiter_and_codec(delimiter: str, codec: str) -> None:
    data = table(made(3), delimiter).decode().replace("№", "no").encode(codec)
    records = read("a.csv", data)
    assert [source.known.title for source in sources(records)] == [article.title for article in made(3)]
    assert all("À propos: café" in source.text and "“Jörg”" in source.text for source in sources(records))


def test_a_table_that_escapes_quotes_with_backslashes_is_read() -> None:
    [record] = read(
        "a.csv",
        rb'''title,body
One,"It said \"again\", twice."''',
    )
    assert record.content[0] == 'It said "again", twice.'


def test_a_damaged_part_of_a_parquet_file_is_lost_alone() -> None:
    articles = made(8)
    data = table_of({"body": [a.body for a in articles], "url": [a.url for a in articles]})
    at = data.index(articles[2].body.encode()[-30:])
    records = read("a.parquet", data[:at] + b"#" + data[at + 1 :])
    assert [record.number for record in records] == [0, 1, 2, 4, 5, 6, 7]
    assert [record.number for record in records if isinstance(record.content, Rejected)] == [2]
    assert "Rows 2 to 3" in records[2].content[2]


@pytest.mark.parametrize(
    "columns",
    [
        {"text": [1, 2]},
        {"text": [None, None]},
        {"text": [["a", "b"], ["c"]]},
        {"text": [{"a": 1}, {"a": 2}]},
        {"text": pa.array([b"\xff\xfe\x00", b"caf\xe9"])},
        {"text": pa.array(["a", "b"]).dictionary_encode()},
        {"text": pa.array(["a", "b"], pa.large_string())},
        {"text": ["a", "b"], "date": pa.array([2**62, -(2**62)], pa.timestamp("us"))},
        {"text": ["a", "b"], "date": pa.array([2**62, 5], pa.timestamp("us", tz="UTC"))},
        {"text": ["a", "b"], "date": pa.array([2**31 - 1, 5], pa.date32()), "author": [[None], [["x"]]]},
        {"text": pa.array([b"ab", b"\xff\xff"]).cast(pa.string(), safe=False)},
        {"text": pa.nulls(2)},
    ],
    ids=(
        "numbers nulls lists structs binary dictionary large_strings overflowing_times overflowing_zoned_times "
        "overflowing_days not_utf8 null_type"
    ).split(),
)
def test_a_parquet_column_of_any_type_is_read_or_rejected(columns: dict[str, object]) -> None:
    assert [record.number for record in read("a.parquet", table_of(columns))] == [0, 1]


# Feeds and archives


def test_an_item_of_a_feed_that_is_no_xml_is_lost_alone() -> None:
    good = rss(made(3)).decode().split("<item>")
    bad = ["<title>Open", "<b>A</i></item>", "<description>a &lol9; b &nbsp; c & d\x0b</description></item>"]
    feed = "<item>".join((good[0], bad[0], good[1], bad[1], good[2], bad[2], good[3]))
    records = read("a.xml", feed.encode())
    assert codes(records) == ["malformed", "malformed"]
    assert sources(records)[2].text == "a &lol9; b \xa0 c & d\ufffd"
    assert [holds(source, article) for source, article in zip(sources(records)[:2], made(2), strict=True)] == [True] * 2


def test_an_item_with_a_summary_alone_is_a_stub_and_one_with_neither_is_rejected() -> None:
    feed = b"<rss><item><description>In short.</description></item><item><title>Nothing</title></item></rss>"
    records = read("a.rss", feed)
    assert [source.text for source in sources(records)] == ["In short."]
    assert codes(records) == ["no_text"]


def test_content_goes_before_the_summary_and_elements_inside_are_markup() -> None:
    entry = (
        b'<feed><entry><summary>In short.</summary><link href="/c" rel="replies"/><link href="https://a.example/1"/>'
        b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        b'<p class="a&amp;b">One &lt; two.</p></div></content>'
        b"<author><name>Ann Lee</name></author><author><name>Bo Ek</name></author></entry></feed>"
    )
    [source] = sources(read("a.atom", entry))
    assert source.is_markup
    assert '<p class="a&amp;b">One &lt; two.</p>' in source.text
    assert (source.known.url, source.known.authors) == ("https://a.example/1", ("Ann Lee", "Bo Ek"))


LOLS = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE rss [<!ENTITY lol0 "lol">{LOLS}]>',
        '<!DOCTYPE rss [<!ENTITY lol9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd">%p;]>',
    ],
)
def test_an_xml_bomb_and_a_reference_to_a_file_are_reported_and_not_followed(prolog: str) -> None:
    feed = f"{prolog}<rss><channel><item><description>&lol9;</description></item></channel></rss>".encode()
    assert codes(read("a.xml", feed)) == ["hostile"]


def test_a_deep_feed_ends_in_time() -> None:
    deep = b"<rss><item><description>" + b"<a>" * 100_000 + b"text" + b"</a>" * 100_000 + b"</description></item></rss>"
    assert len(read("a.rss", deep)) == 1
    assert len(read("a.rss", b"<rss>" + b"<item><![CDATA[" * 100_000)) > 0
    assert len(read("a.rss", b"<rss>" + b"<item>" * 100_000)) == 100_000


def test_members_of_an_archive_are_labels_and_never_paths() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in (
            "../../evil.txt",
            "/abs.txt",
            "a.txt",
            "a.txt",
            "__MACOSX/._a.txt",
            ".hidden/a.txt",
            "d/",
            "README",
        ):
            with pytest.warns(UserWarning, match="Duplicate") if name in archive.namelist() else nullcontext():
                archive.writestr(name, f"The article of {name}, {len(archive.namelist())}.")
    records = read("a.zip", sink.getvalue())
    assert [record.member for record in records] == ["../../evil.txt", "/abs.txt", "a.txt", "a.txt"]
    assert codes(records) == []


def test_what_an_archive_cannot_give_is_rejected_by_name() -> None:
    data = bytearray(zipped({"a.txt": b"Article a.", "b.pdf": b"%PDF", "c.zip": zipped({}), "d.txt": b"word " * 99}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1  # encrypted
    data[data.index(b"d.txt") + 9] ^= 0xFF
    records = read("a.zip", bytes(data))
    assert [(record.member, record.content[1]) for record in records] == [
        ("a.txt", "encrypted"),
        ("b.pdf", "unsupported"),
        ("c.zip", "unsupported"),
        ("d.txt", "damaged"),
    ]
    assert all(record.member in record.content[2] for record in records)


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv", ".warc", ".xml"])
def test_a_bomb_is_given_up_in_time(suffix: str, packing: str) -> None:
    bomb = PACKERS[packing](b" " * 400_000_000)
    for name, data in (
        (f"a{suffix}{packing}", bomb),
        ("a.zip", zipped({f"a{suffix}{packing}": PACKERS[packing](bomb)})),
    ):
        records = read(name, data)
        assert sources(records) == []
        assert set(codes(records)) <= {"bomb", "too_large", "malformed", "damaged", "unsupported", "binary", "empty"}


def test_an_archive_whose_members_overlap_is_given_up() -> None:
    name, data = b"a.txt", zlib.compress(b" " * 15_000_000, 9)[2:-4]
    local = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, zlib.crc32(b" " * 15_000_000), len(data), 15_000_000, 5, 0
    )
    central = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, zlib.crc32(b" " * 15_000_000), len(data), 15_000_000,
        5, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    listed = (central + name) * 2_000
    start = len(local) + len(name) + len(data)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 2_000, 2_000, len(listed), start, 0)
    records = read("a.zip", local + name + data + listed + end)
    assert sources(records) == []
    assert len(records) < 2_000 or "damaged" in codes(records)


def test_a_file_whose_name_does_not_say_that_it_is_compressed_is_told_of() -> None:
    [record] = read("a.jsonl", gzip.compress(jsonl(made(1))))
    assert "add .gz to it" in record.content[2]
    assert codes(read("a.txt.gz", b"Plain text.")) == ["damaged"]
    assert codes(read("a.txt.gz", gzip.compress(b"An article.")[:-9])) == ["truncated"]
    assert codes(read("a.txt.gz", gzip.compress(b"An article.") + bytes(500))) == []


NONSENSE = {
    "items.xml": b"<rss>" + b"<item>" * 2_000_000,
    "sections.xml": b"<rss>" + b"<item><![CDATA[" * 500_000,
    "deep.xml": b"<rss><item><description>" + b"<a>" * 3_000_000 + b"</description></item></rss>",
    "versions.warc": b"WARC/1.0\r\n" * 2_000_000,
    "lengths.warc": b"WARC/1.0\r\nContent-Length: 99999999999\r\n\r\n" * 200_000,
    "short.warc": b"WARC/1.0\r\nContent-Length: 10\r\n\r\n" * 200_000,
    "deep.mhtml": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(9_000)
    ),
    "parts.mhtml": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: a/b\r\n\r\n" * 500_000,
    "lists.json": b"[" * 8_000_000,
    "objects.json": b"[" + b'{"a":' * 3_000_000,
    "words.jsonl": b"word\n" * 500_000,
    "quotes.csv": b"text\n" + b'"' * 8_000_001,
    "quotes.tsv": b"text\ta\n" + b'"a"b\n' * 500_000,
    "columns.csv": b",".join(b"c%d" % i for i in range(500_000)),
    "empty.jsonl.gz": gzip.compress(b"") * 200_000,
    "empty.txt.zst": PACKERS[".zst"](b"") * 500_000,
    "members.zip": b"PK\x05\x06" + bytes(8) + (2**31).to_bytes(4, "little") + bytes(6),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_file_of_nothing_but_nonsense_is_given_up_in_time(name: str) -> None:
    records = read(name, NONSENSE[name])
    assert len(codes(records)) in range(1, MAX_SENSELESS + 2)
    assert not sources(records)
