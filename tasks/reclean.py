"""Today's rules and memory on what is stored: new versions from the ledger, without the raw files."""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.schema import Counts
from tasks import pieces
from tasks.commit import RECLEANED, check_balance, commit, put_in_place, write_table
from tasks.database import attach, connection, execute_each, fetch_one, statement
from tasks.discovery import MAX_SHARDS, SHARD_BYTES
from tasks.failures import StorageFailed
from tasks.layout import Warehouse
from tasks.memory import learn_from, staged_ledger
from tasks.parquet import arrow_schema
from tasks.pieces import asked, by_bucket, in_stretches, pieces_of
from tasks.publish import publish_news
from tasks.run import Run, open_run
from tasks.staged import Shard, StoredText, staged_files
from tasks.state import open_state
from tasks.workers import Workers

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """An article that has, or would have, a new version."""

    outlet_domain: str | None
    raw_path: str
    title_before: str | None
    title_after: str | None
    body_before: str
    body_after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What today's rules and memory change: how much, and where most."""

    counts: Counts
    bodies: int
    titles: int
    words_cut: int
    words_restored: int
    largest: list[Change]


def reclean(warehouse: Warehouse, workers: int, *, is_dry: bool) -> Outcome:
    """Clean what is stored by today's rules and memory, and publish it unless it ``is_dry``.

    The caller holds the warehouse's lock.

    Raises:
        WrongUse: a rule file has a mistake.
        StorageFailed: there is no warehouse, the disk is full, or a file is damaged. Nothing is committed.
        Unbalanced: the conservation law does not hold. Nothing is committed.
    """
    if not warehouse.state.exists():
        raise StorageFailed(f"{warehouse.root}: no warehouse yet; run newsmill ingest, or newsmill rebuild.")
    _publish_what_is_committed(warehouse)
    run = open_run(warehouse.root, warehouse, is_on_record=not is_dry)
    with run.timed("discover"):
        shards = _find_stale(run)
    with run.timed("clean"), Workers(run.staging, workers) as pool, ThreadPoolExecutor(workers) as threads:
        list(threads.map(lambda shard: pool.clean(run.job(shard)), shards))
    outcome = _load(run, shards, is_dry=is_dry)
    if is_dry:
        shutil.rmtree(run.staging)
    else:
        put_in_place(run)
        publish_news(warehouse, run.staging)
    return outcome


def _publish_what_is_committed(warehouse: Warehouse) -> None:
    """Publish what a run that was killed had committed: news.duckdb is what is cleaned here."""
    run = open_run(warehouse.root, warehouse, is_on_record=False)
    with connection(run.staging) as db:
        open_state(db, warehouse)
        waiting = fetch_one(db, "SELECT count(*) FROM runs WHERE status = 'committed'")[0]
    if waiting or not warehouse.news.exists():
        publish_news(warehouse, run.staging)


@contextmanager
def _opened(run: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    with connection(run.staging) as db:
        quoted = str(run.warehouse.news).replace("'", "''")
        db.execute(f"ATTACH '{quoted}' AS news (READ_ONLY)")
        open_state(db, run.warehouse)
        yield db


def _find_stale(run: Run) -> list[Shard]:
    """Share out the texts that other rules cleaned."""
    with _opened(run) as db:
        limits = {"rules_version": run.info.rules_version, "shard_chars": SHARD_BYTES, "max_shards": MAX_SHARDS}
        db.execute(statement("reclean/find"), limits)
        found = db.execute(statement("reclean/shards")).fetchall()
        shards = [Shard(number, texts, chars, of_texts=True) for number, texts, chars in found]
        for shard in shards:
            texts = db.sql(statement("reclean/texts"), params={"shard": shard.number}).to_arrow_table()
            pq.write_table(texts.cast(arrow_schema(StoredText)), shard.listing(run.staging), compression="lz4")
    return shards


def _load(run: Run, shards: list[Shard], *, is_dry: bool) -> Outcome:
    """Learn, decide what changes, write the batches and commit them."""
    started = time.monotonic()
    staged = staged_files(run.staging, shards)
    with _opened(run) as db:
        attach(db, run.learning, "learning")
        db.execute("USE state")
        learn_from(db, run, staged, _ledger(db, staged), "memory/stored", "reclean/ledger")
        execute_each(db, "reclean/cleaned", staged)
        db.execute(statement("ingest/decide"))
        db.execute(statement("reclean/settle"))
        counts = _count(db)
        check_balance(counts)
        outcome = _outcome(db, run, counts, staged["articles"])
        if is_dry:
            return outcome
        write_table(run, "articles", _articles(db, run, staged["articles"]))
        write_table(run, "lines", (asked(db, "reclean/lines", piece=piece) for piece in _ledger(db, staged)))
        run.seconds["load"] = time.monotonic() - started
        commit(db, run, counts, RECLEANED, {})
    return outcome


def _count(db: duckdb.DuckDBPyConnection) -> Counts:
    discovered, loaded, new_versions, unchanged, duplicates, cleaned = fetch_one(db, statement("reclean/counts"))
    return Counts(
        discovered=discovered,
        loaded=loaded,
        new_versions=new_versions,
        unchanged=unchanged,
        duplicates=duplicates,
        quarantined=0,
        skipped=0,
        refused=0,
        deferred=0,
        cleaned=cleaned,
    )


def _ledger(db: duckdb.DuckDBPyConnection, staged: dict[str, list[str]]) -> Iterator[pa.Table]:
    """Read the lines of ``ledger``, whole as they stood: those that the workers left, and those that are stored."""
    yield from staged_ledger(staged)
    yield from in_stretches(db, "reclean/stored_lines", "reclean/stretches_of_lines")


def _articles(db: duckdb.DuckDBPyConnection, run: Run, staged: list[str]) -> Iterator[pa.Table]:
    execute_each(db, "reclean/placed", {"articles": staged, "bucket_chars": pieces.PIECE_BYTES})
    return by_bucket(
        db,
        run.staging,
        "reclean/articles",
        {"run_id": run.info.run_id, "started_at": run.info.started_at},
        articles=chain(
            (asked(db, "ingest/placed_articles", piece=piece) for piece in pieces_of(staged)),
            in_stretches(db, "reclean/stored_articles", "reclean/stretches_of_articles"),
        ),
        bodies=(asked(db, "memory/placed_bodies", piece=piece) for piece in pieces_of([str(run.remade)])),
    )


def _outcome(db: duckdb.DuckDBPyConnection, run: Run, counts: Counts, staged: list[str]) -> Outcome:
    articles = {"articles": staged}
    bodies, titles, words_cut, words_restored = fetch_one(db, statement("reclean/totals"), articles)
    execute_each(db, "reclean/changes", {**articles, "remade": str(run.remade), "most": _MOST_SHOWN})
    changes = [Change(*row) for row in db.fetchall()]
    return Outcome(counts, bodies, titles, words_cut, words_restored, changes)
