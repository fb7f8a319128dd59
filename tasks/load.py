"""Cleaned shards into the record: learn from them, decide each record's fate, write the batches and commit."""

import time
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from newsmill.schema import Counts
from newsmill.wording import counted
from tasks import pieces
from tasks.commit import INGESTED, check_balance, commit, put_in_place, write_table
from tasks.database import attach, connection, execute_each, fetch_one, statement
from tasks.discovery import Found
from tasks.failures import Unbalanced
from tasks.memory import learn
from tasks.pieces import asked, by_bucket, pieces_of
from tasks.run import Run
from tasks.staged import staged_files
from tasks.state import open_state


def load_run(run: Run, found: Found) -> Counts:
    """Decide what becomes of every cleaned record, write the run's batches and commit them.

    Raises:
        Unbalanced: the conservation law does not hold. Nothing is committed.
        StorageFailed: the disk is full, or a file of the warehouse is damaged. Nothing is committed.
    """
    started = time.monotonic()
    staged = staged_files(run.staging, found.shards)
    learn(run, staged)
    with connection(run.staging) as db:
        attach(db, run.learning, "learning")
        open_state(db, run.warehouse)
        counts = _decide(db, staged["records"], found)
        check_balance(counts)
        written = write_table(run, "articles", _articles(db, run, staged["articles"]))
        if written != counts.loaded + counts.new_versions:
            raise Unbalanced(f"{counted(written, 'article')} written, but {counts} decided; nothing was committed.")
        write_table(run, "lines", (asked(db, "ingest/lines", piece=piece) for piece in pieces_of(staged["lines"])))
        run.seconds["load"] = time.monotonic() - started
        commit(db, run, counts, INGESTED, {"records": staged["records"]})
    put_in_place(run)
    return counts


def _decide(db: duckdb.DuckDBPyConnection, records: list[str], found: Found) -> Counts:
    db.execute(statement("ingest/deferred"), {"records": records})
    db.execute(statement("ingest/cleaned"), {"records": records})
    db.execute(statement("ingest/decide"))
    read, cleaned, loaded, new_versions, unchanged, duplicates, quarantined, skipped, deferred = fetch_one(
        db, statement("ingest/counts"), {"records": records}
    )
    verified = fetch_one(db, statement("ingest/verified"), {"records": records})
    of_files = (found.unchanged, found.duplicates, found.quarantined, found.skipped)
    known = [a + b for a, b in zip(of_files, verified, strict=True)]
    return Counts(
        discovered=read + sum(known[:3]),
        loaded=loaded,
        new_versions=new_versions,
        unchanged=unchanged + known[0],
        duplicates=duplicates + known[1],
        quarantined=quarantined + known[2],
        skipped=skipped + known[3],
        refused=found.refused.total(),
        deferred=deferred,
        cleaned=cleaned,
    )


def _articles(db: duckdb.DuckDBPyConnection, run: Run, staged: list[str]) -> Iterator[pa.Table]:
    execute_each(db, "ingest/placed", {"articles": staged, "bucket_chars": pieces.PIECE_BYTES})
    return by_bucket(
        db,
        run.staging,
        "ingest/articles",
        {},
        articles=(asked(db, "ingest/placed_articles", piece=piece) for piece in pieces_of(staged)),
        bodies=(asked(db, "memory/placed_bodies", piece=piece) for piece in pieces_of([str(run.remade)])),
    )
