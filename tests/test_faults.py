"""A run that is killed or fails anywhere, and is run again, ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from prefect.utilities.engine import capture_sigterm

from tasks.database import connection
from tests.corpus import article, write_corpus
from tests.mill import mill

Ask = Callable[[str], list[tuple[object, ...]]]

_CONTENT = (
    "SELECT * EXCLUDE (ingested_at, run_id) FROM article_versions ORDER BY ALL",
    "SELECT * FROM lines ORDER BY ALL",
    "SELECT * EXCLUDE (first_seen, run_id) FROM duplicates ORDER BY ALL",
    "SELECT raw_path, record, raw_sha256, stage, code, message FROM quarantine ORDER BY ALL",
)


def content(warehouse: Path) -> list[list[tuple[object, ...]]]:
    with duckdb.connect(warehouse / "news.duckdb", read_only=True) as news:
        return [news.execute(query).fetchall() for query in _CONTENT]


def run_with_fault(raw: Path, warehouse: Path, fault: str, *module: str) -> subprocess.CompletedProcess[str]:
    """Run the mill, or another module, in a process of its own with a fault on order; prove that the fault fired."""
    fired = warehouse.parent / "fired"
    fired.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "NEWSMILL_TESTING": "1",
        "NEWSMILL_FAILPOINT": fault,
        "NEWSMILL_FAILPOINT_LOG": str(fired),
    }
    done = subprocess.run(
        [sys.executable, "-m", *(module or ("tests.mill", str(raw), str(warehouse)))],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert fired.read_text().startswith(fault.partition(":")[0])
    return done


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[tuple[object, ...]]]]:
    """A corpus, and what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_corpus(folder / "raw", 60)
    mill(folder / "raw", folder / "warehouse")
    return folder / "raw", content(folder / "warehouse")


@pytest.mark.parametrize(
    "fault",
    [
        "mid-clean:20:kill-run",
        "mid-parquet:1:kill",
        "mid-parquet:2:kill",
        "mid-load:1:kill",
        "after-commit:1:kill",
        "mid-publish:1:kill",
    ],
)
def test_a_killed_run_is_as_if_it_had_never_been_killed(
    undisturbed: tuple[Path, list[list[tuple[object, ...]]]], warehouse: Path, fault: str
) -> None:
    raw, expected = undisturbed
    assert run_with_fault(raw, warehouse, fault).returncode == -9
    assert not (warehouse / "news.duckdb").exists()
    for table in ("articles", "lines"):  # whoever globs the Parquet files never meets half a one
        for batch in (warehouse / table).glob("*.parquet"):
            duckdb.sql(f"SELECT count(*) FROM read_parquet('{batch}')").fetchall()  # noqa: S608
    run = mill(raw, warehouse)
    assert run.status == "completed"
    assert content(warehouse) == expected


def test_a_killed_run_is_on_record_as_interrupted(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 5)
    run_with_fault(raw, warehouse, "mid-load:1:kill")
    mill(raw, warehouse)
    assert ask("SELECT status FROM runs ORDER BY run_id") == [("interrupted",), ("completed",)]


@pytest.mark.parametrize(
    "fault", ["mid-parquet:1:kill", "mid-load:1:kill", "after-commit:1:kill", "mid-publish:1:kill"]
)
def test_a_kill_in_a_later_run_leaves_the_published_file_and_loses_no_version(
    raw: Path, warehouse: Path, ask: Ask, fault: str
) -> None:
    write_corpus(raw, 10)
    mill(raw, warehouse)
    before = content(warehouse)
    (raw / "outlet1.example/00001.txt").write_text(article(1).replace("votes", "ballots"))
    (raw / "outlet1.example/new.txt").write_text(article(500))
    run_with_fault(raw, warehouse, fault)
    assert content(warehouse) == before
    mill(raw, warehouse)
    assert ask("SELECT count(*), max(version) FROM articles") == [(11, 2)]
    assert ask("SELECT count(*) FROM article_versions") == [(12,)]


def test_three_kills_in_a_row_change_nothing(
    undisturbed: tuple[Path, list[list[tuple[object, ...]]]], warehouse: Path
) -> None:
    raw, expected = undisturbed
    for fault in ("mid-load:1:kill", "after-commit:1:kill", "mid-publish:1:kill"):
        run_with_fault(raw, warehouse, fault)
    mill(raw, warehouse)
    assert content(warehouse) == expected


@pytest.mark.parametrize("fault", ["mid-parquet:1:enospc", "mid-load:1:enospc", "mid-publish:1:enospc"])
def test_a_full_disk_stops_the_run_and_the_next_one_completes_it(
    undisturbed: tuple[Path, list[list[tuple[object, ...]]]], warehouse: Path, fault: str
) -> None:
    raw, expected = undisturbed
    done = run_with_fault(raw, warehouse, fault)
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
    mill(raw, warehouse)
    assert content(warehouse) == expected


def test_a_file_that_kills_its_worker_is_quarantined_and_the_others_are_loaded(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    for number in range(10):
        (raw / f"{number}.txt").write_text(article(number))
    done = run_with_fault(raw, warehouse, "mid-clean:10:kill")
    assert done.returncode == 0, done.stderr
    [(path, code, message)] = ask("SELECT raw_path, code, message FROM quarantine")
    assert (path, code) == ("9.txt", "worker_died")
    assert "SIGKILL" in str(message)
    assert ask("SELECT count(*) FROM articles") == [(9,)]


def test_a_mistake_of_newsmills_own_is_told_beside_the_record_that_it_was_met_at_and_the_others_are_loaded(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    for number in range(10):
        (raw / f"{number}.txt").write_text(article(number))
    done = run_with_fault(raw, warehouse, "mid-clean:10:mistake")
    assert (done.returncode, done.stderr) == (0, "")
    [(path, code, message)] = ask("SELECT raw_path, code, message FROM quarantine")
    assert (path, code) == ("9.txt", "failed")
    assert "(LookupError: no such mid-clean)" in str(message)
    assert ask("SELECT discovered, loaded, quarantined FROM runs") == [(10, 9, 1)]


def test_a_signal_while_duckdb_reads_a_table_is_an_interruption_and_no_fault_of_storage(tmp_path: Path) -> None:
    def stopped() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"line": [1]})
        signal.raise_signal(signal.SIGTERM)

    rows = pa.RecordBatchReader.from_batches(pa.schema({"line": pa.int64()}), stopped())
    with pytest.raises(KeyboardInterrupt), capture_sigterm(), connection(tmp_path) as db:
        db.register("lines", rows).execute("SELECT * FROM lines").fetchall()
