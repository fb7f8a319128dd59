"""The Prefect server: the one that is there, a short-lived one for a single run, or the standing one of ``up``.

Prefect's own ephemeral mode starts its server late and has the client import it as well: 19 s before the
first line of a flow runs. Here the server starts as a process of its own while the client is still being
imported, without the services that a single run does not need, which takes less than half of that.
This module must stay free of Prefect: it is what runs before its import.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tasks.failures import Failure
from tasks.layout import PROJECT

HOST = "127.0.0.1"
_START_SECONDS = 180.0
_REACH_SECONDS = 4.0

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
}
# What a server needs for one run and no more.
_SINGLE_RUN = {
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_ENABLED": "false",
}
_STANDING = {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs"}


class ServerUnreachable(Failure):
    """There should be a Prefect server, and it does not answer."""

    exit_code = 4


def prefect_home() -> Path:
    """Give the folder of Prefect's own state: ``PREFECT_HOME``, or ``.prefect`` in the project."""
    return Path(os.environ.get("PREFECT_HOME", PROJECT / ".prefect"))


def running_server() -> str | None:
    """Find the API URL of a server to use: that of ``PREFECT_API_URL``, else that of ``newsmill up``.

    Raises:
        ServerUnreachable: ``PREFECT_API_URL`` is set, and nothing answers there.
    """
    if url := os.environ.get("PREFECT_API_URL"):
        if not _answers(url, _REACH_SECONDS):
            raise ServerUnreachable(f"{url}: no Prefect server answers; start it, or unset PREFECT_API_URL.")
        return url
    try:
        url = json.loads((prefect_home() / "server.json").read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError):
        return None
    return url if _answers(url, _REACH_SECONDS) else None


@contextmanager
def serving() -> Iterator[str]:
    """Have a server for as long as the block runs, and point Prefect's client at it.

    Raises:
        ServerUnreachable: none can be reached, or a new one does not start.
    """
    os.environ.update(_QUIET)
    os.environ["PREFECT_HOME"] = str(prefect_home())
    if url := running_server():
        os.environ["PREFECT_API_URL"] = url
        yield url
        return
    with Server(_free_port(), _SINGLE_RUN) as server:
        os.environ["PREFECT_API_URL"] = server.url
        from prefect.logging.handlers import APILogHandler  # seconds of import, while the server starts

        server.wait_until_ready()
        try:
            yield server.url
        finally:
            APILogHandler.flush()
            del os.environ["PREFECT_API_URL"]


class Server:
    """A Prefect server process on the loopback address. It ends with this process, however that ends."""

    def __init__(self, port: int, settings: Mapping[str, str]) -> None:
        self.url = f"http://{HOST}:{port}/api"
        home = prefect_home()
        home.mkdir(parents=True, exist_ok=True)
        self._log = home / "server.log"
        environment = {**os.environ, **_QUIET, **settings, "PREFECT_HOME": str(home)}
        environment |= {"PREFECT_SERVER_API_HOST": HOST, "PREFECT_SERVER_API_PORT": str(port)}
        environment |= {"PREFECT_SERVER_UI_API_URL": self.url}
        environment.pop("PREFECT_API_URL", None)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tasks.server", str(port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal is for the run, which then stops the server
            )

    def wait_until_ready(self) -> None:
        """Wait until the server answers.

        Raises:
            ServerUnreachable: it ended, or does not answer in three minutes.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.url, 1.0):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnreachable(f"The Prefect server did not start; see {self._log}.")
            time.sleep(0.05)

    def is_running(self) -> bool:
        """Tell whether the process is there."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the server; what a client has told it is committed."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _answers(url: str, seconds: float) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url.rstrip('/')}/health", timeout=seconds) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _serve(port: int) -> None:
    """Be the server process: serve until terminated, or until the parent's end of standard input closes."""
    import threading

    import uvicorn
    from prefect.server.api.server import create_app

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=end_with_parent, daemon=True).start()
    uvicorn.run(create_app(), host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=5)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
