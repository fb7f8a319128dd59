"""Today's rules and memory on what is stored: new versions from the ledger, without the raw files."""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow.parquet as pq

from newsmill.schema import Counts
from tasks.commit import RECLEANED, check_balance, commit, put_in_place, write_table
from tasks.database import attach, connection, execute_each, fetch_one, statement
from tasks.discovery import MAX_SHARDS, SHARD_BYTES
from tasks.failures import StorageFailed
from tasks.layout import BATCHED, Warehouse
from tasks.memory import learn_from
from tasks.parquet import arrow_schema
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
        learn_from(db, run, staged, "memory/stored", "reclean/ledger")
        execute_each(db, "reclean/cleaned", staged)
        db.execute(statement("ingest/decide"))
        db.execute(statement("reclean/settle"))
        counts = _count(db)
        check_balance(counts)
        outcome = _outcome(db, counts, staged)
        if is_dry:
            return outcome
        of_run = {"run_id": run.info.run_id, "started_at": run.info.started_at}
        for table in BATCHED:
            name = f"reclean/{table}"
            write_table(run, table, db.sql(statement(name), params=_named(name, {**staged, **of_run})))
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


def _outcome(db: duckdb.DuckDBPyConnection, counts: Counts, staged: dict[str, list[str]]) -> Outcome:
    articles = {"articles": staged["articles"]}
    bodies, titles, words_cut, words_restored = fetch_one(db, statement("reclean/totals"), articles)
    changes = db.execute(statement("reclean/changes"), {**articles, "most": _MOST_SHOWN}).fetchall()
    return Outcome(counts, bodies, titles, words_cut, words_restored, [Change(*row) for row in changes])


def _named(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Give those of the values that a statement names."""
    (one,) = duckdb.extract_statements(statement(name))
    return {key: value for key, value in values.items() if key in one.named_parameters}
