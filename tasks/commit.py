"""The commit: all that a run leaves for the next one, in one transaction of the state database.

Before it nothing of the run counts; after it the run cannot be lost: what is still to do, the next run does if
this one is killed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import pyarrow as pa

from newsmill.schema import TABLES, Counts
from newsmill.wording import counted
from tasks.database import execute_each, statement
from tasks.failpoints import failpoint
from tasks.failures import Unbalanced
from tasks.files import sync_file
from tasks.parquet import arrow_schema, write_batch
from tasks.recovery import settle
from tasks.run import Run
from tasks.state import checkpoint, remember_batch

#: What a run changes in the state database, in this order: files of sql/commit/. They read the temporary tables
#: ``decided`` and ``cleaned``, and those of ``learning``; an ingest's read the staged records too.
INGESTED = ("versions", "forget_duplicates", "duplicates", "quarantine", "skipped", "files", "memory")
RECLEANED = ("versions", "renewed_duplicates", "memory")


def check_balance(counts: Counts) -> None:
    """Hold a run to the conservation law.

    Raises:
        Unbalanced: the fates do not add up to what was discovered.
    """
    if counts.with_a_fate != counts.discovered:
        found = counted(counts.discovered, "record")
        raise Unbalanced(f"{found} discovered, but {counts.with_a_fate:,} with a fate; nothing was committed.")


def write_table(run: Run, table: str, rows: Iterable[pa.Table]) -> int:
    """Write a table's batch, in the order of ``rows``, and count its rows; a batch without rows is not kept."""
    run.batch.mkdir(exist_ok=True)
    path = run.batch / f"{table}.parquet"
    written = write_batch(path, arrow_schema(TABLES[table]), rows)
    if written:
        sync_file(path)
    else:
        path.unlink()
    return written


def commit(
    db: duckdb.DuckDBPyConnection, run: Run, counts: Counts, changes: Sequence[str], values: Mapping[str, Any]
) -> None:
    """Make the run's changes, put its batches and its counts on record: the one commit point of any run.

    ``changes`` are :data:`INGESTED` or :data:`RECLEANED`, ``values`` what their statements name beside the run.
    """
    of_run = {name: getattr(run.info, name) for name in ("run_id", "started_at", "code_version")}
    seconds = {f"seconds_{stage}": run.seconds[stage] for stage in ("discover", "clean", "load")}
    db.execute("BEGIN")
    for change in changes:
        execute_each(db, f"commit/{change}", {**of_run, **values})
    for batch in sorted(run.batch.iterdir()):
        remember_batch(db, batch.stem, run.info.run_id, batch)
    failpoint("mid-load")
    db.execute(statement("commit/run"), {"run_id": run.info.run_id, **asdict(counts), **seconds})
    db.execute("COMMIT")
    checkpoint(db)


def put_in_place(run: Run) -> None:
    """Move the batches of a run that has committed from staging to the warehouse."""
    failpoint("after-commit")
    settle(run.warehouse, run.info.run_id)
