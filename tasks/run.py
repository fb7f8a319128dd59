"""A run: what it works on, and how it begins."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import newsmill
from tasks.database import connection, fetch_one, statement
from tasks.failures import StorageFailed, WrongUse
from tasks.layout import BATCHED, PROJECT, Warehouse
from tasks.recovery import recover
from tasks.rules import load_rules
from tasks.staged import Job, RunInfo, Shard
from tasks.state import open_state

_STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Run:
    """One run over one RAW into one warehouse."""

    raw: Path
    rules: Path
    warehouse: Warehouse
    info: RunInfo
    #: Wall seconds of each stage that is behind the run.
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def staging(self) -> Path:
        """Where this run writes before it commits."""
        return self.warehouse.staging / self.info.run_id

    @property
    def batch(self) -> Path:
        """Where its Parquet files wait until it has committed."""
        return self.warehouse.staged_batch(self.info.run_id)

    @property
    def learning(self) -> Path:
        """The database of what this run learned, until it commits."""
        return self.staging / "learning.duckdb"

    @property
    def remade(self) -> Path:
        """What becomes of the articles that memory cuts lines from, until it commits."""
        return self.staging / "remade.parquet"

    def job(self, shard: Shard) -> Job:
        """Say what a worker needs to know to clean a shard."""
        listing, output = str(shard.listing(self.staging)), str(shard.output(self.staging))
        return Job(str(self.raw), str(self.rules), listing, output, self.info, of_texts=shard.of_texts)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note how long the block takes as the stage's seconds."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = time.monotonic() - started


def open_run(raw: Path, warehouse: Warehouse, rules: Path = PROJECT / "rules", *, is_on_record: bool = True) -> Run:
    """Begin a run: finish or sweep what an earlier one left, and put this one on record, if it is to commit.

    The caller holds the warehouse's lock.

    Raises:
        WrongUse: RAW is no folder, or a rule file has a mistake.
        StorageFailed: the warehouse cannot be written, or its state database is gone.
    """
    if not raw.is_dir():
        raise WrongUse(f"{raw}: no such folder; name the folder that holds your raw articles.")
    rules_version = load_rules(rules).version
    recover(warehouse)
    _check_state(warehouse)
    started_at = datetime.now(UTC)
    run_id = _run_id(warehouse, started_at)
    run = Run(raw.resolve(), rules, warehouse, RunInfo(run_id, started_at, newsmill.__version__, rules_version))
    run.staging.mkdir()
    if is_on_record:
        with connection(run.staging) as db:
            open_state(db, warehouse)
            db.execute(statement("commit/begin"), {"raw": str(run.raw), **asdict(run.info)})
    return run


def _run_id(warehouse: Warehouse, started_at: datetime) -> str:
    """Name a run so that it sorts behind all that were before it, even where the clock was set back since."""
    with connection(warehouse.staging) as db:
        open_state(db, warehouse)
        [newest] = fetch_one(db, "SELECT max(run_id) FROM runs")
    stamp, random = f"{started_at:{_STAMP}}", secrets.token_hex(2)
    if newest and stamp <= (last := newest.partition("-")[0]):
        stamp = f"{datetime.strptime(last, _STAMP).replace(tzinfo=UTC) + timedelta(microseconds=1):{_STAMP}}"
    return f"{stamp}-{random}"


def check_apart(raw: Path, warehouse: Warehouse) -> None:
    """Refuse a warehouse that RAW holds or is in: what it wrote would be read as articles.

    Raises:
        WrongUse: one of the two folders is in the other.
    """
    one, other = raw.resolve(), warehouse.root.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        message = f"{raw}: RAW and the warehouse {warehouse.root} are one in the other; keep them apart."
        raise WrongUse(f"{message} The warehouse's own files would be read as articles.")


def _check_state(warehouse: Warehouse) -> None:
    """Begin no new state beside old batches: every article would be loaded a second time."""
    if any(next(warehouse.batches(table).glob("*.parquet"), None) for table in BATCHED):
        with connection(warehouse.staging) as db:
            open_state(db, warehouse)
            known = fetch_one(db, "SELECT count(*) FROM batches")[0]
        if not known:
            message = f"{warehouse.state}: it is new and knows nothing of the Parquet files beside it"
            raise StorageFailed(f"{message}; run newsmill rebuild, which makes it anew from them.")
