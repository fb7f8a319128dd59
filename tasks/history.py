"""The record of runs: what the command line's exit code and the summaries are read from."""

from dataclasses import fields

from newsmill.schema import Run as RunRecord
from tasks.database import connection, fetch_one
from tasks.layout import Warehouse
from tasks.state import open_state


def last_run(warehouse: Warehouse) -> RunRecord:
    """Read the record of the newest run. The caller holds the warehouse's lock."""
    names = ", ".join(f.name for f in fields(RunRecord))
    with connection(warehouse.staging) as db:
        open_state(db, warehouse)
        row = fetch_one(db, f"SELECT {names} FROM state.runs ORDER BY run_id DESC LIMIT 1")  # noqa: S608
    return RunRecord(*row)
