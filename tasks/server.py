"""The Prefect server: one that is there, a short-lived one for a single run, or the standing one of ``up``.

Prefect's own ephemeral mode starts its server late and has the client import it as well: 19 s before the
first line of a flow runs. Here the server starts as a process of its own while the client is still being
imported, without the services that a single run does not need, which takes a fraction of that.
This module must stay free of Prefect: it is what runs before its import.
"""

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tasks.failures import Failure, WrongUse
from tasks.layout import PROJECT

HOST = "127.0.0.1"
_START_SECONDS = 180.0
_REACH_SECONDS = 4.0
_RESTARTS = 3

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    # The command line says in one line what failed; tracebacks are in the UI, and here with --debug.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}
_STANDING = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # In memory, the leases of running runs would go with a server that is killed, and the runs with them.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}


class ServerUnreachable(Failure):
    """There should be a Prefect server, and it does not answer."""

    exit_code = 4


def prefect_home() -> Path:
    """Give the folder of Prefect's own state: ``PREFECT_HOME``, or ``.prefect`` in the project."""
    return Path(os.environ.get("PREFECT_HOME", PROJECT / ".prefect"))


def quiet_environment() -> None:
    """Have Prefect say little, report nothing to its makers, and keep its state in its place.

    What the user has set stands. With --debug its log, tracebacks included, goes to the terminal.
    """
    console = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO"} if os.environ.get("NEWSMILL_DEBUG") else {}
    for name, value in {**_QUIET, **console, "PREFECT_HOME": str(prefect_home())}.items():
        os.environ.setdefault(name, value)


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
        url = json.loads(_note().read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError):
        return None
    return url if _answers(url, _REACH_SECONDS) else None


@contextmanager
def serving() -> Iterator[Callable[[], None]]:
    """Have a server for as long as the block runs, and point Prefect's client at it.

    Yields what waits until the server answers: imports that stand before its call cost no time.

    Raises:
        ServerUnreachable: none can be reached, or a new one does not start.
    """
    quiet_environment()
    server_of_others = "PREFECT_API_URL" in os.environ
    with ExitStack() as ends:
        server = None
        if not (url := running_server()):
            server = ends.enter_context(Server(0, standing=False))
            url = server.url
        ends.enter_context(_pointed_at(url))

        def wait_until_ready() -> None:
            if server:
                server.wait_until_ready()
            if not server_of_others:
                ends.enter_context(_without_heartbeats())

        yield wait_until_ready


@contextmanager
def _pointed_at(url: str) -> Iterator[None]:
    """Have Prefect's client use a server, and leave nothing untold when the block ends."""
    before = os.environ.get("PREFECT_API_URL")
    os.environ["PREFECT_API_URL"] = url
    try:
        yield
    finally:
        if "prefect" in sys.modules:
            _deliver()
        if not before:
            del os.environ["PREFECT_API_URL"]


def _without_heartbeats() -> AbstractContextManager[object]:
    """Leave out what only a server of others may listen to, and a flow's end waits for up to a second."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    return temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})


def _deliver() -> None:
    """Send what waits in Prefect's queues: task states travel as events, and log lines in batches."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all(timeout=10)
    APILogWorker.drain_all(timeout=10)


@contextmanager
def standing(port: int) -> Iterator["Server"]:
    """Have the server of ``newsmill up`` for as long as the block runs, and let ``newsmill ingest`` find it.

    Raises:
        WrongUse: the port is taken, or another ``up`` runs on the same state.
        ServerUnreachable: the server does not start.
    """
    quiet_environment()
    prefect_home().mkdir(parents=True, exist_ok=True)
    with _only_up() as note, Server(port, standing=True) as server:
        server.wait_until_ready()
        os.pwrite(note, json.dumps({"url": server.url, "process": os.getpid()}).encode(), 0)
        yield server


@contextmanager
def _only_up() -> Iterator[int]:
    """Hold server.json, which is empty while no server stands, and give its descriptor."""
    note = os.open(_note(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = os.pread(note, 1000, 0).decode() or "{}"
            where = ", ".join(f"{name} {value}" for name, value in json.loads(other).items()) or "just starting"
            raise WrongUse(f"newsmill up runs here already ({where}); Ctrl-C ends it there.") from error
        os.ftruncate(note, 0)
        yield note
        os.ftruncate(note, 0)
    finally:
        os.close(note)


class Server:
    """A Prefect server process on the loopback address. It ends with this process, however that ends.

    This process holds the port: who calls while the server starts waits and is not turned away. A server that
    dies is started again, and the runs that it knows go on.
    """

    def __init__(self, port: int, *, standing: bool) -> None:
        self._listener = _listen(port)
        self.address = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self.url = f"{self.address}/api"
        home = prefect_home()
        home.mkdir(parents=True, exist_ok=True)
        self._log = home / "server.log"
        self._standing = standing
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "PREFECT_SERVER_UI_API_URL": self.url,
            **(_STANDING if self._standing else {}),
        }
        environment.pop("PREFECT_API_URL", None)
        listener = self._listener.fileno()
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "tasks.serve",
                    str(listener),
                    "standing" if self._standing else "single-run",
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=[listener],
                start_new_session=True,  # Ctrl-C in the terminal is for the run, which then stops the server
            )

    def wait_until_ready(self) -> None:
        """Wait until the server answers; from then on it is kept alive.

        Raises:
            ServerUnreachable: it ended, or does not answer in three minutes.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.url, 1.0):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnreachable(f"The Prefect server did not start; see {self._log}.")
            time.sleep(0.05)
        self._keeper.start()

    def _keep(self) -> None:
        for _ in range(_RESTARTS):
            while self._process.poll() is None:
                if self._stopping.wait(0.2):
                    return
            self._process = self._start()

    def is_running(self) -> bool:
        """Tell whether the process is there, or about to be there again."""
        return self._keeper.is_alive() or self._process.poll() is None

    def stop(self) -> None:
        """End the server; what a client has told it is committed."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        self._process.terminate()
        try:
            self._process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._listener.close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _note() -> Path:
    return prefect_home() / "server.json"


def _answers(url: str, seconds: float) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url.rstrip('/')}/health", timeout=seconds) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _listen(port: int) -> socket.socket:
    """Take a port of the loopback address; 0 stands for any that is free."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise WrongUse(f"Port {port} is taken; stop what uses it, or name another one with --port.") from error
    listener.listen()
    return listener
