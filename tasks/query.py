"""The analyst's query: one statement, read-only, without files or network, bounded in time and memory."""

import csv
import io
import json
import math
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasks.failures import Failure, StorageFailed, WrongUse, with_remedy
from tasks.terminal import visible

_MEMORY = 2 * 2**30
_ADDRESS_SPACE = 6 * 2**30
_TABLE_ROWS = 1_000
_CELL_CHARS = 2_000
_ROWS_AT_ONCE = 1_000
# Exit code of a child that met what it does not know; any other one died of a lack of memory.
_BROKEN = 70
_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def open_news(news: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file for reading, locked down: no other file, no extension, no setting can be reached.

    Raises:
        StorageFailed: there is no such file, or it cannot be opened.
    """
    if not news.exists():
        raise StorageFailed(f"{news}: not there yet; run newsmill ingest first.")
    if not news.is_file():
        raise StorageFailed(f"{news}: no file; move it away, and newsmill rebuild makes one.")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{_MEMORY // 2**20}MB",
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    try:
        db = duckdb.connect(news, read_only=True, config=settings)
        db.execute("SET TimeZone = 'UTC'")
        db.execute("SET lock_configuration = true")
        return db
    except duckdb.Error as error:
        said = f"{news}: cannot be opened ({_first_line(error)})"
        told = with_remedy(said)
        raise StorageFailed(told if told != said else f"{said}; newsmill rebuild makes it anew.") from error


def answer(news: Path, query: str, form: str, seconds: float) -> None:
    """Write a query's answer to standard output as ``table``, ``csv`` or ``json``.

    The query runs in a child process: some expressions cannot be interrupted, a process can.

    Raises:
        WrongUse: it is not one reading statement, or DuckDB refuses it.
        StorageFailed: the warehouse cannot be read.
        Failure: it took longer than ``seconds``.
    """
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said)
        code = _BROKEN
        try:
            code = _answer_in_child(news, query, form, says)
        except BaseException:  # a child that went on would be a second newsmill
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(says)
    status = _wait(child, seconds)
    with os.fdopen(said, encoding="utf-8") as saying:
        complaint = saying.read()
    if status is None:
        raise Failure(f"The query was stopped after {seconds:g} s; --timeout gives it longer.")
    if complaint:
        kind, _, message = complaint.partition("\n")
        raise (WrongUse if kind == "use" else StorageFailed)(message)
    if status == _BROKEN:
        raise Failure("The query's answer could not be written; the traceback says why.")
    if status != 0:
        raise Failure(f"The query needed more than the {_MEMORY // 2**30} GiB of memory that it may have.")


def _wait(child: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.005)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _answer_in_child(news: Path, query: str, form: str, says: int) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        with open_news(news) as db:
            result = db.execute(_only_statement(query))
            _WRITERS[form]([column[0] for column in result.description or ()], _rows(result), sys.stdout)
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # nobody reads it; the second is Rich's word for it
        return 0
    except MemoryError:
        return 1
    except OSError as error:
        os.write(says, f"storage\n{with_remedy(f'The answer cannot be written: {error.strerror or error}.')}".encode())
    except StorageFailed as failure:
        os.write(says, f"storage\n{failure}".encode())
    except WrongUse as failure:
        os.write(says, f"use\n{failure}".encode())
    except duckdb.Error as error:
        os.write(says, f"use\n{_first_line(error)}".encode())
    return 0


def _only_statement(query: str) -> duckdb.Statement:
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise WrongUse(f"The query is no UTF-8: see its character {error.start + 1:,}.") from error
    statements = duckdb.extract_statements(query)
    if len(statements) != 1 or statements[0].type not in _READING:
        raise WrongUse("newsmill sql is read-only: one SELECT, FROM, WITH, DESCRIBE, SUMMARIZE or EXPLAIN at a time.")
    return statements[0]


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while rows := result.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def _write_table(names: Sequence[str], rows: Iterator[tuple[object, ...]], out: TextIO) -> None:
    console = Console(file=out, width=None if out.isatty() else 140)
    table = Table(show_edge=False)
    shown: list[tuple[object, ...]] = []
    more = False
    for row in rows:
        if len(shown) == _TABLE_ROWS:
            more = True
            break
        shown.append(row)
    for place, name in enumerate(names):
        numeric = any(isinstance(row[place], int | float | Decimal) for row in shown)
        table.add_column(Text(visible(name)), justify="right" if numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(Text("NULL", "dim") if value is None else Text(_cell(value)) for value in row))
    console.print(table)
    if more:
        console.print(f"Only the first {_TABLE_ROWS:,} rows; --format csv writes all of them.", style="dim")


def _write_csv(names: Sequence[str], rows: Iterator[tuple[object, ...]], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if value is None else visible(_plain(value)) for value in row])


def _write_json(names: Sequence[str], rows: Iterator[tuple[object, ...]], out: TextIO) -> None:
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise WrongUse(f"Two columns are named {repeated[0]!r}, and a JSON object has one of a name: use AS.")
    out.write("[")
    for place, row in enumerate(rows):
        values = map(_without_nan, row)
        document = _escaped(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, default=_plain))
        out.write(f"{',' if place else ''}\n{document}")
    out.write("\n]\n")


_WRITERS = {"table": _write_table, "csv": _write_csv, "json": _write_json}


def _without_nan(value: object) -> object:
    """JSON has no NaN and no infinity: they are null, as in JavaScript."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _without_nan(one) for key, one in value.items()}
    return value


def _escaped(document: str) -> str:
    """Write control characters of JSON's strings as escapes."""
    if document.isprintable():
        return document
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in document)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _cell(value: object) -> str:
    text = visible(f"{value:.6g}" if isinstance(value, float) else _plain(value))
    return text if len(text) <= _CELL_CHARS else f"{text[:_CELL_CHARS]}… ({len(text):,} characters)"


def _first_line(error: Exception) -> str:
    return visible(str(error).splitlines()[0]) if str(error) else type(error).__name__
