"""What a run that was killed left behind: finished if it had committed, swept if it had not."""

import shutil

from tasks.database import connection
from tasks.files import publish_file
from tasks.layout import BATCHED, Warehouse
from tasks.state import open_state


def recover(warehouse: Warehouse) -> None:
    """Bring the warehouse to where the last commit left it; an interrupted run is put on record as such."""
    warehouse.staging.mkdir(exist_ok=True)
    with connection(warehouse.staging) as db:
        open_state(db, warehouse)
        committed = db.execute("SELECT run_id FROM runs WHERE status IN ('committed', 'completed')").fetchall()
        db.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
    for (run_id,) in committed:
        settle(warehouse, run_id)
    shutil.rmtree(warehouse.staging)
    warehouse.staging.mkdir()


def settle(warehouse: Warehouse, run_id: str) -> None:
    """Move the batches of a committed run from staging to their place, those that are not there yet."""
    for table in BATCHED:
        staged = warehouse.staged_batch(run_id) / f"{table}.parquet"
        if staged.exists():
            warehouse.batches(table).mkdir(exist_ok=True)
            publish_file(staged, warehouse.batch(table, run_id))
