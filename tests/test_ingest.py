"""What a run does with what it finds: every record has one fate, and a second run changes nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tasks.failures import StorageFailed, WrongUse
from tasks.layout import Warehouse
from tasks.publish import rebuild_news
from tests.corpus import article, write_corpus
from tests.mill import mill

Ask = Callable[[str], list[tuple[object, ...]]]


def write(raw: Path, path: str, text: str) -> None:
    (raw / path).parent.mkdir(parents=True, exist_ok=True)
    (raw / path).write_text(text, encoding="utf-8")


def balanced(run: object) -> bool:
    fates = ("loaded", "new_versions", "unchanged", "duplicates", "quarantined")
    return sum(getattr(run, fate) for fate in fates) == run.discovered  # type: ignore[attr-defined]


def test_every_discovered_record_has_one_fate(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 40)
    run = mill(raw, warehouse)
    assert (run.discovered, run.loaded, run.duplicates, run.quarantined) == (46, 40, 4, 2)
    assert balanced(run)
    assert ask("SELECT count(*) FROM articles") == [(40,)]
    assert ask("SELECT code FROM quarantine ORDER BY ALL") == [("binary",), ("empty",)]


def test_a_second_run_loads_and_cleans_nothing(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 20)
    mill(raw, warehouse)
    before = ask("SELECT * FROM articles ORDER BY ALL"), ask("SELECT * FROM lines ORDER BY ALL")
    files = sorted(warehouse.rglob("*.parquet"))
    again = mill(raw, warehouse)
    assert (again.loaded, again.cleaned, again.unchanged, again.duplicates, again.quarantined) == (0, 0, 20, 2, 2)
    assert balanced(again)
    assert (ask("SELECT * FROM articles ORDER BY ALL"), ask("SELECT * FROM lines ORDER BY ALL")) == before
    assert sorted(warehouse.rglob("*.parquet")) == files
    assert ask("SELECT count(*) FROM runs") == [(2,)]


def test_a_touched_file_is_known_by_its_bytes(raw: Path, warehouse: Path) -> None:
    write(raw, "a.example/1.txt", article(1))
    mill(raw, warehouse)
    os.utime(raw / "a.example/1.txt", (1, 1))
    again = mill(raw, warehouse)
    assert (again.cleaned, again.unchanged) == (0, 1)
    assert mill(raw, warehouse).unchanged == 1


def test_a_changed_body_makes_a_new_version_and_keeps_the_old_one(raw: Path, warehouse: Path, ask: Ask) -> None:
    write(raw, "a.example/1.txt", article(1))
    mill(raw, warehouse)
    write(raw, "a.example/1.txt", article(1).replace("votes", "ballots"))
    run = mill(raw, warehouse)
    assert (run.new_versions, run.loaded) == (1, 0)
    assert ask("SELECT version FROM articles") == [(2,)]
    assert ask("SELECT version, body LIKE '%ballots%' FROM article_versions ORDER BY version") == [
        (1, False),
        (2, True),
    ]


def test_changed_boilerplate_makes_no_version(raw: Path, warehouse: Path, ask: Ask) -> None:
    write(raw, "a.example/1.txt", article(1))
    mill(raw, warehouse)
    write(raw, "a.example/1.txt", article(1).replace("No stories found.", "Loading…"))
    run = mill(raw, warehouse)
    assert (run.cleaned, run.unchanged, run.new_versions) == (1, 1, 0)
    assert ask("SELECT max(version) FROM article_versions") == [(1,)]


def test_the_same_content_is_a_duplicate_in_its_outlet_and_an_article_in_another(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    for path in ("a.example/1.txt", "a.example/2.txt", "b.example/1.txt"):
        write(raw, path, article(1, tail=""))
    run = mill(raw, warehouse)
    assert (run.loaded, run.duplicates) == (2, 1)
    assert ask("SELECT d.raw_path, a.raw_path FROM duplicates d JOIN articles a USING (article_id)") == [
        ("a.example/2.txt", "a.example/1.txt")
    ]


def test_a_duplicate_of_an_earlier_run_is_found(raw: Path, warehouse: Path, ask: Ask) -> None:
    write(raw, "a.example/2.txt", article(1))
    mill(raw, warehouse)
    write(raw, "a.example/1.txt", article(1))
    run = mill(raw, warehouse)
    assert (run.loaded, run.duplicates, run.unchanged) == (0, 1, 1)
    assert ask("SELECT raw_path FROM duplicates") == [("a.example/1.txt",)]


def test_a_duplicate_that_becomes_an_article_leaves_the_duplicates(raw: Path, warehouse: Path, ask: Ask) -> None:
    write(raw, "a.example/1.txt", article(1))
    write(raw, "a.example/2.txt", article(1))
    mill(raw, warehouse)
    write(raw, "a.example/2.txt", article(2))
    run = mill(raw, warehouse)
    assert (run.loaded, run.duplicates) == (1, 0)
    assert ask("SELECT count(*) FROM duplicates") == [(0,)]
    assert ask("SELECT count(*) FROM lines WHERE version = 0") == [(0,)]


def test_a_mended_file_leaves_quarantine_and_a_bad_one_keeps_its_first_day(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    write(raw, "a.example/1.txt", "")
    write(raw, "a.example/2.txt", "")
    mill(raw, warehouse)
    first = ask("SELECT first_seen FROM quarantine WHERE raw_path LIKE '%2.txt'")
    write(raw, "a.example/1.txt", article(1))
    write(raw, "a.example/2.txt", "  ")
    run = mill(raw, warehouse)
    assert (run.loaded, run.quarantined) == (1, 1)
    assert ask("SELECT first_seen FROM quarantine") == first
    assert ask("SELECT last_seen > first_seen FROM quarantine") == [(True,)]


def test_the_spans_of_the_ledger_rebuild_every_file(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 12)
    write(raw, "odd.example/crlf.txt", article(99).replace("\n", "\r\n") + "\r\n\u2028\n\n")
    mill(raw, warehouse)
    rebuilt = ask("SELECT raw_path, raw_text(article_id, version), raw_chars FROM articles")
    rebuilt += ask("SELECT raw_path, raw_text(record_id, 0), NULL FROM duplicates")
    assert len(rebuilt) == 15
    for path, text, chars in rebuilt:
        source = (raw / str(path)).read_bytes().decode()
        assert text == source
        assert chars in (None, len(source))
    gaps = ask(
        'SELECT count(*) FROM (SELECT start, lag("end", 1, 0) OVER (PARTITION BY article_id, version ORDER BY line)'
        " AS before FROM lines) WHERE start <> before"
    )
    assert gaps == [(0,)]


def test_a_cut_can_be_undone_in_sql(raw: Path, warehouse: Path, ask: Ask) -> None:
    write(raw, "a.example/1.txt", article(1))
    mill(raw, warehouse)
    rule = ask("SELECT rule FROM cuts WHERE text = 'No stories found.'")[0][0]
    [(body, restored)] = ask(f"SELECT body, body_with(article_id, version, '{rule}') FROM articles")  # noqa: S608
    assert "No stories found." not in str(body)
    assert "No stories found." in str(restored)


def test_macros_take_columns_of_the_outer_query_in_where(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 12)
    mill(raw, warehouse)
    raw_text = "SELECT count(*) FROM articles WHERE raw_chars {} length(raw_text(article_id, version))"
    assert ask(raw_text.format("=")) == [(12,)]
    assert ask(raw_text.format("<>")) == [(0,)]
    body_with = "SELECT count(*) FROM articles WHERE body {} body_with(article_id, version, 'no such rule')"
    assert ask(body_with.format("=")) == [(12,)]
    restored = "SELECT count(*) FROM cuts WHERE contains(body_with(article_id, version, rule), text)"
    assert ask(restored) == ask("SELECT count(*) FROM cuts")


def test_an_outlet_is_one_row_by_its_most_frequent_name(raw: Path, warehouse: Path, ask: Ask) -> None:
    for number, name in enumerate(("The Courier", "The Courier", "Courier")):
        write(raw, f"{number}.txt", article(number, tail=f"{name}\nwww.courier.example"))
    write(raw, "nowhere.txt", article(3, tail=""))
    mill(raw, warehouse)
    assert ask("SELECT DISTINCT outlet FROM articles ORDER BY ALL") == [("Courier",), ("The Courier",), (None,)]
    assert ask("SELECT outlet, outlet_domain, articles FROM outlets") == [
        ("The Courier", "courier.example", 3),
        (None, None, 1),
    ]


def test_every_table_says_what_its_rows_are(raw: Path, warehouse: Path, ask: Ask) -> None:
    mill(raw, warehouse)
    comments = [comment for (comment,) in ask("SELECT comment FROM duckdb_tables()")]
    assert len(set(comments)) == len(comments)
    assert None not in comments


def test_the_order_of_files_and_the_number_of_workers_have_no_say(tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw", 30)
    results = []
    for workers in (1, 3):
        mill(tmp_path / "raw", tmp_path / str(workers), workers)
        with duckdb.connect(tmp_path / str(workers) / "news.duckdb", read_only=True) as news:
            results.append(
                [
                    news.execute(query).fetchall()
                    for query in (
                        "SELECT * EXCLUDE (ingested_at, run_id) FROM articles ORDER BY ALL",
                        "SELECT * FROM lines ORDER BY ALL",
                        "SELECT record_id, article_id, version FROM duplicates ORDER BY ALL",
                    )
                ]
            )
    assert results[0] == results[1]


def test_batches_are_sorted_checked_and_filtered(raw: Path, warehouse: Path) -> None:
    write_corpus(raw, 30)
    mill(raw, warehouse)
    [batch] = (warehouse / "articles").glob("*.parquet")
    table = pq.read_table(batch, page_checksum_verification=True)
    assert table["outlet_domain"].to_pylist() == sorted(table["outlet_domain"].to_pylist())
    column = pq.ParquetFile(batch).metadata.row_group(0).column(table.schema.names.index("content_hash"))
    assert column.compression == "ZSTD"
    with duckdb.connect() as db:
        filters = db.execute(
            "SELECT count(*) FROM parquet_metadata($f)"
            " WHERE path_in_schema = 'content_hash' AND bloom_filter_offset IS NOT NULL",
            {"f": str(batch)},
        ).fetchall()
    assert filters == [(1,)]


@pytest.mark.parametrize("keep_state", [True, False])
def test_rebuild_makes_the_same_warehouse_from_parquet_alone(
    raw: Path, warehouse: Path, ask: Ask, keep_state: bool
) -> None:
    write_corpus(raw, 20)
    mill(raw, warehouse)
    write(raw, "outlet1.example/00001.txt", article(1).replace("votes", "ballots"))
    mill(raw, warehouse)
    tables = ("articles", "article_versions", "lines", "duplicates", "quarantine", "runs", "outlets", "cuts_per_rule")
    before = [ask(f"SELECT * FROM {table} ORDER BY ALL") for table in tables]  # noqa: S608
    (warehouse / "news.duckdb").unlink()
    if not keep_state:
        (warehouse / "state.duckdb").unlink()
    rebuild_news(Warehouse(warehouse))
    assert [ask(f"SELECT * FROM {table} ORDER BY ALL") for table in tables] == before  # noqa: S608
    again = mill(raw, warehouse)
    assert (again.loaded, again.new_versions, again.cleaned, again.unchanged) == (0, 0, 0, 20)


def test_a_lost_news_duckdb_is_made_again_by_the_next_run(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 5)
    mill(raw, warehouse)
    (warehouse / "news.duckdb").write_text("not a database")
    mill(raw, warehouse)
    assert ask("SELECT count(*) FROM articles") == [(5,)]


def test_a_run_beside_parquet_that_its_state_has_lost_says_so_and_loads_nothing_twice(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    write_corpus(raw, 5)
    mill(raw, warehouse)
    (warehouse / "state.duckdb").unlink()
    for _ in range(2):
        with pytest.raises(StorageFailed, match="newsmill rebuild"):
            mill(raw, warehouse)
    rebuild_news(Warehouse(warehouse))
    assert mill(raw, warehouse).loaded == 0
    assert ask("SELECT count(*) FROM article_versions") == [(5,)]


@pytest.mark.parametrize(
    "differently", ["ALTER TABLE versions DROP COLUMN raw_path", "ALTER TABLE files ADD COLUMN owner VARCHAR"]
)
def test_a_state_database_of_another_newsmill_is_refused_in_a_line_that_says_how_to_go_on(
    raw: Path, warehouse: Path, ask: Ask, differently: str
) -> None:
    write_corpus(raw, 5)
    mill(raw, warehouse)
    with duckdb.connect(warehouse / "state.duckdb") as state:
        state.execute(differently)
    for go_on in (lambda: mill(raw, warehouse), lambda: rebuild_news(Warehouse(warehouse))):
        with pytest.raises(
            WrongUse, match=r"another version of newsmill made it .* move it away and run newsmill rebuild"
        ):
            go_on()
    (warehouse / "state.duckdb").rename(warehouse / "state.old")
    rebuild_news(Warehouse(warehouse))
    run = mill(raw, warehouse)
    assert (run.loaded, run.unchanged) == (0, 5)
    assert ask("SELECT count(*) FROM article_versions") == [(5,)]


@pytest.mark.parametrize("harm", ["gone", "no Parquet", "cut off"])
def test_rebuild_without_a_whole_parquet_file_names_it_and_leaves_the_last_news(
    raw: Path, warehouse: Path, ask: Ask, harm: str
) -> None:
    write_corpus(raw, 5)
    mill(raw, warehouse)
    (batch,) = (warehouse / "articles").iterdir()
    if harm == "gone":
        batch.unlink()
    else:
        batch.write_bytes(b"PAR" * 9 if harm == "no Parquet" else batch.read_bytes()[:-100])
    with pytest.raises(StorageFailed, match=batch.name):
        rebuild_news(Warehouse(warehouse))
    assert ask("SELECT count(*) FROM articles") == [(5,)]
