"""One run at a time, and readers that neither wait nor block."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.corpus import article, write_corpus
from tests.mill import mill

Ask = Callable[[str], list[tuple[object, ...]]]

_HOLD = """
import sys, time
from pathlib import Path
from tasks.layout import Warehouse
from tasks.lock import held
with held(Warehouse(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(warehouse: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(warehouse)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("command", [["ingest", "RAW"], ["rebuild"]])
def test_a_second_run_says_so_and_exits_3_before_it_loads_anything(
    raw: Path, warehouse: Path, holder: subprocess.Popen[str], command: list[str]
) -> None:
    arguments = [str(raw) if word == "RAW" else word for word in command]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli", *arguments, "--warehouse", str(warehouse)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    last_line = done.stderr.splitlines()[-1]
    assert "another run holds this warehouse" in last_line
    assert str(holder.pid) in last_line
    assert " prefect\n" not in done.stderr  # its import alone takes seconds


def test_a_lock_is_gone_with_the_process_that_held_it(
    raw: Path, warehouse: Path, holder: subprocess.Popen[str]
) -> None:
    (raw / "a.txt").write_text(article(1))
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert mill(raw, warehouse).loaded == 1


def test_a_reader_that_keeps_the_file_open_neither_blocks_a_run_nor_fails(raw: Path, warehouse: Path, ask: Ask) -> None:
    write_corpus(raw, 5)
    mill(raw, warehouse)
    with duckdb.connect(warehouse / "news.duckdb", read_only=True) as reader:
        (raw / "new.txt").write_text(article(700))
        mill(raw, warehouse)
        assert reader.execute("SELECT count(*) FROM articles").fetchall() == [(5,)]
        assert reader.execute("SELECT sum(length(body)) > 0 FROM articles").fetchall() == [(True,)]
    assert ask("SELECT count(*) FROM articles") == [(6,)]


def test_readers_see_whole_versions_while_runs_publish(raw: Path, warehouse: Path) -> None:
    write_corpus(raw, 5)
    mill(raw, warehouse)
    look = (
        "import duckdb, sys, time\nseen = 0\nend = time.monotonic() + 8\n"
        "while time.monotonic() < end:\n"
        "    with duckdb.connect(sys.argv[1], read_only=True) as news:\n"
        "        [(a, l)] = news.execute('SELECT (SELECT count(*) FROM articles), "
        "(SELECT count(DISTINCT article_id) FROM lines WHERE version > 0)').fetchall()\n"
        "    assert a == l and a >= seen, (a, l, seen)\n    seen = a\nprint(seen)\n"
    )
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", look, str(warehouse / "news.duckdb")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for number in range(3):
        (raw / f"new{number}.txt").write_text(article(700 + number))
        mill(raw, warehouse)
    time.sleep(0)
    for reader in readers:
        out, error = reader.communicate(timeout=60)
        assert reader.returncode == 0, error
        assert int(out) >= 5


@pytest.mark.parametrize("warehouse_at", [".", "warehouse", ".."])
def test_a_warehouse_is_never_read_as_raw(raw: Path, warehouse_at: str) -> None:
    write_corpus(raw, 1)
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "ingest", str(raw), "--warehouse", str(raw / warehouse_at)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "keep them apart" in done.stderr
