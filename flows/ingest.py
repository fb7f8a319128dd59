"""The main job: raw files to Parquet to DuckDB."""

from pathlib import Path

from prefect import State, flow
from prefect.task_runners import ThreadPoolTaskRunner

from newsmill.rejection import QUARANTINE_LIMIT
from tasks import steps
from tasks.failures import Failure
from tasks.layout import Warehouse
from tasks.lock import held
from tasks.workers import worker_count


@flow(
    name="ingest",
    flow_run_name=steps.name_run,
    task_runner=ThreadPoolTaskRunner(max_workers=worker_count()),  # type: ignore[arg-type]  # Prefect declares it invariant
)
def ingest(
    raw: Path = Path("raw"), warehouse: Path = Path("warehouse"), quarantine_limit: float = QUARANTINE_LIMIT
) -> State[None]:
    """Clean what is new under RAW, write it to Parquet, load it and publish news.duckdb.

    Args:
        raw: Folder of raw articles. It is only read.
        warehouse: Folder of Parquet and news.duckdb. It is made where it does not stand yet.
        quarantine_limit: Share of records in quarantine above which the run is called CompletedWithRejects.
    """
    try:
        with held(Warehouse(warehouse)):
            run = steps.begin(raw, Warehouse(warehouse))
            found = steps.discover(run)
            with steps.cleaning(run, found) as workers:
                steps.wait_for([steps.clean_shard.submit(run, shard, workers) for shard in found.shards])
            counts = steps.load(run, found)
            steps.publish(run)
            return steps.report(run, counts, quarantine_limit)
    except Failure as failure:
        return steps.give_up(failure)


if __name__ == "__main__":
    ingest()
