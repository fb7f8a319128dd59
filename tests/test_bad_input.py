"""Whatever stands under RAW: the run goes on, and each thing is in quarantine with a code or refused and counted."""

import os
import socket
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import tasks.run
from newsmill.schema import RunRecord
from tasks.discovery import Found, find_new
from tasks.walk import Refused, walk
from tests.corpus import article
from tests.mill import mill

Ask = Callable[[str], list[tuple[object, ...]]]


def refusals(raw: Path) -> Counter[str]:
    refused = Refused()
    list(walk(raw, refused))
    return refused.counts


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\t\n\xc2\xa0\n", "empty"),
        ("mark.txt", b"\xef\xbb\xbf", "empty"),
        ("image.txt", b"\x89PNG\r\n\x1a\n" + bytes(200), "binary"),
        ("noise.txt", bytes(range(256)) * 40, "binary"),
        ("nuls.txt", b"abc\x00\x00\x00\x00\x00" * 100, "binary"),
        ("report.pdf", b"%PDF-1.7", "unsupported"),
        ("one-line.txt", b"word " * 4_000_000, "too_large"),
        ("broken.txt", "Été ".encode("utf-16-le")[1:] * 400, "binary"),
    ],
)
def test_a_file_that_is_no_article_is_quarantined_with_its_code(
    raw: Path, warehouse: Path, ask: Ask, name: str, data: bytes, code: str
) -> None:
    (raw / name).write_bytes(data)
    (raw / "good.txt").write_text(article(1))
    run = mill(raw, warehouse)
    assert (run.discovered, run.loaded, run.quarantined) == (2, 1, 1)
    assert ask("SELECT raw_path, code FROM quarantine") == [(name, code)]


def test_links_pipes_sockets_and_hidden_files_are_refused_and_counted(
    raw: Path, warehouse: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "good.txt").write_text(article(1))
    (raw / "folder.txt").mkdir()
    (raw / "link.txt").symlink_to("/etc/passwd")
    (raw / "dangling.txt").symlink_to("nowhere")
    (raw / "folder.txt/loop").symlink_to(raw)
    (raw / ".hidden.txt").write_text("hidden")
    (raw / "README.md").write_text("about this folder")
    os.mkfifo(raw / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(raw)  # a socket's path may have 107 bytes
        listener.bind("socket.txt")
        run = mill(raw, warehouse)
    assert (run.discovered, run.loaded, run.refused) == (1, 1, 7)
    assert refusals(raw) == {"link": 3, "hidden": 1, "readme": 1, "not a regular file": 2}
    assert ask("SELECT count(*) FROM lines WHERE text LIKE '%root:%'") == [(0,)]


@pytest.mark.parametrize(
    "name",
    [
        b'it\'s "quoted".txt',
        b"two\nlines.txt",
        b"'; DROP TABLE articles;--.txt",
        b"a..b.txt",
        b"back\\slash.txt",
        b"caf\xe9 latin-1.txt",
        "日本語 \u202e rtl.txt".encode(),
        b"-rf.txt",
        b"a" * 251 + b".txt",
    ],
)
def test_any_file_name_is_stored_so_that_it_leads_back_to_its_file(
    raw: Path, warehouse: Path, ask: Ask, name: bytes
) -> None:
    from newsmill.paths import from_raw_path

    path = os.path.join(os.fsencode(raw), name)  # noqa: PTH118 (a name of bytes)
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(article(1).encode())
    assert mill(raw, warehouse).loaded == 1
    [(stored,)] = ask("SELECT raw_path FROM articles")
    assert os.fsencode(from_raw_path(str(stored))) == name


def between_discovery_and_reading(do: Callable[[], object], raw: Path, warehouse: Path) -> RunRecord:
    """Run the mill and do something to RAW after it was listed."""

    def find_then_do(run: tasks.run.Run) -> Found:
        found = find_new(run)
        do()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.mill.find_new", find_then_do)
        return mill(raw, warehouse)


def test_a_file_that_cannot_be_opened_is_quarantined_and_tried_again(raw: Path, warehouse: Path, ask: Ask) -> None:
    swapped = raw / "swapped.txt"
    swapped.write_text(article(1))

    def swap_for_a_link() -> None:
        swapped.unlink()
        swapped.symlink_to("/etc/passwd")

    assert between_discovery_and_reading(swap_for_a_link, raw, warehouse).quarantined == 1
    assert ask("SELECT raw_path, code FROM quarantine") == [("swapped.txt", "unreadable")]
    swapped.unlink()
    swapped.write_text(article(1))
    assert mill(raw, warehouse).loaded == 1
    assert ask("SELECT count(*) FROM quarantine") == [(0,)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_quarantined(raw: Path, warehouse: Path, ask: Ask) -> None:
    (raw / "closed.txt").write_text(article(1))
    (raw / "closed.txt").chmod(0)
    mill(raw, warehouse)
    assert ask("SELECT raw_path, code FROM quarantine") == [("closed.txt", "unreadable")]


def test_a_deep_tree_ends(raw: Path, warehouse: Path) -> None:
    folder = raw
    for _ in range(60):
        folder = folder / ("d" * 50)
        folder.mkdir()
    (folder / "deep.txt").write_text(article(1))
    assert mill(raw, warehouse).loaded == 1


def test_an_empty_raw_is_nothing_to_do(raw: Path, warehouse: Path, ask: Ask) -> None:
    assert mill(raw, warehouse).discovered == 0
    assert ask("SELECT count(*) FROM articles") == [(0,)]


def test_a_file_that_changes_while_it_is_read_is_left_to_the_next_run(raw: Path, warehouse: Path) -> None:
    growing = raw / "growing.txt"
    growing.write_text(article(1))
    run = between_discovery_and_reading(lambda: growing.write_text(article(1) + article(2)), raw, warehouse)
    assert (run.discovered, run.deferred) == (0, 1)
    assert mill(raw, warehouse).loaded == 1


def test_a_control_character_in_a_field_costs_a_table_no_row(raw: Path, warehouse: Path, ask: Ask) -> None:
    told = "The council said on Monday that it would keep the old harbour wall, and voted for it in May."
    every = bytes(range(26, 32)).decode()
    endings = ["Café\x1f one.", "Two.", f"Café {every} three.", f"Four {every} four."]
    rows = [f'"{told} {ending}","a\x1fb\x1ec"' for ending in endings]
    (raw / "a.csv").write_text("\n".join(["text,title", *rows]), encoding="utf-8")
    mill(raw, warehouse)
    assert ask("SELECT record FROM articles ORDER BY record") == [(1,), (2,), (4,)]
    assert ask("SELECT record FROM articles WHERE raw_text(article_id, 1) LIKE '%Café\x1f one.'") == [(1,)]
    # Its codec has to be guessed from all its fields, and no character is left to put between them.
    assert ask("SELECT record, code FROM quarantine") == [(3, "malformed")]
