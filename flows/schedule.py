"""The scheduled ingest: its deployment, and the process of ``newsmill up`` that executes its runs."""

import asyncio
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect import State, get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowFilter, FlowRunFilter
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    FlowRun,
    StateType,
)
from prefect.runner import Runner
from prefect.schedules import Interval
from prefect.states import Crashed

from flows.ingest import ingest
from tasks.failures import WarehouseBusy
from tasks.layout import Warehouse
from tasks.lock import held
from tasks.process import end_with_parent

DEPLOYMENT = "ingest"
#: A run that falls due while another is at work is cancelled: the next one finds what it would have found.
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
_POLL_SECONDS = 2.0
_UNFINISHED = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


async def execute(raw: Path, warehouse: Path, every: timedelta) -> None:
    """Run the flow now and then on schedule, each run in a process of its own, until SIGTERM."""
    stopped = asyncio.Event()
    async with get_client() as client:
        await clear_up(client)
        runner = Runner(DEPLOYMENT, query_seconds=_POLL_SECONDS, prefetch_seconds=0, pause_on_shutdown=False)
        deployment = await runner.aadd_flow(
            ingest,
            name=DEPLOYMENT,
            schedule=Interval(every, anchor_date=datetime.now(UTC)),
            concurrency_limit=ONE_AT_A_TIME,
            parameters={"raw": str(raw), "warehouse": str(warehouse)},
        )
        await client.create_flow_run_from_deployment(deployment)
        running = asyncio.create_task(runner.start())
        await asyncio.sleep(0)  # as it starts it takes SIGTERM for itself, to end without its runs' last word
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        telling = asyncio.create_task(tell(client))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        if runner.started:
            await runner.astop()
        else:
            running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def clear_up(client: PrefectClient) -> None:
    """Put away what an earlier ``up`` left: runs that nobody began, and runs whose process is gone.

    The first would all begin now, with the parameters of then; the second would count as at work for ever.
    """
    gone: State[None] = Crashed(message="Its process is gone; what it had committed stands.")
    for run in await _read_runs(client, {"state": {"type": {"any_": _UNFINISHED}}}):
        if run.state_type == StateType.SCHEDULED:
            await client.delete_flow_run(run.id)
        elif not _at_work(run):
            await client.set_flow_run_state(run.id, gone, force=True)


async def _read_runs(client: PrefectClient, those: dict[str, Any]) -> list[FlowRun]:
    return await client.read_flow_runs(
        flow_filter=FlowFilter.model_validate({"name": {"any_": [ingest.name]}}),
        flow_run_filter=FlowRunFilter.model_validate(those),
    )


def _at_work(run: FlowRun) -> bool:
    """Tell whether the run's warehouse is held: a run holds it for as long as its process lives."""
    warehouse = Warehouse(Path(run.parameters["warehouse"]))
    if not warehouse.lock.exists():
        return False
    try:
        with held(warehouse):
            return False
    except WarehouseBusy:
        return True


async def tell(client: PrefectClient) -> None:
    """Print one line for each run that ends, whoever started it."""
    since, told = datetime.now(UTC), set[UUID]()
    while True:
        await asyncio.sleep(_POLL_SECONDS)
        try:
            runs = await _read_runs(client, {"end_time": {"after_": since}})
        except httpx.HTTPError:
            continue  # the server is being started again
        for run in runs:
            since = max(since, run.end_time or since)
            if run.id not in told and run.state:
                print(
                    f"{run.state.timestamp.astimezone():%H:%M:%S}  {run.state.name}: {run.state.message}",
                    flush=True,
                )
        told = {run.id for run in runs}


def main() -> None:
    """Execute until terminated, or until the parent's end of standard input closes."""
    raw, warehouse, seconds = sys.argv[1:]
    end_with_parent()
    asyncio.run(execute(Path(raw), Path(warehouse), timedelta(seconds=int(seconds))))


if __name__ == "__main__":
    main()
