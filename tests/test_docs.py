"""The documents are true: what they name exists, what they link to is there, what they let run runs."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer

from flows.commands import app
from newsmill.fates import Fate
from newsmill.readers import PACKINGS, READERS
from newsmill.readers.mapping import USUAL_NAMES
from newsmill.schema import TABLES, columns
from tasks.layout import PROJECT
from tasks.query import open_news
from tests.corpus import article
from tests.mill import mill

PAGES = sorted(
    page.relative_to(PROJECT).as_posix()
    for pattern in ("*.md", "docs/*.md", "raw/*.md", "warehouse/*.md")
    for page in PROJECT.glob(pattern)
)
COMMANDS = {
    name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    for name, command in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
}
#: Words in code type that name nothing of the project's own.
WORDS = {"ARGS", "mapping.toml", ".toml", "USE", "utils.py", "--debug", "make", "interrupted", "Rejected"}
#: Folders that are there only when there is something in them.
MAY_BE_AWAY = {"tests/golden/known_failures/"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw/ and warehouse/: the sample, then a run that met a duplicate and a correction."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(PROJECT / "raw", folder / "raw")
    mill(folder / "raw", folder / "warehouse")
    results = folder / "raw/sample/touchline.example/results-2025-10-18.txt"
    shutil.copyfile(results, results.with_name("results-again.txt"))
    school = folder / "raw/sample/northfieldtimes.example/2025/02/school-board-budget.txt"
    school.write_text(school.read_text(encoding="utf-8").replace("$84 million", "$85 million"), encoding="utf-8")
    mill(folder / "raw", folder / "warehouse")
    return folder


@pytest.fixture(scope="module")
def news(sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_news(sample / "warehouse/news.duckdb") as db:
        yield db


def read(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```$", read(page), re.MULTILINE | re.DOTALL)


def written_by_hand(page: str) -> str:
    """A page without fenced blocks and without what cog has written."""
    by_hand = re.sub(r"<!-- \[\[\[cog.+?\[\[\[end\]\]\] -->", "", read(page), flags=re.DOTALL)
    return re.sub(r"^```.+?^```$", "", by_hand, flags=re.MULTILINE | re.DOTALL)


def is_command(name: str) -> bool:
    """Whether a line such as ``newsmill sql - --format csv`` names a command and options that there are."""
    program, *words = shlex.split(name)
    if program == "make":
        recipes = re.findall(r"^([a-z]+):.*\n", read("Makefile"), re.MULTILINE)
        return words[0] in recipes and set(re.findall(r"--[a-z-]+", name)) <= COMMANDS.get(words[0], set())
    options = {word.partition("=")[0] for word in words if word.startswith("--")} - {"--debug"}
    commands = [word for word in words if not word.startswith("-")][:1]
    return all(command in COMMANDS and options <= COMMANDS[command] for command in commands)


def is_file(name: str, page: str, sample: Path) -> bool:
    """Whether a path leads somewhere in the project, beside its page or in a warehouse."""
    pattern = re.sub(r"<\w+>", "*", name.replace("<domain>", "*.*")).rstrip("/")
    folders = (PROJECT, (PROJECT / page).parent, sample, sample / "warehouse")
    return bool(pattern) and any(path for folder in folders for path in folder.glob(pattern))


@pytest.mark.parametrize("page", PAGES)
def test_whatever_a_page_names_in_code_type_exists(page: str, sample: Path, news: duckdb.DuckDBPyConnection) -> None:
    names = {name for [name] in news.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    names |= {name for [name] in news.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    names |= {name for [name] in news.execute("SELECT column_name FROM duckdb_columns()").fetchall()}
    names |= {f"{table}.{c.name}" for table, record in TABLES.items() for c in columns(record)}
    names |= {path.stem for path in (PROJECT / "sql/macros").glob("*.sql")}
    names |= {*Fate, *READERS, *PACKINGS, *USUAL_NAMES, *chain(*codes("Rejected"), *codes("Skipped"))}
    names |= {option for options in COMMANDS.values() for option in options} | WORDS

    def exists(name: str) -> bool:
        if name in names or name in MAY_BE_AWAY or is_file(name.split(maxsplit=1)[0], page, sample):
            return True
        if name.startswith(("newsmill ", "make ")):
            return is_command(name)
        if name.startswith(("SELECT ", "FROM ")):
            return bool(news.execute(name).fetchall())
        return False

    named = re.findall(r"`([^`\n]+)`", written_by_hand(page))
    assert [name for name in named if not exists(name)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", re.sub(r"^```.+?^```$", "", read(page), flags=re.M | re.S))
    broken = []
    for link in links:
        path, _, anchor = link.partition("#")
        target = (PROJECT / page).parent / path if path else PROJECT / page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page are linked to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    texts = (re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


def test_every_command_is_documented() -> None:
    documented = re.findall(r"^## newsmill (\w+)$", read("docs/commands.md"), re.MULTILINE)
    assert documented == list(COMMANDS)


def queries() -> list[Any]:
    """The queries of docs/queries.md, each under the question that is its heading."""
    sections = read("docs/queries.md").split("\n### ")[1:]
    return [
        pytest.param(section.partition("```sql\n")[2].partition("```")[0], id=section.partition("\n")[0])
        for section in sections
    ]


@pytest.mark.parametrize("query", queries())
def test_every_query_has_an_answer(query: str, news: duckdb.DuckDBPyConnection) -> None:
    assert news.execute(query).fetchall() != []


@pytest.mark.parametrize(
    "code", [block for page in PAGES for block in blocks(page, "python")], ids=lambda code: code.split()[1]
)
def test_every_piece_of_python_runs(code: str, sample: Path) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=sample, check=True)


def test_every_fate_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", written_by_hand("docs/rules.md"), re.MULTILINE)
    assert sorted(explained) == sorted(Fate)


def codes(kind: str) -> set[tuple[str, str]]:
    """Every stage and code with which the source says of a record that it is no article."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("newsmill", "tasks")
        for path in (PROJECT / folder).rglob("*.py")
    )
    return set(re.findall(rf'\b{kind}\(\s*"(\w+)",\s*"(\w+)"', source))


def test_every_quarantine_code_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", read("docs/warehouse.md"), re.MULTILINE)
    assert sorted(explained) == sorted(codes("Rejected"))


def test_every_code_of_what_is_skipped_is_explained() -> None:
    section = read("docs/warehouse.md").partition("\n## Skipped\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(explained) == sorted(code for _, code in codes("Skipped"))


def test_the_page_of_the_warehouse_lists_its_files(sample: Path) -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", read("warehouse/README.md"), re.MULTILINE)
    found = {
        f"{path.name}/*.parquet" if path.is_dir() and not path.name.startswith(".") else path.name
        for path in (sample / "warehouse").iterdir()
    }
    assert {name.rstrip("/") for name in listed} == found


def test_the_interval_that_readme_names_is_the_default() -> None:
    every = next(p for p in typer.main.get_command(app).commands["up"].params if p.name == "every")  # type: ignore[attr-defined]
    assert every.default == "15m"
    assert "every 15 minutes" in read("README.md")


def test_the_file_opens_in_the_duckdb_that_readme_names(news: duckdb.DuckDBPyConnection) -> None:
    versions = news.execute("SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal")
    assert versions.fetchall() == [("v1.5.0+",)]
    assert "DuckDB 1.5 or newer" in read("README.md")


def test_an_article_outlives_its_raw_file(raw: Path, warehouse: Path) -> None:
    (raw / "a.txt").write_text(article(1))
    mill(raw, warehouse)
    (raw / "a.txt").unlink()
    assert mill(raw, warehouse).discovered == 0
    with open_news(warehouse / "news.duckdb") as db:
        assert db.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_a_change_of_rules_applies_to_files_read_after_it(raw: Path, warehouse: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(PROJECT / "rules", rules)
    (raw / "a.txt").write_text(article(1))
    before = mill(raw, warehouse, rules=rules)
    (rules / "more.toml").write_text("# a rule file that changes the fingerprint\n")
    (raw / "b.txt").write_text(article(2))
    after = mill(raw, warehouse, rules=rules)
    assert (after.unchanged, after.loaded) == (1, 1)
    with open_news(warehouse / "news.duckdb") as db:
        versions = db.execute("SELECT rules_version FROM articles ORDER BY raw_path").fetchall()
    assert versions == [(before.rules_version,), (after.rules_version,)]
    assert before.rules_version != after.rules_version
