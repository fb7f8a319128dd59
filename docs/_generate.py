"""What the reference pages say: read from the code, written into docs/*.md by cog (``make docs``)."""

import os
import re
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile
from pathlib import Path
from typing import get_args

import duckdb
import typer

from flows.commands import OverLimit, app
from newsmill.readers.mapping import USUAL_NAMES
from newsmill.rules.kinds import Cut, Keep, Place, Rule, Section
from newsmill.schema import TABLES
from tasks.database import SQL, comment_table, create_table
from tasks.failures import Interrupted, StorageFailed, Unbalanced, WarehouseBusy, WrongUse
from tasks.memory import LIMITS
from tasks.rules import load_rules
from tasks.server import ServerUnreachable

_WIDTH = "96"
_ANYWHERE = frozenset(get_args(Place))


def columns() -> str:
    """Describe every table and its columns, as their comments in news.duckdb do."""
    with _warehouse() as db:
        about = dict(db.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        return _sections((table, f"{about[table]}\n\n{_meanings(db, table)}") for table in TABLES)


def views() -> str:
    """Describe every view: its question, what a row is, its columns."""
    with _warehouse() as db:
        described = ((view.stem, f"{_question(view)}\n\n{_types(db, view.stem)}") for view in _files("views"))
        return _sections(described, "###")


def macros() -> str:
    """Describe every macro: how it is called, what it answers."""
    with _warehouse() as db:
        parameters = dict(db.execute("SELECT function_name, parameters FROM duckdb_functions()").fetchall())
    called = ((f"{m.stem}({', '.join(parameters[m.stem])})", _question(m)) for m in _files("macros"))
    return _sections(called, "###")


def rules() -> str:
    """Describe the rules of each file, with the examples that each is held to."""
    by_file = groupby(sorted(load_rules().all, key=lambda rule: rule.file), key=lambda rule: rule.file)
    listed = ((f"[{file}](../rules/{file})", "\n\n".join(map(_rule, of_file))) for file, of_file in by_file)
    return _sections(listed, "###")


def outlets() -> str:
    """List the outlets that have a rule file of their own."""
    named = sorted(load_rules().outlets.items())
    return _table(("domain", "outlet"), ((f"`{domain}`", name) for domain, name in named))


def agencies() -> str:
    """List the agencies whose credits are recognised."""
    return ", ".join(sorted(set(load_rules().agencies.values()), key=str.casefold)) + "."


def field_names() -> str:
    """List the names under which each part of an article is found where no mapping says otherwise."""
    return _table(("part", "usual names"), ((f"`{part}`", ", ".join(names)) for part, names in USUAL_NAMES.items()))


def memory_limits() -> str:
    """Say from how many stories a line is learned."""
    few, many, very_many = (f"{LIMITS[name]:g} stories" for name in ("few", "many", "very_many"))
    rarely, often, settled, doubted = (f"{LIMITS[name]:.1%}" for name in ("rarely", "often", "settled", "doubted"))
    said = (
        f"A line is learned where it ends at least {few} of an outlet and {rarely} of all that it has, at the same "
        f"distance from the end in {settled} of them. A sentence needs {many} and {often}, and a line above the first "
        f"paragraph {very_many}, as a greeting or a sub-head can stand there. For what the classifier cuts in "
        f"{doubted} of its places, {few} are enough anywhere."
    )
    return textwrap.fill(re.sub(r"([0-9])(?:\.0)?%", r"\1 %", said), 128, break_on_hyphens=False)


def commands() -> str:
    """Give the help of every command as a terminal of fixed width shows it."""
    names = ["newsmill", *(f"newsmill {name}" for name in typer.main.get_command(app).commands)]  # type: ignore[attr-defined]
    return _sections((name, f"```text\n{_help(name)}\n```") for name in names)


def exit_codes() -> str:
    """Tabulate the exit codes: what their exceptions say of themselves."""
    meanings = defaultdict(list, {0: ["Done."]})
    for failure in (OverLimit, WrongUse, WarehouseBusy, StorageFailed, Unbalanced, ServerUnreachable, Interrupted):
        meanings[failure.exit_code].append((failure.__doc__ or "").splitlines()[0])
    return _table(("code", "means"), ((str(code), " ".join(said)) for code, said in sorted(meanings.items())))


def _warehouse() -> duckdb.DuckDBPyConnection:
    """Make a news.duckdb without rows: tables, macros and views."""
    db = duckdb.connect()
    for name, record_class in {**TABLES, "superseded": TABLES["articles"]}.items():
        create_table(db, name, record_class)
        comment_table(db, name, record_class)
    for macro in _files("macros"):
        db.execute(macro.read_text(encoding="utf-8"))
    for view in _files("views"):
        db.execute(f"CREATE VIEW {view.stem} AS {view.read_text(encoding='utf-8')}")
    return db


def _files(folder: str) -> list[Path]:
    return sorted((SQL / folder).glob("*.sql"))


def _described(db: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str, bool, str]]:
    """Give name, type, whether it may be null and meaning of each column."""
    return db.execute(
        "SELECT column_name, replace(data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'), is_nullable, "
        "comment FROM duckdb_columns() WHERE table_name = $table ORDER BY column_index",
        {"table": table},
    ).fetchall()


def _meanings(db: duckdb.DuckDBPyConnection, table: str) -> str:
    rows = (
        (f"`{name}`", kind, "yes" if nullable else "no", meaning)
        for name, kind, nullable, meaning in _described(db, table)
    )
    return _table(("column", "type", "null", "meaning"), rows)


def _types(db: duckdb.DuckDBPyConnection, view: str) -> str:
    found = [(name, kind) for name, kind, _, _ in _described(db, view)]
    for table in TABLES:
        if found == [(name, kind) for name, kind, _, _ in _described(db, table)]:
            return f"Its columns are those of [{table}](columns.md#{table})."
    return _table(("column", "type"), ((f"`{name}`", kind) for name, kind in found))


def _question(file: Path) -> str:
    """Give what the comment at the head of a file of sql/ asks and answers, and a link to the file."""
    lines = file.read_text(encoding="utf-8").splitlines()
    question, *more = (line.removeprefix("-- ") for line in takewhile(lambda line: line.startswith("-- "), lines))
    about = " ".join(more).rstrip(".")
    path = file.relative_to(SQL.parent).as_posix()
    said = [f"**{question}**", f"{about[:1].upper()}{about[1:]}." if about else "", f"[{path}](../{path})"]
    return " ".join(filter(None, said))


def _rule(rule: Rule) -> str:
    where = [place for place in get_args(Place) if place in rule.where]
    places = "anywhere" if rule.where == _ANYWHERE else ", ".join(where)
    return "\n\n".join((f"**{rule.verdict.rule}** · `{rule.verdict.fate}` · {places}", *_examples(rule)))


def _examples(rule: Rule) -> Iterator[str]:
    if isinstance(rule, Cut):
        cuts, keeps = (
            [f"- {verb} {_code(example)}" for example in examples]
            for verb, examples in (("cuts", rule.cuts), ("keeps", rule.keeps))
        )
        yield "\n".join(cuts + keeps)
    elif isinstance(rule, Keep):
        yield "\n".join(f"- keeps {_code(example)}" for example in rule.keeps)
    elif isinstance(rule, Section):
        yield f"Opens a box and takes its {rule.takes} along:"
        for example in rule.examples:
            yield f"```diff\n{example.strip()}\n```"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _help(command: str) -> str:
    """Print a command's help where no terminal, locale or colour setting of this machine has a say."""
    script = Path(sys.executable).with_name("newsmill")
    environment = {"PATH": os.defpath, "PYTHONUTF8": "1", "COLUMNS": _WIDTH, "TERMINAL_WIDTH": _WIDTH}
    done = subprocess.run(
        [script, *command.split()[1:], "--help"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def _sections(titled: Iterable[tuple[str, str]], level: str = "##") -> str:
    return "\n\n".join(f"{level} {title}\n\n{text}" for title, text in titled)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)
