"""``newsmill up``: the standing server, and beside it the process that executes the schedule.

This module must stay free of Prefect, so that the server starts at once.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from tasks.failures import WrongUse
from tasks.layout import PROJECT
from tasks.server import ServerUnreachable, prefect_home, standing

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_STOP_SECONDS = 30.0


def up(raw: Path, warehouse: Path, every: str, port: int) -> None:
    """Keep the server, its UI and the schedule running until Ctrl-C or SIGTERM.

    Raises:
        WrongUse: RAW is no folder, ``every`` is no time, the port is taken, or ``up`` runs here already.
        ServerUnreachable: the server, or what executes the runs, does not start or ended by itself.
    """
    seconds = parse_interval(every)
    if not raw.is_dir():
        raise WrongUse(f"{raw}: no such folder; name the folder that holds your raw articles.")
    console = Console(highlight=False, markup=False)
    console.print("Starting the Prefect server …")
    with (
        standing(port) as server,
        _executor(raw.resolve(), warehouse.resolve(), seconds, server.url) as executor,
    ):
        console.print(
            f"newsmill is up: {raw} is cleaned into {warehouse} now, and then every {every}.\n"
            f"  see    {server.address}\n"
            f"  stop   Ctrl-C: the server, the schedule and a run at work end with it\n",
            soft_wrap=True,
        )
        try:
            while server.is_running() and executor.poll() is None:
                time.sleep(0.5)
        except KeyboardInterrupt:
            console.print("Stopping …")
            return
    raise ServerUnreachable(f"The server, or what executes the runs, has ended; see {prefect_home()}/*.log.")


def parse_interval(every: str) -> int:
    """Give the seconds of a time such as 30s, 15m, 2h or 1d.

    >>> parse_interval("15m"), parse_interval("1d")
    (900, 86400)
    """
    if not (found := re.fullmatch(r"([1-9]\d{0,5})([smhd])", every)):
        raise WrongUse(f"--every {every}: not a time; write a number and its unit, as in 30s, 15m, 2h or 1d.")
    return int(found[1]) * _UNITS[found[2]]


@contextmanager
def _executor(raw: Path, warehouse: Path, seconds: int, url: str) -> "Iterator[subprocess.Popen[bytes]]":
    """Have the process that executes the runs for as long as the block lasts.

    It leads a group of its own, with the runs and their workers in it: Ctrl-C in the terminal does not reach
    them, and nobody of the group is left in the end.
    """
    with (prefect_home() / "schedule.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.schedule", str(raw), str(warehouse), str(seconds)],
            stdin=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PREFECT_API_URL": url},
            cwd=PROJECT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
