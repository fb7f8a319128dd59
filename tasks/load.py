"""Cleaned shards into the record: decide each fate, write the batches, commit, and put them in place."""

import time
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.schema import TABLES, Counts
from tasks.database import attach, connection, execute_each, fetch_one, statement
from tasks.discovery import Found
from tasks.failpoints import failpoint
from tasks.failures import Unbalanced
from tasks.files import sync_file
from tasks.layout import BATCHED
from tasks.memory import learn
from tasks.parquet import arrow_schema, write_batch
from tasks.recovery import settle
from tasks.run import Run
from tasks.staged import ARTICLES, RECORDS, Shard
from tasks.state import checkpoint, open_state, remember_batch


def load_run(run: Run, found: Found) -> Counts:
    """Decide what becomes of every cleaned record, write the run's batches and commit them.

    After the commit the run cannot be lost: what is still to do, the next run does if this one is killed.

    Raises:
        Unbalanced: the conservation law does not hold. Nothing is committed.
        StorageFailed: the disk is full, or a file of the warehouse is damaged. Nothing is committed.
    """
    started = time.monotonic()
    staged = staged_files(run.staging, found.shards)
    batch = run.staging / "batch"
    batch.mkdir()
    learn(run, staged)
    with connection(run.staging) as db:
        attach(db, run.learning, "learning")
        open_state(db, run.warehouse)
        counts = _decide(db, staged["records"], found)
        check_balance(counts)
        rows = {table: _write(db, table, staged[table], batch / f"{table}.parquet") for table in BATCHED}
        if rows["articles"] != counts.loaded + counts.new_versions:
            raise Unbalanced(f"{rows['articles']} articles were written, but {counts} decided; nothing was committed.")
        run.seconds["load"] = time.monotonic() - started
        _commit(db, run, staged["records"], counts)
    failpoint("after-commit")
    settle(run.warehouse, run.info.run_id)
    return counts


def check_balance(counts: Counts) -> None:
    """Hold a run to the conservation law.

    Raises:
        Unbalanced: the fates do not add up to what was discovered.
    """
    if counts.with_a_fate != counts.discovered:
        raise Unbalanced(
            f"{counts.discovered} records were discovered but {counts.with_a_fate} have a fate; nothing was committed."
        )


def _decide(db: duckdb.DuckDBPyConnection, records: list[str], found: Found) -> Counts:
    db.execute(statement("ingest/deferred"), {"records": records})
    db.execute(statement("ingest/cleaned"), {"records": records})
    db.execute(statement("ingest/decide"))
    read, cleaned, loaded, new_versions, unchanged, duplicates, quarantined, deferred = fetch_one(
        db, statement("ingest/counts"), {"records": records}
    )
    verified = fetch_one(db, statement("ingest/verified"), {"records": records})
    known = [a + b for a, b in zip((found.unchanged, found.duplicates, found.quarantined), verified, strict=True)]
    return Counts(
        discovered=read + sum(known),
        loaded=loaded,
        new_versions=new_versions,
        unchanged=unchanged + known[0],
        duplicates=duplicates + known[1],
        quarantined=quarantined + known[2],
        refused=found.refused.total(),
        deferred=deferred,
        cleaned=cleaned,
    )


def _write(db: duckdb.DuckDBPyConnection, table: str, staged: list[str], batch: Path) -> int:
    rows = db.sql(statement(f"ingest/{table}"), params={table: staged})
    return write_rows(rows, TABLES[table], batch)


def write_rows(rows: duckdb.DuckDBPyRelation, record_class: type, batch: Path) -> int:
    """Write a table's batch and count its rows; a batch without rows is not kept."""
    written = write_batch(batch, arrow_schema(record_class), rows.to_arrow_reader(20_000))
    if written:
        sync_file(batch)
    else:
        batch.unlink()
    return written


def _commit(db: duckdb.DuckDBPyConnection, run: Run, records: list[str], counts: Counts) -> None:
    """Write all that the next run must know, in one transaction: the run's one commit point."""
    of_run = {"run_id": run.info.run_id, "started_at": run.info.started_at}
    db.execute("BEGIN")
    db.execute(statement("commit/versions"))
    db.execute(statement("commit/forget_duplicates"), {"records": records})
    db.execute(statement("commit/duplicates"), of_run)
    execute_each(db, "commit/quarantine", {"records": records, "code_version": run.info.code_version, **of_run})
    execute_each(db, "commit/files", {"records": records})
    execute_each(db, "commit/memory", {})
    for batch in sorted((run.staging / "batch").iterdir()):
        remember_batch(db, batch.stem, run.info.run_id, batch)
    failpoint("mid-load")
    seconds = {f"seconds_{stage}": run.seconds[stage] for stage in ("discover", "clean", "load")}
    db.execute(statement("commit/run"), {"run_id": run.info.run_id, **asdict(counts), **seconds})
    db.execute("COMMIT")
    checkpoint(db)


def staged_files(staging: Path, shards: list[Shard]) -> dict[str, list[str]]:
    """Name the files of each table that the workers left.

    Where there are no shards it is one without rows, so that a run that finds nothing new goes the same way as
    any other.
    """
    folders = [shard.output(staging) for shard in shards] or [_empty_shard(staging)]
    return {name: [str(folder / f"{name}.parquet") for folder in folders] for name in ("records", *BATCHED)}


def _empty_shard(staging: Path) -> Path:
    empty = staging / "shard-none"
    empty.mkdir()
    for name, schema in (
        ("records", RECORDS),
        ("articles", ARTICLES),
        ("lines", arrow_schema(TABLES["lines"])),
    ):
        pq.write_table(pa.Table.from_pylist([], schema=schema), empty / f"{name}.parquet")
    return empty
