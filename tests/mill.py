"""The steps of a run in order without Prefect: fast enough to run hundreds of times, and easy to kill.

``python -m tests.mill RAW WAREHOUSE`` does it in a process of its own.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from newsmill.schema import RunRecord
from tasks.discovery import find_new
from tasks.layout import PROJECT, Warehouse
from tasks.load import load_run
from tasks.lock import held
from tasks.publish import publish_news
from tasks.run import open_run
from tasks.state import last_run
from tasks.workers import Workers


def mill(raw: Path, root: Path, workers: int = 2, rules: Path = PROJECT / "rules") -> RunRecord:
    """Ingest RAW and give the run's record."""
    warehouse = Warehouse(root)
    with held(warehouse):
        run = open_run(raw, warehouse, rules)
        with run.timed("discover"):
            found = find_new(run)
        with run.timed("clean"), Workers(run.staging, workers) as pool, ThreadPoolExecutor(workers) as threads:
            list(threads.map(lambda shard: pool.clean(run.job(shard)), found.shards))
        load_run(run, found)
        publish_news(warehouse, run.staging)
        return last_run(warehouse)


if __name__ == "__main__":
    mill(Path(sys.argv[1]), Path(sys.argv[2]))
