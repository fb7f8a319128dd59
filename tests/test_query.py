"""The analyst's query command: answers, and the locks on it."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tasks.database import statement
from tests.corpus import write_corpus
from tests.mill import mill


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    write_corpus(folder / "raw", 20)
    mill(folder / "raw", folder / "warehouse")
    return folder / "warehouse"


def newsmill(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def sql(warehouse: Path, query: str, *options: str) -> subprocess.CompletedProcess[str]:
    return newsmill("sql", query, "--warehouse", str(warehouse), *options)


def test_the_three_forms_hold_the_same_answer(filled: Path) -> None:
    query = "SELECT outlet_domain, count(*) AS articles FROM articles GROUP BY ALL ORDER BY ALL"
    table = sql(filled, query)
    rows = list(csv.DictReader(io.StringIO(sql(filled, query, "--format", "csv").stdout)))
    documents = json.loads(sql(filled, query, "--format", "json").stdout)
    assert [row["articles"] for row in rows] == ["5"] * 4
    assert [document["articles"] for document in documents] == [5] * 4
    assert all(row["outlet_domain"] in table.stdout for row in rows)


def test_a_query_can_come_from_standard_input(filled: Path) -> None:
    done = newsmill(
        "sql", "-", "--warehouse", str(filled), "--format", "csv", given="SELECT count(*) AS n FROM articles"
    )
    assert done.stdout == "n\n20\n"


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO articles SELECT * FROM articles",
        "UPDATE articles SET title = 'x'",
        "DROP TABLE articles",
        "CREATE TABLE t AS SELECT 1",
        "ATTACH '/tmp/other.duckdb'",
        "COPY articles TO '/tmp/stolen.csv'",
        "INSTALL httpfs",
        "SET memory_limit = '100GB'",
        "SELECT 1; DROP TABLE articles",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "FROM '/etc/passwd'",
        "SELECT getenv('HOME')",
        "SELEC 1",
        "SELECT * FROM no_such_table",
        "",
    ],
)
def test_what_is_not_a_reading_query_is_refused_in_one_line(filled: Path, query: str) -> None:
    before = (filled / "news.duckdb").read_bytes()
    done = sql(filled, query)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("newsmill: ")
    assert (filled / "news.duckdb").read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM range(1000000) a, range(1000000) b",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    ],
)
def test_a_query_without_end_is_stopped(filled: Path, query: str) -> None:
    started = time.monotonic()
    done = sql(filled, query, "--timeout", "1")
    assert done.returncode == 4
    assert "--timeout" in done.stderr or "memory" in done.stderr
    assert time.monotonic() - started < 30


def test_control_characters_never_reach_the_terminal(filled: Path) -> None:
    done = sql(filled, "SELECT chr(27) || '[31mred' AS t")
    assert "\x1b[31mred" not in done.stdout
    assert "\\x1b[31mred" in done.stdout


def test_a_warehouse_that_is_not_there_yet_is_said_so(tmp_path: Path) -> None:
    done = sql(tmp_path, "SELECT 1")
    assert done.returncode == 4
    assert "run newsmill ingest first" in done.stderr


def test_a_closed_pipe_ends_quietly(filled: Path) -> None:
    done = subprocess.run(  # noqa: S602 (a pipe is what is tested)
        f"{sys.executable} -m flows.cli sql 'FROM range(1000000)' --format csv --warehouse {filled} | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("range\n", "")


@pytest.mark.parametrize("view", sorted(p.stem for p in Path("sql/views").glob("*.sql")))
def test_every_view_answers_and_says_its_question(filled: Path, view: str) -> None:
    first, second = Path(f"sql/views/{view}.sql").read_text().splitlines()[:2]
    assert first.startswith("-- ")
    assert first.endswith("?")
    assert second.startswith("-- one row per ")
    assert sql(filled, f"FROM {view} LIMIT 3").returncode == 0
    comment = sql(filled, f"SELECT comment FROM duckdb_views() WHERE view_name = '{view}'", "--format", "json")  # noqa: S608
    assert json.loads(comment.stdout) == [{"comment": first.removeprefix("-- ")}]


def test_every_column_carries_its_meaning(filled: Path) -> None:
    tables = "('articles', 'superseded', 'lines', 'duplicates', 'quarantine', 'runs')"
    query = f"SELECT count(*) AS n FROM duckdb_columns() WHERE comment IS NULL AND table_name IN {tables}"  # noqa: S608
    assert sql(filled, query, "--format", "csv").stdout == "n\n0\n"


def test_explain_shows_a_stored_article_and_a_file_alike(filled: Path) -> None:
    [row] = json.loads(sql(filled, "SELECT article_id, raw_path FROM articles LIMIT 1", "--format", "json").stdout)
    stored = newsmill("explain", row["article_id"], "--warehouse", str(filled))
    fresh = newsmill("explain", str(filled.parent / "raw" / row["raw_path"]))
    for done in (stored, fresh):
        assert done.returncode == 0
        assert "✂ empty" in done.stdout
        assert "No stories found." in done.stdout


def test_explain_says_why_a_file_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    done = newsmill("explain", str(tmp_path / "empty.txt"))
    assert "quarantined in decode as empty" in done.stdout.replace("\n", " ")
    assert newsmill("explain", "no-such-thing").returncode == 2


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_column_may_have_any_name(filled: Path, form: str) -> None:
    done = sql(filled, 'SELECT 1 AS "[/bold]", 2 AS "[red]x"', "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert "[/bold]" in done.stdout
    assert "[red]x" in done.stdout


def test_an_answer_in_json_is_json_and_loses_no_column(filled: Path) -> None:
    done = sql(filled, "SELECT 'nan'::DOUBLE AS a, ['inf'::FLOAT] AS b, chr(155) || chr(8238) AS c", "--format", "json")
    assert json.loads(done.stdout, parse_constant=pytest.fail) == [{"a": None, "b": [None], "c": "\x9b\u202e"}]
    assert done.stdout.replace("\n", "").isprintable()
    twice = sql(filled, "SELECT 1 AS a, 2 AS a", "--format", "json")
    assert twice.returncode == 2
    assert "'a'" in twice.stderr


def test_an_error_sends_no_control_character_to_the_terminal(filled: Path) -> None:
    done = sql(filled, "SELECT error('a' || chr(27) || '[31mb')")
    assert done.returncode == 2
    assert "a\\x1b[31mb" in done.stderr


@pytest.mark.parametrize(("query", "code", "said"), [(b"SELECT '\xff'", 2, "no UTF-8"), (b"SELECT chr(233)", 0, "")])
def test_a_query_is_answered_or_refused_in_any_locale(filled: Path, query: bytes, code: int, said: str) -> None:
    command = [sys.executable, "-m", "flows.cli", "sql", "-", "--warehouse", str(filled), "--format", "csv"]
    done = subprocess.run(
        command,
        input=query,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii:surrogateescape" if code == 0 else "utf-8:surrogateescape"},
    )
    assert done.returncode == code, done.stderr
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_an_answer_that_cannot_be_written_is_a_failure_of_storage(filled: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "sql", "FROM range(9)", "--warehouse", str(filled)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 4
    assert "No space left on device" in done.stderr
    assert "memory" not in done.stderr


def test_the_summary_of_a_run_knows_an_outlet_by_its_domain_and_by_its_name_where_there_is_none() -> None:
    outlets = [("The Post", "a.example"), ("Post", "a.example"), ("Post", "a.example"), ("Post", "b.example")]
    with duckdb.connect() as db:
        db.execute(
            "CREATE TABLE article_versions "
            "(outlet VARCHAR, outlet_domain VARCHAR, run_id VARCHAR, word_count INT, cut_chars INT, raw_chars INT)"
        )
        db.executemany(
            "INSERT INTO article_versions VALUES (?, ?, 'now', 100, 1, 10)", [*outlets, ("Post", None), (None, None)]
        )
        rows = db.execute(statement("summary/outlets"), {"run_id": "now"}).fetchall()
    assert [row[:3] for row in rows] == [
        ("Post", "a.example", 3),
        ("Post", "", 1),
        ("not known", "", 1),
        ("Post", "b.example", 1),
    ]
