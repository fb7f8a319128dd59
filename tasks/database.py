"""DuckDB: connections with bounds, statements from sql/, and tables derived from the record classes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from newsmill.schema import BigInt, Column, Float32, columns
from tasks.failures import StorageFailed, with_remedy
from tasks.layout import PROJECT

SQL = PROJECT / "sql"
#: Files of this storage version open in DuckDB 1.5 and 2.0 clients alike.
STORAGE_VERSION = "v1.5.0"
_MEMORY_LIMIT = "256MB"
# What DuckDB makes of the exception with which a signal stops it; where one does so as DuckDB reads an Arrow table,
# no more is left than the name of Python's own or of Prefect's.
_INTERRUPTED = "Query interrupted"
_STOPPED_BY = ("KeyboardInterrupt", "TerminationSignal")

_TYPES: dict[Any, str] = {
    UUID: "UUID",
    str: "VARCHAR",
    int: "INTEGER",
    BigInt: "BIGINT",
    Float32: "FLOAT",
    bool: "BOOLEAN",
    datetime: "TIMESTAMPTZ",
    list[str]: "VARCHAR[]",
}


def statement(name: str) -> str:
    """Read a statement of sql/ by its name, as in ``ingest/decide``."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def connection(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB that sorts on disk under ``spill`` and keeps to 256 MB.

    Raises:
        StorageFailed: a statement met a full disk, a file that cannot be written or a damaged one.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY_LIMIT,
        "threads": 1,  # a third less CPU for the same work, and the cores are the workers'
        "temp_directory": str(spill / "spill"),
        "arrow_lossless_conversion": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    try:
        with duckdb.connect(config=settings) as db:
            db.execute("SET TimeZone = 'UTC'")
            db.execute(statement("pieces/macros"))
            yield db
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,  # a damaged Parquet file, too
        duckdb.FatalException,
        duckdb.TransactionException,
        duckdb.OutOfMemoryException,
    ) as error:
        if any(map(str(error).__contains__, _STOPPED_BY)):
            raise KeyboardInterrupt from error
        raise StorageFailed(with_remedy(f"DuckDB: {str(error).splitlines()[0]}")) from error
    except RuntimeError as error:
        if str(error) != _INTERRUPTED:
            raise
        raise KeyboardInterrupt from error


def fetch_one(db: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """Give the one row that a query has by its nature, as an aggregate has."""
    (row,) = db.execute(query, values).fetchall()
    return tuple(row)


def execute_each(db: duckdb.DuckDBPyConnection, name: str, values: dict[str, Any]) -> None:
    """Run the statements of a file of sql/ in turn, each with those of the values that it names."""
    for one in duckdb.extract_statements(statement(name)):
        db.execute(one, {key: value for key, value in values.items() if key in one.named_parameters})


def attach(db: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach a database file, made in the documented storage version if it is new, and use it."""
    quoted = str(path).replace("'", "''")
    db.execute(f"ATTACH '{quoted}' AS {alias} (STORAGE_VERSION '{STORAGE_VERSION}')")
    db.execute(f"USE {alias}")


def create_table(db: duckdb.DuckDBPyConnection, name: str, record_class: type) -> None:
    """Create a table from a record class, or what an older one lacks of its columns."""
    definitions = ", ".join(f"{_define(c)}{'' if c.nullable else ' NOT NULL'}" for c in columns(record_class))
    db.execute(f"CREATE TABLE IF NOT EXISTS {name} ({definitions})")
    for c in columns(record_class):
        if c.earlier is not None:
            db.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {_define(c)}")


def comment_table(db: duckdb.DuckDBPyConnection, name: str, record_class: type) -> None:
    """Set the comments of a table and its columns from its record class."""
    comment(db, "TABLE", name, (record_class.__doc__ or "").splitlines()[0])
    for c in columns(record_class):
        comment(db, "COLUMN", f'{name}."{c.name}"', c.meaning)


def _define(c: Column) -> str:
    return f'"{c.name}" {_TYPES[c.type]}{"" if c.earlier is None else f" DEFAULT {c.earlier}"}'


def comment(db: duckdb.DuckDBPyConnection, kind: str, name: str, text: str) -> None:
    """Set the comment that clients show beside a table, view or column."""
    quoted = text.replace("'", "''")
    db.execute(f"COMMENT ON {kind} {name} IS '{quoted}'")
