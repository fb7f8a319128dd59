"""Memory of an outlet: what repeats at one place in many different stories is furniture, and nothing else is."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from newsmill.memory import remake
from tasks.database import statement
from tasks.layout import PROJECT, Warehouse
from tasks.publish import rebuild_news
from tests.corpus import article
from tests.mill import mill
from tests.test_faults import run_with_fault

Ask = Callable[[str], list[tuple[object, ...]]]


def write(raw: Path, path: str, text: str) -> None:
    (raw / path).parent.mkdir(parents=True, exist_ok=True)
    (raw / path).write_text(text, encoding="utf-8")


def stories(raw: Path, outlet: str, count: int, tail: str, first: int = 0) -> None:
    """Write different stories of one outlet that end with the same lines."""
    for number in range(first, first + count):
        write(raw, f"{outlet}/{number:03}.txt", article(number, tail=tail))


def test_a_single_character_at_the_end_of_ten_different_stories_is_furniture(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    stories(raw, "courier.example", 10, "Q")
    mill(raw, warehouse)
    assert ask("SELECT outlet, place, line, support, share FROM learned_boilerplate") == [
        ("courier.example", "tail", "Q", 10, 1.0)
    ]
    assert ask("SELECT DISTINCT fate, kept, rule FROM lines WHERE trim(text) = 'Q'") == [
        ("furniture", False, "learned: tail")
    ]
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%Q'") == [(0,)]


def test_what_four_stories_share_is_not_learned(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 4, "Q")
    mill(raw, warehouse)
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%Q'") == [(4,)]


def test_a_wire_story_in_ten_outlets_stays_whole(raw: Path, warehouse: Path, ask: Ask) -> None:
    story = article(1, tail="The ferry will not sail before the spring, they said.")
    for number in range(10):
        write(raw, f"outlet{number}.example/story.txt", story)
    mill(raw, warehouse)
    assert ask("FROM learned") == []
    assert ask("SELECT count(*), count(DISTINCT content_hash) FROM articles") == [(10, 1)]
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%before the spring, they said.'") == [(10,)]


def test_eight_updates_of_one_story_teach_nothing(raw: Path, warehouse: Path, ask: Ask) -> None:
    paragraphs = article(1, tail="Flood in the Vale").split("\n\n")
    longest = paragraphs.index(max(paragraphs, key=len))
    for update in range(8):
        changed = [
            p if n in (0, longest, len(paragraphs) - 1) else f"{p} Update {update}." for n, p in enumerate(paragraphs)
        ]
        write(raw, f"courier.example/{update}.txt", "\n\n".join([f"{changed[0]} ({update})", *changed[1:]]))
    mill(raw, warehouse)
    assert ask("SELECT count(*) FROM articles") == [(8,)]
    assert ask("FROM learned") == []


def test_the_sub_heads_of_a_weekly_column_stay(raw: Path, warehouse: Path, ask: Ask) -> None:
    for week in range(30):
        title, *paragraphs = article(week, tail="").strip().split("\n\n")
        column = [title, paragraphs[0], "What happened", *paragraphs[1:4], "The verdict", *paragraphs[4:]]
        write(raw, f"courier.example/{week}.txt", "\n\n".join(column))
    mill(raw, warehouse)
    assert ask("FROM learned") == []
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%What happened%The verdict%'") == [(30,)]


def test_a_speakers_name_before_each_answer_stays(raw: Path, warehouse: Path, ask: Ask) -> None:
    for talk in range(12):
        title, *answers = article(talk, tail="").strip().split("\n\n")
        lines = [title, *(line for answer in answers for line in ("ann hill", answer)), "ann hill", "It was"]
        write(raw, f"courier.example/{talk}.txt", "\n\n".join(lines))
    mill(raw, warehouse)
    assert ask("SELECT line FROM learned") == [("It was",)]


def test_a_sentence_needs_more_stories_than_a_short_line(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 7, "The fair opens at noon.\n\nQ")
    mill(raw, warehouse)
    assert ask("SELECT line FROM learned") == [("Q",)]
    stories(raw, "courier.example", 8, "The fair opens at noon.\n\nQ", first=10)
    mill(raw, warehouse)
    assert ask("SELECT line FROM learned ORDER BY ALL") == [("Q",), ("The fair opens at noon.",)]


def test_a_rule_overrules_memory(raw: Path, warehouse: Path, tmp_path: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 10, "Q")
    rules = tmp_path / "rules"
    shutil.copytree(PROJECT / "rules", rules)
    (rules / "courier.example.toml").write_text(
        'outlet = "courier.example"\n[[keep]]\nname = "sign-off"\nwords = ["q"]\nkeeps = ["Q"]\n'
    )
    mill(raw, warehouse, rules=rules)
    assert ask("FROM learned") == []
    assert ask("SELECT count(*) FROM articles WHERE body LIKE '%Q'") == [(10,)]
    assert ask("SELECT DISTINCT kept, rule FROM lines WHERE trim(text) = 'Q'") == [(True, "courier.example: sign-off")]


def test_memory_alone_does_not_make_an_article_into_none(raw: Path, warehouse: Path, ask: Ask) -> None:
    assert remake(["Q\n"], ["body"], {0}, None).body == ""
    stories(raw, "courier.example", 10, "Q")
    run = mill(raw, warehouse)
    assert (run.loaded, run.quarantined) == (10, 0)


def test_copies_that_differ_in_furniture_alone_are_duplicates(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 10, "Q")
    write(raw, "courier.example/copy.txt", article(1, tail=""))
    run = mill(raw, warehouse)
    assert (run.loaded, run.duplicates) == (10, 1)


def test_the_ledger_of_what_memory_cut_gives_the_text_back(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 10, "Q")
    mill(raw, warehouse)
    for path, text in ask("SELECT raw_path, raw_text(article_id, version) FROM articles"):
        assert text == (raw / str(path)).read_text()
    [(body, restored)] = ask(
        "SELECT body, body_with(article_id, version, 'learned: tail') FROM articles WHERE raw_path LIKE '%/001.txt'"
    )
    assert restored == f"{body}\n\nQ"
    assert ask("SELECT count(*) FROM articles WHERE cut_chars = 1 AND raw_chars > 1") == [(10,)]


def test_a_file_that_changes_takes_its_sightings_along(raw: Path, warehouse: Path, ask: Ask) -> None:
    stories(raw, "courier.example", 5, "Q")
    mill(raw, warehouse)
    assert ask("SELECT line, support FROM learned") == [("Q", 5)]
    write(raw, "courier.example/000.txt", article(0, tail="").strip())
    mill(raw, warehouse)
    assert ask("FROM learned") == []


@pytest.mark.parametrize("keep_state", [True, False])
def test_rebuild_gives_the_same_memory(raw: Path, warehouse: Path, ask: Ask, keep_state: bool) -> None:
    stories(raw, "courier.example", 10, "The fair opens at noon.\n\nQ")
    write(raw, "courier.example/copy.txt", article(1, tail="Q"))
    mill(raw, warehouse)
    before = content(warehouse), _sightings(warehouse)
    (warehouse / "news.duckdb").unlink()
    if not keep_state:
        (warehouse / "state.duckdb").unlink()
    rebuild_news(Warehouse(warehouse))
    assert (content(warehouse), _sightings(warehouse)) == before


def _sightings(warehouse: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(warehouse / "state.duckdb", read_only=True) as state:
        sightings = state.execute("SELECT * EXCLUDE (published_at) FROM sightings ORDER BY ALL").fetchall()
        return sightings + state.execute("FROM readings ORDER BY ALL").fetchall()


@pytest.mark.parametrize("fault", ["mid-learn:1:kill", "mid-load:1:kill", "after-commit:1:kill"])
def test_a_run_that_is_killed_while_it_learns_ends_as_if_it_had_not_been(
    raw: Path, warehouse: Path, tmp_path: Path, fault: str
) -> None:
    stories(raw, "courier.example", 10, "Q")
    mill(raw, tmp_path / "undisturbed")
    assert run_with_fault(raw, warehouse, fault).returncode == -9
    mill(raw, warehouse)
    assert content(warehouse) == content(tmp_path / "undisturbed")


def content(warehouse: Path) -> list[list[tuple[object, ...]]]:
    """What is stored, apart from which run did it."""
    with duckdb.connect(warehouse / "news.duckdb", read_only=True) as news:
        return [
            news.execute(query).fetchall()
            for query in (
                "SELECT raw_path, body, cut_chars FROM articles ORDER BY ALL",
                "SELECT article_id, line, fate, kept, rule FROM lines SEMI JOIN articles USING (article_id, version)"
                " ORDER BY ALL",
                "FROM learned ORDER BY ALL",
            )
        ]


@pytest.mark.parametrize(
    ("fate", "kept", "rule", "is_open"),
    [
        ("body", True, "body", True),
        ("subhead", True, "subhead", True),
        ("body", True, "html: script data", True),
        ("body", True, "courier.example: share prices", False),
        ("title", True, "html: title", False),
        ("byline", True, "byline", False),
        ("related", False, "html: links", False),
        ("furniture", False, "learned: tail", True),
        ("furniture", False, "classifier 0.9", True),
        ("share", False, "share button", False),
    ],
)
def test_memory_looks_at_a_line_that_no_rule_decided(fate: str, kept: bool, rule: str, is_open: bool) -> None:
    with duckdb.connect() as db:
        db.execute(statement("state/tables"))
        db.execute(
            "CREATE TABLE ledger AS SELECT uuid() AS record_id, 0 AS line, $fate AS fate, $kept AS kept, "
            "$rule AS rule, 'Until next week.' AS ends",
            {"fate": fate, "kept": kept, "rule": rule},
        )
        db.execute(duckdb.extract_statements(statement("memory/told"))[0])
        assert db.execute("SELECT is_open FROM told").fetchall() == [(is_open,)]
