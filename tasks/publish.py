"""news.duckdb, made from Parquet: built aside from the last one and the new batches, swapped by a rename."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from newsmill.schema import TABLES, columns
from tasks.database import (
    SQL,
    attach,
    comment,
    comment_table,
    connection,
    create_table,
    execute_each,
    fetch_one,
    statement,
)
from tasks.failpoints import failpoint
from tasks.failures import StorageFailed
from tasks.files import publish_file, replacing, sync_file
from tasks.layout import BATCHED, SNAPSHOTS, Warehouse
from tasks.memory import remember_stored
from tasks.parquet import arrow_schema, write_batch
from tasks.pieces import asked, in_stretches, pieces_of
from tasks.recovery import recover
from tasks.state import checkpoint, open_state, remember_batch

#: The tables that are written anew by each run before the run itself is put on record.
_OF_RECORDS = tuple(table for table in SNAPSHOTS if table != "runs")


def publish_news(warehouse: Warehouse, staging: Path) -> None:
    """Bring news.duckdb up to the last commit. Readers that have it open keep what they see.

    Raises:
        StorageFailed: the disk is full, or a file of the warehouse is damaged. The last one stays.
    """
    started = time.monotonic()
    building = staging / "news.duckdb"
    with connection(staging) as db:
        open_state(db, warehouse)
        _write_snapshots(db, warehouse, staging, _OF_RECORDS)
        held = _start_from_last(warehouse, building)
        committed = db.execute("SELECT table_name, run_id FROM batches ORDER BY ALL").fetchall()
        build(db, warehouse, building, [(table, run) for table, run in committed if run not in held])
        failpoint("mid-publish")
        db.execute("USE state")
        spent = {"finished_at": datetime.now(UTC), "seconds_publish": time.monotonic() - started}
        db.execute(statement("publish/complete_runs"), spent)
        _write_snapshots(db, warehouse, staging, ("runs",))
        finish(db, warehouse)
        checkpoint(db)
    sync_file(building)
    publish_file(building, warehouse.news)
    shutil.rmtree(staging)


def rebuild_news(warehouse: Warehouse) -> int:
    """Make news.duckdb anew from Parquet alone, and the state database where it is gone; count the articles.

    The caller holds the warehouse's lock.

    Raises:
        StorageFailed: a Parquet file is damaged or missing. The last news.duckdb stays.
    """
    recover(warehouse)
    _check_batches(warehouse)
    building = warehouse.staging / "news.duckdb"
    batches = [(table, path.stem) for table in BATCHED for path in sorted(warehouse.batches(table).glob("*.parquet"))]
    if not batches:
        raise StorageFailed(f"{warehouse.batches('articles')}: no Parquet files to rebuild from; run newsmill ingest.")
    with connection(warehouse.staging) as db:
        build(db, warehouse, building, batches)
        articles = fetch_one(db, "SELECT count(*) FROM articles")[0]
        open_state(db, warehouse)
        if not fetch_one(db, "SELECT count(*) FROM versions")[0]:
            _remake_state(db, warehouse, batches)
        checkpoint(db)
        finish(db, warehouse)
    sync_file(building)
    publish_file(building, warehouse.news)
    return int(articles)


def _check_batches(warehouse: Warehouse) -> None:
    """Miss no Parquet file that the state database has on record: what it held would be lost without a word."""
    with connection(warehouse.staging) as db:
        open_state(db, warehouse)
        committed = db.execute("SELECT table_name, run_id FROM batches ORDER BY ALL").fetchall()
    for table, run_id in committed:
        if not (batch := warehouse.batch(table, run_id)).is_file():
            mend = f"bring it back, or move {warehouse.state} away to rebuild without it"
            raise StorageFailed(f"{batch}: this Parquet file is missing; {mend}. {warehouse.news} stays as it is.")


#: Which rows of a piece of a batch go to which table: files of sql/publish/.
_PARTS = {
    "articles": {"superseded": "publish/older", "articles": "publish/newest"},
    "lines": {"lines": "publish/ledger"},
}
# Rows of so many bytes each are 64 MB in a vector of DuckDB, of 2,048 rows.
_LONG_ROW = 2**15


def build(db: duckdb.DuckDBPyConnection, warehouse: Warehouse, building: Path, batches: list[tuple[str, str]]) -> None:
    """Attach ``building`` as ``news``; load the snapshots and the batches (table and run_id) into it."""
    db.execute("SET max_vacuum_tasks = 0")  # it would put row groups together again
    attach(db, building, "news")
    for table in TABLES:
        create_table(db, table, TABLES[table])
        comment_table(db, table, TABLES[table])
    create_table(db, "superseded", TABLES["articles"])
    comment_table(db, "superseded", TABLES["articles"])
    comment(db, "TABLE", "superseded", "One row an older version of an article; its newest one is in articles.")
    for table in _OF_RECORDS:
        _load_snapshot(db, warehouse, table)
    for table in BATCHED:
        if runs := [run for name, run in batches if name == table]:
            files = [str(warehouse.batch(table, run)) for run in runs]
            execute_each(db, f"publish/{table}", {"batches": files, "runs": runs})
            if table == "articles":
                for piece in in_stretches(db, "publish/replaced", "publish/stretches_of_replaced"):
                    _insert(db, "superseded", piece, building)
                db.execute(statement("publish/replace"))
            for file in files:
                for piece in pieces_of([file]):
                    for target, name in _PARTS[table].items():
                        _insert(db, target, asked(db, name, {"batch": file}, piece=piece), building)


def _insert(db: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, building: Path) -> None:
    """Insert rows; behind long ones the next go into a row group of their own.

    DuckDB writes and reads up to 2,048 rows of a row group at once. It begins a new one where a file was opened anew.
    """
    if not rows.num_rows:
        return
    db.register("piece", rows)
    db.execute(f"INSERT INTO {table} BY NAME FROM piece")
    db.unregister("piece")
    if rows.nbytes > rows.num_rows * _LONG_ROW:
        db.execute("USE memory")
        db.execute("DETACH news")
        attach(db, building, "news")


def finish(db: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> None:
    """Load the runs, lay the macros and views over the tables, and fold everything into the one file."""
    db.execute("USE news")
    _load_snapshot(db, warehouse, "runs")
    for macro in sorted((SQL / "macros").glob("*.sql")):
        db.execute(macro.read_text(encoding="utf-8"))
    for view in sorted((SQL / "views").glob("*.sql")):
        select = view.read_text(encoding="utf-8")
        db.execute(f"CREATE OR REPLACE VIEW {view.stem} AS {select}")
        comment(db, "VIEW", view.stem, select.splitlines()[0].removeprefix("-- "))
    [has_long_texts] = fetch_one(db, statement("publish/has_long_texts"), {"most_chars": _LONG_ROW * 1024})
    if not has_long_texts:
        db.execute("RESET max_vacuum_tasks")
    db.execute("USE memory")
    db.execute("CHECKPOINT news")
    db.execute("DETACH news")
    db.execute("RESET max_vacuum_tasks")


def _remake_state(db: duckdb.DuckDBPyConnection, warehouse: Warehouse, batches: list[tuple[str, str]]) -> None:
    articles = [str(warehouse.batch(table, run)) for table, run in batches if table == "articles"]
    db.execute("BEGIN")  # half a state would be taken for a whole one
    execute_each(db, "state/remake", {"batches": articles})
    remember_stored(db)
    for table, run in batches:
        remember_batch(db, table, run, warehouse.batch(table, run))
    db.execute("COMMIT")


def _start_from_last(warehouse: Warehouse, building: Path) -> set[str]:
    """Copy the published file to build on, and name the runs that it holds; none if it must be made anew."""
    if not warehouse.news.exists():
        return set()
    shutil.copyfile(warehouse.news, building)
    try:
        with duckdb.connect(building, read_only=True) as last:
            held = {run for (run,) in last.execute("SELECT run_id FROM runs").fetchall()}
            described = last.execute("SELECT column_name FROM (DESCRIBE articles)").fetchall()
    except duckdb.Error:
        described = []
    if [name for (name,) in described] != [c.name for c in columns(TABLES["articles"])]:
        building.unlink()
        return set()
    return held


def _write_snapshots(
    db: duckdb.DuckDBPyConnection, warehouse: Warehouse, staging: Path, tables: tuple[str, ...]
) -> None:
    for table in tables:
        names = ", ".join(f'"{c.name}"' for c in columns(TABLES[table]))
        rows = db.table(f"state.{table}").select(names).to_arrow_reader(20_000)
        with replacing(warehouse.snapshot(table), staging) as written:
            write_batch(written, arrow_schema(TABLES[table]), (pa.Table.from_batches([batch]) for batch in rows))


def _load_snapshot(db: duckdb.DuckDBPyConnection, warehouse: Warehouse, table: str) -> None:
    db.execute(f"DELETE FROM {table}")  # noqa: S608 (the name is one of TABLES)
    if (snapshot := warehouse.snapshot(table)).exists():
        db.execute(f"INSERT INTO {table} BY NAME FROM read_parquet($snapshot)", {"snapshot": str(snapshot)})
