"""newsmill as its users start it: commands in processes of their own, and a server that stands."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import psutil

T = TypeVar("T")
Command = subprocess.Popen[str]


def newsmill(home: Path, *arguments: str | Path, **environment: str) -> Command:
    """Start a command that keeps Prefect's state in ``home``; like a terminal's job it leads a group."""
    inherited = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "flows.cli", *map(str, arguments)],
        env={**inherited, "PREFECT_HOME": str(home), "COLUMNS": "200", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(look: Callable[[], T], seconds: float = 120.0) -> T:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"nothing was seen in {seconds:.0f} s"
        time.sleep(0.1)
    return seen


def offspring(process: Command) -> list[psutil.Process]:
    """List the processes that a command has started, and those that these have started."""
    return psutil.Process(process.pid).children(recursive=True)


def all_gone(processes: list[psutil.Process]) -> bool:
    """Tell whether every one of the processes ends by itself."""
    _, alive = psutil.wait_procs(processes, timeout=30)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def ctrl_c(process: Command) -> None:
    """Do what a terminal does: the whole group of the command gets SIGINT."""
    os.killpg(process.pid, signal.SIGINT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Up:
    """``newsmill up`` on a RAW and a warehouse of its own, and the API of its server."""

    def __init__(self, folder: Path, every: str) -> None:
        self.raw, self.warehouse, self.home = folder / "raw", folder / "warehouse", folder / "prefect"
        self.raw.mkdir(exist_ok=True)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        places = ("--raw", self.raw, "--warehouse", self.warehouse)
        self.process = newsmill(self.home, "up", *places, "--every", every, "--port", str(self.port))
        until(self._stands)

    def _stands(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        note = self.home / "server.json"
        return note.exists() and f'"process": {self.process.pid}' in note.read_text()

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.address}/api{path}", trust_env=False, timeout=60).raise_for_status().json()

    def find(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        body = {kind: wanted}
        answer = httpx.post(f"{self.address}/api/{kind}/filter", json=body, trust_env=False, timeout=60)
        return list(answer.raise_for_status().json())

    def runs(self, *states: str) -> list[dict[str, Any]]:
        """List the flow runs whose state has one of these names."""
        return self.find("flow_runs", state={"name": {"any_": states}})

    def run_process(self) -> psutil.Process | None:
        """Find the process that executes a run at this moment."""
        for process in offspring(self.process):
            try:
                if "spawn_main" in " ".join(process.cmdline()):
                    return process
            except psutil.NoSuchProcess:
                continue
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)
