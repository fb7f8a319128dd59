"""Hostile volumes: what a few bytes, or very many lines, could make of time and memory, they do not."""

import csv
import io
import random
import re
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsmill.classifier.haystack import Haystack
from newsmill.clean import clean_source
from newsmill.cleaned import Cleaned
from newsmill.html.guard import MAX_ELEMENTS, refuse
from newsmill.lines import MAX_CHARS, MAX_LINES
from newsmill.readers import mapping, read_records, tables
from newsmill.readers.packing import FREE_BYTES, MAX_RATIO
from newsmill.record import Record, Source
from newsmill.rejection import Rejected
from newsmill.rules import Rules
from tasks import database, parquet, pieces, publish
from tasks.database import SQL
from tasks.layout import PROJECT, Warehouse
from tasks.lock import held
from tasks.reclean import reclean
from tests.mill import mill

PARAGRAPH = (
    "The council said on Monday that the harbour would be open again before the spring, and that ferries would run "
    "as they had before the storm."
)
MEGABYTES = 2**20


def many_lines(count: int) -> str:
    return "\n".join([PARAGRAPH, *(f"Line {number} of it" for number in range(count)), PARAGRAPH])


def cleaned(text: str, rules: Rules, *, is_markup: bool = False) -> Cleaned | Rejected:
    return clean_source(Source(text, "utf-8", is_markup), rules, "courier.example/a.txt")


# Memory


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: str(path.relative_to(SQL)))
def test_no_statement_counts_up_what_a_filter_chooses(path: str) -> None:
    """DuckDB counts anew for each row where a filter chooses what is counted up to it: the square of the rows."""
    statement = " ".join(re.sub("--.*", "", SQL.joinpath(path).read_text(encoding="utf-8")).split())
    assert not re.search(r"FILTER \([^()]*(?:\([^()]*\)[^()]*)*\) OVER \([^()]*ORDER BY", statement, re.IGNORECASE)


# Long texts


def test_whole_texts_go_through_a_run_a_piece_at_a_time(
    raw: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What bounds a run is an eighth of what it is otherwise, and the texts are about what DuckDB may have then."""
    monkeypatch.setattr(database, "_MEMORY_LIMIT", "24MB")
    monkeypatch.setattr(pieces, "PIECE_BYTES", pieces.PIECE_BYTES // 8)
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", parquet.ROW_GROUP_BYTES // 8)
    monkeypatch.setattr(publish, "_LONG_ROW", publish._LONG_ROW // 8)
    (raw / "courier.example").mkdir()
    for number in range(32):
        words = [random.Random(number).randbytes(3).hex() for _ in range(1_000)]  # noqa: S311
        text = " ".join(random.Random(-number).choices(words, k=1_300_000 // 7))  # noqa: S311
        (raw / "courier.example" / f"{number}.txt").write_text(f"Story {number}\n\n{text[: 1_300_000 // 2]}.\n\nQ\n")

    def check() -> None:
        with duckdb.connect(warehouse / "news.duckdb", read_only=True) as news:
            of_articles = "SELECT count(*), count(*) FILTER (raw_chars > 600000 AND body LIKE '%.') FROM articles"
            assert news.execute(of_articles).fetchall() == [(32, 32)]  # Q is learned, and cut
            lines = 'SELECT sum("end" - start) = sum(length(text)), sum(length(text)) > 20000000 FROM lines'
            assert news.execute(lines).fetchall() == [(True, True)]

    mill(raw, warehouse)
    check()
    with held(Warehouse(warehouse)):
        reclean(Warehouse(warehouse), 2, is_dry=False)
    check()
    Warehouse(warehouse).state.unlink()
    Warehouse(warehouse).news.unlink()
    with held(Warehouse(warehouse)):
        publish.rebuild_news(Warehouse(warehouse))
    check()


def test_row_groups_of_a_batch_are_of_so_many_rows_or_bytes(tmp_path: Path) -> None:
    schema = pa.schema([("text", pa.string())])

    def groups(*tables: list[str]) -> list[int]:
        path = tmp_path / "a.parquet"
        written = parquet.write_batch(path, schema, (pa.table({"text": texts}) for texts in tables))
        with pq.ParquetFile(path) as file:
            rows = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        assert written == sum(rows)
        return rows

    assert groups(["a"] * 15_000, ["b"] * 30_000) == [20_000, 20_000, 5_000]
    assert groups([]) == []
    megabyte = "a" * MEGABYTES
    assert groups([megabyte] * 70, ["a"] * 10) == [35, 35, 10]


def test_buckets_give_back_what_they_took_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 10_000)
    buckets = pieces.Buckets(tmp_path / "spill")
    for start in range(0, 10_000, 100):
        numbers = range(start, start + 100)
        buckets.add(pa.table({"number": numbers, "bucket": pa.array([n % 7 for n in numbers], pa.int32())}))
    assert (tmp_path / "spill").stat().st_size > 20_000
    assert buckets.numbers() == [*range(7)]
    for bucket in range(7):
        assert buckets.take(bucket)["number"].to_pylist() == [*range(bucket, 10_000, 7)]
    assert buckets.take(7).num_rows == 0


# Text


def listed(lines: int, rules: Rules) -> int:
    """Count the elements that lists go through to count something, while a text is cleaned."""
    work = 0

    def note(_frame: FrameType, event: str, called: Callable[..., object]) -> None:
        nonlocal work
        if event == "c_call" and called.__name__ == "count":
            counted = getattr(called, "__self__", None)
            work += len(counted) if isinstance(counted, list) else 0

    text = many_lines(lines)
    sys.setprofile(note)
    try:
        assert isinstance(cleaned(text, rules), Cleaned)
    finally:
        sys.setprofile(None)
    return work


def test_twice_the_lines_are_twice_the_work(rules: Rules) -> None:
    cleaned(many_lines(10), rules)  # what is made at the first use
    assert listed(4_000, rules) < 3 * listed(2_000, rules)


def test_a_long_text_is_not_searched_for_each_word_of_each_line() -> None:
    class Searched(str):
        searches = 0
        __slots__ = ()

        def __contains__(self, other: object) -> bool:
            Searched.searches += 1
            return super().__contains__(other)  # type: ignore[operator]

    text = Searched(f"{PARAGRAPH}\n" * 2_000)
    words = ["harbour", *(f"harb{number}" for number in range(1_000))]
    assert Haystack(text).find_words(words) == [True] + [False] * 1_000
    assert Searched.searches == 0
    short = Searched(PARAGRAPH)
    assert Haystack(short).find_words(["harbour", "arbou"]) == [True, True]
    assert Searched.searches == 2


def test_a_text_is_searched_once_however_many_lines_it_has(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = []
    find = Haystack.find_words
    monkeypatch.setattr(Haystack, "find_words", lambda self, words: searches.append(words) or find(self, words))
    cleaned(many_lines(5_000), rules)
    assert len(searches) == 1


def test_many_lines_are_classified_in_bounded_memory(rules: Rules) -> None:
    cleaned(many_lines(10), rules)
    text = many_lines(20_000)
    tracemalloc.start()
    assert isinstance(cleaned(text, rules), Cleaned)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_500 * 20_000


@pytest.mark.parametrize(
    "text",
    [
        "It rained.\n" * (MAX_LINES + 1),
        "It rained.\r\n" * (MAX_LINES + 1),
        f"It rained.{chr(0x2028) * (MAX_LINES + 1)}It stopped.",
        "a" + "\r" * 16_000_000 + "b",
    ],
    ids=["short lines", "carriage returns", "separators", "blank lines"],
)
def test_a_text_of_too_many_lines_is_in_quarantine_before_it_is_taken_apart(text: str, rules: Rules) -> None:
    tracemalloc.start()
    rejected = cleaned(text, rules)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(rejected, Rejected)
    assert (rejected.stage, rejected.code) == ("clean", "too_large")
    assert peak < MEGABYTES


def test_a_text_of_the_most_lines_is_an_article(rules: Rules) -> None:
    text = f"The title\r\n{PARAGRAPH}\r\n" + "\r\n" * (MAX_LINES - 3) + f"{PARAGRAPH}\r\n"
    assert isinstance(cleaned(text, rules), Cleaned)


@pytest.mark.parametrize("is_markup", [False, True], ids=["text", "page"])
def test_a_text_that_is_longer_than_any_article_is_in_quarantine(is_markup: bool, rules: Rules) -> None:
    longest = [PARAGRAPH] * (MAX_CHARS // (len(PARAGRAPH) + 1))
    for paragraphs, is_article in ((longest, True), ([*longest, PARAGRAPH], False)):
        text = "".join(f"<p>{one}</p>" for one in paragraphs) if is_markup else "\n".join(paragraphs)
        made = cleaned(text, rules, is_markup=is_markup)
        assert isinstance(made, Cleaned) is is_article
    assert isinstance(made, Rejected)
    assert (made.stage, made.code) == ("clean", "too_large")
    assert f"{MAX_CHARS:,} characters" in made.message


def test_a_page_of_too_many_paragraphs_is_in_quarantine() -> None:
    rejected = refuse("<p>It rained." * 400_000)
    assert rejected is not None
    assert rejected.code == "too_large"


# Parquet


def table_of(column: "pa.Array", rows_in_a_group: int = 1_000_000, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"body": column}), buffer, row_group_size=rows_in_a_group, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def shared(rows: int, text: str) -> "pa.Array":
    """Give a column in which all rows have the same text, and hold it once."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))


def read_in(data: bytes, megabytes: int) -> Iterator[Record]:
    """Read a Parquet file, and hold Arrow and Python to so many megabytes beside it at any time."""
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        for record in read_records("a.parquet", io.BytesIO(data)):
            held = pa.total_allocated_bytes() - before + tracemalloc.get_traced_memory()[1]
            assert held < megabytes * MEGABYTES
            yield record
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("is_plain", [False, True], ids=["written as shared", "shared in the file alone"])
def test_a_text_that_many_rows_share_is_not_held_once_for_each(is_plain: bool) -> None:
    text = random.Random(1).randbytes(3_000_000).hex()  # noqa: S311
    column = shared(24, text)
    if is_plain:
        column = column.cast(pa.string())
    data = table_of(column, rows_in_a_group=16, dictionary_pagesize_limit=2**28)
    assert len(data) < 20 * MEGABYTES
    records = [(record.number, record.content[0] == text) for record in read_in(data, 150)]
    assert records == [(number, True) for number in range(24)]


def test_rows_that_share_a_text_are_read_until_they_are_200_times_their_file() -> None:
    data = table_of(shared(200, "x " * 3_000_000))
    given = (FREE_BYTES + MAX_RATIO * len(data)) // 6_000_000
    records = [(record.number, record.content[1]) for record in read_in(data, 60)]
    assert records == [*((number, "utf-8") for number in range(given)), (given, "bomb")]


def test_shared_texts_in_one_list_are_too_large_for_an_article() -> None:
    paragraphs = shared(400, "x " * 1_000_000)
    column = pa.ListArray.from_arrays(pa.array([0, 200, 400], pa.int32()), paragraphs)
    records = [(record.number, record.content[1]) for record in read_in(table_of(column), 120)]
    assert records == [(0, "too_large"), (1, "too_large")]


def test_rows_that_unpack_to_a_thousand_times_their_size_are_not_read() -> None:
    column = pa.array([chr(number) * 2_000_000 for number in range(65, 85)])
    [record] = read_in(table_of(column, use_dictionary=False, compression="zstd"), 20)
    assert (record.number, record.content[1]) == (0, "bomb")


def test_a_large_group_is_read_a_few_rows_at_once() -> None:
    texts = ["a"] * 10_000 + [f"{number} " * 300_000 for number in range(100, 200)]
    data = table_of(pa.array(texts), use_dictionary=False, write_batch_size=1)
    sizes = [len(record.content[0]) for record in read_in(data, 60)]
    assert sizes == [*map(len, texts)]


def test_small_texts_that_rows_share_are_read_as_they_are() -> None:
    texts = [f"Story {number % 7}, in which it rained." for number in range(2_000)]
    for column in (pa.array(texts), pa.array(texts).dictionary_encode(), pa.array(texts, pa.large_string())):
        assert [record.content[0] for record in read_in(table_of(column, rows_in_a_group=900), 20)] == texts


# Many records


def test_the_names_of_a_tables_columns_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    plain = mapping._plain
    monkeypatch.setattr(mapping, "_plain", lambda name: looked_up.append(name) or plain(name))
    mapping._usual.cache_clear()
    table = b"headline,body\n" + b"It rained,It rained all day.\n" * 1_000
    assert len([*read_records("a.csv", io.BytesIO(table))]) == 1_000
    assert looked_up == ["headline", "body"]


def test_a_row_without_quotes_needs_no_reader_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    reader = csv.reader
    monkeypatch.setattr(tables.csv, "reader", lambda *args, **options: made.append(args) or reader(*args, **options))
    rows = b"title,body\r\n" + b"One,It rained.\r\n\r\n" * 100 + b'Two,"It\nrained."\nThree,It rained.\n'
    records = [*read_records("a.csv", io.BytesIO(rows))]
    assert [record.number for record in records] == [*range(1, 201, 2), 201, 203]
    assert len(made) == 2  # for the row with quotes, and at the end


def test_an_empty_member_of_an_archive_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100):
            archive.writestr(f"{number}.txt", b"")
        archive.writestr("story.txt", b"It rained.")
    opened = []
    open_member = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, info: opened.append(info) or open_member(self, info))
    records = [*read_records("a.zip", buffer)]
    assert len({record.number for record in records}) == 101
    assert [record.content[1] for record in records] == ["empty"] * 100 + ["utf-8"]
    assert [info.filename for info in opened] == ["story.txt"]


def test_the_limits_of_a_text_and_a_page_stand_in_the_page_of_formats() -> None:
    told = (PROJECT / "docs/formats.md").read_text(encoding="utf-8").replace("\n", " ")
    assert f"{MAX_CHARS:,} characters and {MAX_LINES:,} lines for a text, {MAX_ELEMENTS:,} elements for a page" in told
    assert f"{MAX_RATIO} times its own size" in told
