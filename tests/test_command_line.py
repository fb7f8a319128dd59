"""The command line in a shell that is not kind to it: one line says what is wrong and what to do, and the exit code."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus import article, write_corpus
from tests.mill import mill

Ask = Callable[[str], list[tuple[object, ...]]]

COMMAND = [sys.executable, "-P", "-m", "flows.cli"]


def newsmill(*arguments: str | bytes | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=100, check=False)


def is_one_line(errors: str) -> bool:
    return errors.startswith("newsmill: ") and errors.count("\n") == 1


@pytest.fixture
def stands(raw: Path, warehouse: Path) -> Path:
    """A warehouse with an article."""
    (raw / "a.txt").write_text(article(1))
    mill(raw, warehouse)
    return warehouse


def test_explain_heeds_a_mapping_where_an_ingest_does_and_names_one_with_a_mistake(raw: Path) -> None:
    (raw / "mapping.toml").write_text("text = [[[")
    (raw / "a.txt").write_text(article(1))
    assert newsmill("explain", raw / "a.txt").returncode == 0
    (raw / "a.jsonl").write_text('{"text": "One."}')
    done = newsmill("explain", raw / "a.jsonl")
    assert done.returncode == 2
    assert is_one_line(done.stderr)
    assert f"{raw}/mapping.toml: " in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (b"ingest", b"RAW\xff"),
        (b"ingest", b"RAW", b"--warehouse", b"WAREHOUSE\xff"),
        (b"sql", b"FROM runs", b"--warehouse", b"WAREHOUSE\xff"),
        (b"rebuild", b"--warehouse", b"WAREHOUSE\xff"),
        (b"reclean", b"--warehouse", b"WAREHOUSE\xff/in/it"),
        (b"up", b"--raw", b"RAW\xff"),
    ],
)
def test_a_folder_whose_name_is_no_utf8_is_refused_in_one_line(
    raw: Path, warehouse: Path, arguments: tuple[bytes, ...]
) -> None:
    named = [a.replace(b"RAW", os.fsencode(raw)).replace(b"WAREHOUSE", os.fsencode(warehouse)) for a in arguments]
    for folder in (raw, warehouse):
        os.makedirs(os.fsencode(folder) + b"\xff", exist_ok=True)  # noqa: PTH103 (a name of bytes)
    done = newsmill(*named)
    assert done.returncode == 2
    assert is_one_line(done.stderr)
    assert "\\xff" in done.stderr
    assert "no UTF-8; rename that folder" in done.stderr


def test_a_raw_file_whose_name_is_no_utf8_is_explained(raw: Path) -> None:
    for name, text, said in ((b"caf\xe9.txt", article(1), "Kept "), (b"caf\xe9[b].pdf.txt", "", "caf\\xe9[b].pdf.txt")):
        path = os.path.join(os.fsencode(raw), name)  # noqa: PTH118
        with open(path, "w") as file:  # noqa: PTH123
            file.write(text)
        done = newsmill(b"explain", path)
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout.replace("\n", "")


def test_explain_says_of_a_folder_and_of_a_pipe_what_they_are(raw: Path) -> None:
    os.mkfifo(raw / "pipe.txt")
    for what, said in ((raw, "a folder; name one of the files in it."), (raw / "pipe.txt", "not a regular file; ")):
        done = newsmill("explain", what)
        assert done.returncode == 2
        assert is_one_line(done.stderr)
        assert f"{what}: {said}" in done.stderr


def a_folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def a_link(place: Path) -> None:
    place.rmdir()
    place.symlink_to(place.parent)


@pytest.mark.parametrize(
    ("name", "make", "remedy"),
    [
        ("news.duckdb", a_folder, "move what stands there away"),
        ("state.duckdb", a_folder, "move what stands there away"),
        ("state.duckdb", lambda place: place.write_text("no database"), "move it away and run newsmill rebuild"),
        ("runs.parquet", a_folder, "move what stands there away"),
        (".staging", a_link, "move what stands there away"),
    ],
)
def test_what_stands_in_the_place_of_a_file_of_the_warehouse_is_named_with_what_to_do(
    stands: Path, name: str, make: Callable[[Path], object], remedy: str
) -> None:
    make(stands / name)
    done = newsmill("rebuild", "--warehouse", stands)
    assert done.returncode == 4
    assert is_one_line(done.stderr)
    assert f"{stands / name}: " in done.stderr
    assert remedy in done.stderr
    if name == "news.duckdb":
        done = newsmill("sql", "FROM runs", "--warehouse", stands)
        assert done.returncode == 4
        assert is_one_line(done.stderr)
        assert "move it away, and newsmill rebuild makes one" in done.stderr


def test_a_file_in_the_place_of_the_warehouse_is_wrong_use(stands: Path) -> None:
    done = newsmill("sql", "FROM runs", "--warehouse", stands / "news.duckdb")
    assert done.returncode == 2
    assert is_one_line(done.stderr)
    assert "name the folder that holds it" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_warehouse_without_permission_is_one_line_with_what_to_do(stands: Path) -> None:
    (stands / "state.duckdb").chmod(0)
    stands.chmod(0o555)
    done = newsmill("rebuild", "--warehouse", stands)
    stands.chmod(0o755)
    assert done.returncode == 4
    assert is_one_line(done.stderr)
    assert "Get permission for it" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("sql", "FROM range(99999)", "--format", "csv", "--warehouse"),
        ("sql", "SELECT repeat('x', 2000) FROM range(999)", "--warehouse"),
        ("rebuild", "--warehouse"),
        ("reclean", "--warehouse"),
        ("explain", "RAW/a.txt", "--warehouse"),
        ("--help",),
    ],
)
def test_a_command_whose_output_nobody_reads_ends_quietly(raw: Path, stands: Path, command: tuple[str, ...]) -> None:
    words = [*COMMAND, *(word.replace("RAW", str(raw)) for word in command)]
    words += [str(stands)] if command[-1] == "--warehouse" else []
    reader, writer = os.pipe()
    os.close(reader)
    broken = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert (broken.returncode, broken.stderr) == (0, "")
    before = {path: path.read_bytes() for path in stands.rglob("*") if path.name == "news.duckdb"}
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&-', "sh", *words],  # noqa: S607
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (closed.returncode, closed.stderr) == (0, "")
    if command[0] in {"sql", "explain", "--help"}:
        assert {path: path.read_bytes() for path in before} == before


def test_ctrl_c_while_newsmill_is_still_starting_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n")
    path = f"{tmp_path}:{Path.cwd()}"
    done = subprocess.run(
        [*COMMAND, "--help"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 5
    assert is_one_line(done.stderr)


_LIMITED = """
import resource, sys
from pathlib import Path
from tests.mill import mill
limit, raw, warehouse = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
mill(Path(raw), Path(warehouse))
"""


def test_a_disk_without_room_is_one_line_with_what_to_do_and_the_next_run_has_it_all(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    write_corpus(raw, 30)
    for kibibytes in (8, 64, 1024):  # of a file: in mid-clean, in the state database, in news.duckdb
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, str(kibibytes << 10), str(raw), str(warehouse)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 1
        last = done.stderr.splitlines()[-1]
        assert last.startswith("tasks.failures.StorageFailed: "), done.stderr
        assert "File too large" in last
        assert "move the warehouse to another one" in last
        assert not (warehouse / "news.duckdb").exists()
    assert mill(raw, warehouse).discovered == 35
    assert ask("SELECT count(*) FROM articles") == [(30,)]
    assert ask("SELECT status, loaded FROM runs ORDER BY run_id")[-2:] == [("completed", 30), ("completed", 0)]
