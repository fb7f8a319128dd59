"""The state database: its tables, and what a run leaves in it."""

import hashlib
from functools import cache
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from newsmill.schema import TABLES, RunRecord, columns
from tasks.database import attach, connection, create_table, fetch_one, statement
from tasks.failures import StorageFailed, WrongUse, with_remedy
from tasks.files import publish_file, sync_file
from tasks.layout import SNAPSHOTS, Warehouse


def open_state(db: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> None:
    """Attach the state database as ``state`` and use it; a new one gets its tables.

    One of an older newsmill gets what it lacks where that can be told by itself.

    Raises:
        WrongUse: another newsmill made it, with other tables or columns; the message says how to go on.
        StorageFailed: the file is damaged or no database; the message says how to mend it.
    """
    if not warehouse.state.exists():
        _make_state(warehouse)
    try:
        attach(db, warehouse.state, "state")
    except duckdb.Error as error:
        said = f"{warehouse.state}: cannot be opened ({str(error).splitlines()[0]})"
        told = with_remedy(said)
        mend = "move it away and run newsmill rebuild, which makes it anew from Parquet."
        raise StorageFailed(told if told != said else f"{said}; {mend}") from error
    db.execute("BEGIN")
    _create_tables(db)
    if unlike := sorted(_layout(db) ^ _todays_layout()):
        db.execute("ROLLBACK")
        table, column, _ = unlike[0]
        raise WrongUse(
            f"{warehouse.state}: another version of newsmill made it (they differ in {table}.{column}); "
            "move it away and run newsmill rebuild, which makes it anew from Parquet."
        )
    db.execute("COMMIT")


def _layout(db: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str, str]]:
    """List table, name and type of every column of the state database."""
    found = db.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'state'")
    return frozenset(found.fetchall())


@cache
def _todays_layout() -> frozenset[tuple[str, str, str]]:
    with duckdb.connect() as db:
        db.execute("ATTACH ':memory:' AS state")
        db.execute("USE state")
        _create_tables(db)
        return _layout(db)


def _make_state(warehouse: Warehouse) -> None:
    """Make an empty state database aside and put it in its place: half a one would be no database for the next run."""
    building = warehouse.staging / "state.duckdb"
    building.unlink(missing_ok=True)
    building.with_name("state.duckdb.wal").unlink(missing_ok=True)
    with connection(warehouse.staging) as db:
        attach(db, building, "state")
        _create_tables(db)
        checkpoint(db)
        db.execute("USE memory")
        db.execute("DETACH state")
    sync_file(building)
    publish_file(building, warehouse.state)


def _create_tables(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(statement("state/tables"))
    for table in SNAPSHOTS:
        create_table(db, table, TABLES[table])


def remember_batch(db: duckdb.DuckDBPyConnection, table: str, run_id: str, path: Path) -> None:
    """Put a batch file on record with its size, rows and SHA-256."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    about = [table, run_id, path.stat().st_size, pq.read_metadata(path).num_rows, sha256]
    db.execute(
        "INSERT INTO state.batches (table_name, run_id, bytes, row_count, sha256) VALUES (?, ?, ?, ?, ?)",
        about,
    )


def last_run(warehouse: Warehouse) -> RunRecord:
    """Read the record of the newest run: what exit codes and tables are made from."""
    names = ", ".join(c.name for c in columns(RunRecord))
    with connection(warehouse.staging) as db:
        open_state(db, warehouse)
        return RunRecord(*fetch_one(db, f"SELECT {names} FROM state.runs ORDER BY run_id DESC LIMIT 1"))  # noqa: S608


def checkpoint(db: duckdb.DuckDBPyConnection) -> None:
    """Fold the write-ahead log into the file, so that the file alone is the state."""
    db.execute("CHECKPOINT state")
