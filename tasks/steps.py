"""The steps of a run as Prefect tasks. Paths and counts travel between them, never article text."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from prefect import State, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.states import Cancelled, Completed, Failed

from newsmill.rejection import over_limit
from newsmill.schema import Counts
from newsmill.wording import counted
from tasks import summary
from tasks.discovery import Found, find_new
from tasks.failures import Failure, WarehouseBusy
from tasks.layout import Warehouse
from tasks.load import load_run
from tasks.progress import watched
from tasks.publish import publish_news
from tasks.run import Run, check_apart, open_run
from tasks.staged import Shard
from tasks.workers import Workers, worker_count

SUMMARY_KEY = "ingest-summary"


def name_run() -> str:
    """Name a flow run by when it began, as the UI lists it."""
    return f"ingest {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"


@task(cache_policy=NO_CACHE, task_run_name="begin")
def begin(raw: Path, warehouse: Warehouse) -> Run:
    """Clear up after a run that was killed, and put this one on record."""
    check_apart(raw, warehouse)
    return open_run(raw, warehouse)


@task(cache_policy=NO_CACHE, task_run_name="discover")
def discover(run: Run) -> Found:
    """Find the files under RAW that are new or changed, and share them out."""
    with run.timed("discover"):
        found = find_new(run)
    get_run_logger().info("%s to read (%.1f MB)", counted(found.files, "file"), found.bytes / 1e6)
    for reason, examples in sorted(found.refused_examples.items()):
        get_run_logger().info("Not read, %s: %d, such as %r", reason, found.refused[reason], examples[0])
    return found


@contextmanager
def cleaning(run: Run, found: Found) -> Iterator[Workers]:
    """Start the worker processes and show their progress; stop them when the block ends."""
    with run.timed("clean"), Workers(run.staging, worker_count()) as workers, watched(workers, found.bytes):
        yield workers


@task(cache_policy=NO_CACHE, task_run_name="clean shard {shard.number}, files: {shard.files}")
def clean_shard(run: Run, shard: Shard, workers: Workers) -> None:
    """Have one worker process clean a shard and leave its Parquet in staging."""
    workers.clean(run.job(shard))


def wait_for(shards: list[PrefectFuture[None]]) -> None:
    """Wait until every shard is clean; the first failure is raised."""
    for shard in shards:
        shard.result()


@task(cache_policy=NO_CACHE, task_run_name="load")
def load(run: Run, found: Found) -> Counts:
    """Decide what becomes of each record, write the Parquet batches and commit them."""
    counts = load_run(run, found)
    get_run_logger().info("%s", counts)
    return counts


@task(cache_policy=NO_CACHE, task_run_name="publish", retries=1)
def publish(run: Run) -> None:
    """Build the new news.duckdb aside and swap it in."""
    publish_news(run.warehouse, run.staging)


def report(run: Run, counts: Counts, quarantine_limit: float) -> State[None]:
    """Leave the summary in the UI and end the run with one sentence; its name tells of too many rejects."""
    text, sentence = summary.markdown(run.warehouse, run.info.run_id), summary.sentence(counts)
    create_markdown_artifact(text, key=SUMMARY_KEY, description=sentence)
    over = over_limit(counts.quarantined, counts.discovered, quarantine_limit)
    return Completed(name="CompletedWithRejects" if over else "Completed", message=sentence)


def give_up(failure: Failure) -> State[None]:
    """End the run with the one line that says why; who called the flow gets the failure itself."""
    if isinstance(failure, WarehouseBusy):  # another run does the work, so there is nothing to mend
        return Cancelled(name="Skipped", message=str(failure), data=failure)
    return Failed(message=str(failure), data=failure)
