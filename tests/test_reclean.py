"""What is stored is cleaned by today's rules and memory, from the ledger alone."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from io import StringIO
from pathlib import Path
from typing import Self

import duckdb
import pytest
from rich.console import Console

from tasks.differences import show
from tasks.layout import Warehouse
from tasks.lock import held
from tasks.publish import rebuild_news
from tasks.reclean import Outcome, reclean
from tasks.summary import outdated
from tests.corpus import article, write_corpus
from tests.mill import mill
from tests.test_faults import run_with_fault
from tests.test_memory import content, stories, write

Ask = Callable[[str], list[tuple[object, ...]]]


def clean_anew(warehouse: Path, *, is_dry: bool = False) -> Outcome:
    with held(Warehouse(warehouse)):
        return reclean(Warehouse(warehouse), 2, is_dry=is_dry)


def outdate(warehouse: Path) -> None:
    """Make the stored articles those of other rules."""

    for batch in (warehouse / "articles").glob("*.parquet"):
        old = f"SELECT * REPLACE ('old' AS rules_version) FROM '{batch}'"  # noqa: S608
        duckdb.sql(f"COPY ({old}) TO '{batch}.new' (FORMAT parquet)")
        Path(f"{batch}.new").replace(batch)
    with duckdb.connect(warehouse / "news.duckdb") as news:
        news.execute("UPDATE articles SET rules_version = 'old'")


def test_a_line_learned_later_is_cut_from_articles_ingested_before(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 4, "Q")
    mill(raw, warehouse)
    stories(raw, "courier.example", 4, "Q", first=4)
    mill(raw, warehouse)
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%Q'") == [(4,)]
    outcome = clean_anew(warehouse)
    assert (outcome.bodies, outcome.titles, outcome.words_cut, outcome.words_restored) == (4, 0, 4, 0)
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%Q'") == [(0,)]
    assert ask("SELECT version, count(*) FROM articles GROUP BY ALL ORDER BY ALL") == [(1, 4), (2, 4)]
    assert ask("SELECT count(*) FROM article_versions") == [(12,)]
    assert ask("SELECT count(*) FROM articles WHERE raw_chars <> length(raw_text(article_id, version))") == [(0,)]


def test_the_order_of_files_and_their_share_in_runs_make_no_difference_to_bodies(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    stories(whole / "raw", "courier.example", 30, "The fair opens at noon.\n\nQ")
    stories(whole / "raw", "post.example", 7, "Z")
    write(whole / "raw", "courier.example/copy.txt", article(3, tail="Q"))
    files = sorted((whole / "raw").rglob("*.txt"), key=lambda path: path.stat().st_ino * 7919 % 101)
    mill(whole / "raw", whole / "warehouse")
    for part in range(3):
        for file in files[part::3]:
            target = parts / "raw" / file.relative_to(whole / "raw")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        mill(parts / "raw", parts / "warehouse")
    clean_anew(parts / "warehouse")
    assert _bodies(parts / "warehouse") == _bodies(whole / "warehouse")
    assert content(parts / "warehouse")[2] == content(whole / "warehouse")[2]


def _bodies(warehouse: Path) -> list[tuple[object, ...]]:

    with duckdb.connect(warehouse / "news.duckdb", read_only=True) as news:
        return news.execute(
            "SELECT raw_path, body FROM articles UNION ALL SELECT d.raw_path, a.body FROM duplicates AS d"
            " JOIN article_versions AS a USING (article_id, version) ORDER BY ALL"
        ).fetchall()


def test_a_dry_run_changes_nothing(raw: Path, warehouse: Path) -> None:
    stories(raw, "courier.example", 4, "Q")
    mill(raw, warehouse)
    stories(raw, "courier.example", 4, "Q", first=4)
    mill(raw, warehouse)
    before = {path: path.read_bytes() for path in warehouse.rglob("*") if path.suffix in {".parquet", ".duckdb"}}
    before.pop(warehouse / "state.duckdb")
    outcome = clean_anew(warehouse, is_dry=True)
    assert (outcome.bodies, len(outcome.largest)) == (4, 4)
    assert outcome.largest[0].body_before == f"{outcome.largest[0].body_after}\n\nQ"
    assert before == {path: path.read_bytes() for path in before}
    assert not list((warehouse / ".staging").iterdir())
    assert clean_anew(warehouse, is_dry=True) == outcome


def test_a_second_time_it_finds_nothing_to_change(raw: Path, warehouse: Path) -> None:
    write_corpus(raw, 12)
    stories(raw, "courier.example", 10, "Q")
    mill(raw, warehouse)
    before = content(warehouse)
    outcome = clean_anew(warehouse)
    counts = outcome.counts
    assert (counts.discovered, counts.unchanged, counts.duplicates, counts.cleaned) == (24, 22, 2, 0)
    assert (outcome.bodies, outcome.largest) == (0, [])
    assert content(warehouse) == before


def test_old_rules_give_way_to_todays_without_new_versions_where_the_body_stays(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    write_corpus(raw, 12)
    mill(raw, warehouse)
    before = content(warehouse)
    outdate(warehouse)
    outcome = clean_anew(warehouse)
    assert (outcome.counts.cleaned, outcome.counts.new_versions, outcome.counts.unchanged) == (14, 0, 12)
    assert content(warehouse) == before
    assert ask("SELECT count(*) FROM articles WHERE rules_version = 'old'") == [(0,)]
    assert ask("SELECT count(*) FROM article_versions") == [(12,)]
    assert ask("SELECT count(DISTINCT run_id) FROM articles") == [(1,)]
    lines = ask("SELECT count(*) FROM lines")
    rebuild_news(Warehouse(warehouse))
    assert content(warehouse) == before
    assert ask("SELECT count(*) FROM lines") == lines


def test_an_ingest_says_how_many_articles_older_rules_cleaned_until_they_are_cleaned_anew(
    raw: Path, warehouse: Path
) -> None:
    write_corpus(raw, 12)
    assert outdated(mill(raw, warehouse), Warehouse(warehouse)) is None
    outdate(warehouse)
    hint = outdated(mill(raw, warehouse), Warehouse(warehouse))
    assert hint == "12 articles were cleaned by older rules: newsmill reclean applies today's."
    clean_anew(warehouse)
    assert outdated(mill(raw, warehouse), Warehouse(warehouse)) is None


def test_a_clock_that_is_set_back_loses_nothing_and_hides_nothing(
    raw: Path, warehouse: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TheDayBefore(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(days=1)

    write(raw, "a.example/1.txt", article(1))
    write(raw, "a.example/2.txt", article(1))
    first = mill(raw, warehouse)
    outdate(warehouse)
    monkeypatch.setattr("tasks.run.datetime", TheDayBefore)
    clean_anew(warehouse)
    write(raw, "a.example/1.txt", article(1).replace("votes", "ballots"))
    write(raw, "a.example/3.txt", article(3))
    last = mill(raw, warehouse)
    assert (last.new_versions, last.loaded) == (1, 1)
    assert last.started_at < first.started_at
    assert last.run_id > first.run_id
    tables = ("articles", "article_versions", "lines", "duplicates")
    before = [ask(f"SELECT * FROM {table} ORDER BY ALL") for table in tables]  # noqa: S608
    assert ask("SELECT DISTINCT rules_version = 'old' FROM article_versions") == [(False,)]
    (warehouse / "state.duckdb").unlink()
    rebuild_news(Warehouse(warehouse))
    assert [ask(f"SELECT * FROM {table} ORDER BY ALL") for table in tables] == before  # noqa: S608
    again = mill(raw, warehouse)
    assert (again.loaded, again.new_versions, again.cleaned) == (0, 0, 0)


def test_one_is_written_in_the_singular(raw: Path, warehouse: Path) -> None:
    stories(raw, "courier.example", 1, "Q")
    mill(raw, warehouse)
    said = StringIO()
    outcome = replace(clean_anew(warehouse, is_dry=True), bodies=1, titles=1, words_cut=1)
    show(outcome, Console(file=said, width=200), is_dry=True)
    assert said.getvalue() == "1 body and 1 title would change: 1 word cut, 0 restored. 0 of 1 record cleaned anew.\n"


def test_duplicates_stay_duplicates_of_the_new_version(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 4, "Q")
    write(raw, "courier.example/copy.txt", article(1, tail="Q") + "\n")
    mill(raw, warehouse)
    stories(raw, "courier.example", 4, "Q", first=4)
    mill(raw, warehouse)
    clean_anew(warehouse)
    assert ask(
        "SELECT d.raw_path, d.version, a.version FROM duplicates AS d JOIN articles AS a USING (article_id)"
    ) == [("courier.example/copy.txt", 2, 2)]
    again = mill(raw, warehouse)
    assert (again.unchanged, again.duplicates, again.cleaned) == (8, 1, 0)


@pytest.mark.parametrize("fault", ["mid-learn:1:kill", "mid-load:1:kill", "after-commit:1:kill", "mid-publish:1:kill"])
def test_a_reclean_that_is_killed_ends_as_if_it_had_not_been(raw: Path, warehouse: Path, fault: str) -> None:

    stories(raw, "courier.example", 4, "Q")
    mill(raw, warehouse)
    stories(raw, "courier.example", 4, "Q", first=4)
    mill(raw, warehouse)
    shutil.copytree(warehouse, warehouse.parent / "undisturbed")
    clean_anew(warehouse.parent / "undisturbed")
    assert run_with_fault(raw, warehouse, fault, "flows.cli", "reclean", "--warehouse", str(warehouse)).returncode == -9
    clean_anew(warehouse)
    assert content(warehouse) == content(warehouse.parent / "undisturbed")
