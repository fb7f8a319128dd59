"""How far the cleaning is: a bar in a terminal, a progress artifact in the UI."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from tasks.workers import Workers

_BAR_SECONDS = 0.1
_ARTIFACT_SECONDS = 3.0


@contextmanager
def watched(workers: Workers, total_bytes: int) -> Iterator[None]:
    """Show how many of the raw bytes are cleaned for as long as the block runs."""
    if not total_bytes:
        yield
        return
    artifact = create_progress_artifact(0.0, key="ingest-cleaning", description="Raw bytes read and cleaned")
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(workers, total_bytes, artifact, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(workers: Workers, total_bytes: int, artifact: UUID, over: threading.Event) -> None:
    console = Console(stderr=True)
    columns = (
        TextColumn("[bold]cleaning"),
        BarColumn(bar_width=40),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("cleaning", total=total_bytes)
        reported = time.monotonic()
        while not over.wait(_BAR_SECONDS):
            bar.update(task, completed=workers.done_bytes())
            if time.monotonic() - reported > _ARTIFACT_SECONDS:
                reported = time.monotonic()
                _report(artifact, 100 * workers.done_bytes() / total_bytes)
    _report(artifact, 100 * workers.done_bytes() / total_bytes)


def _report(artifact: UUID, percent: float) -> None:
    """Tell the UI; that it cannot be told is no reason to stop the work."""
    try:
        update_progress_artifact(artifact, min(percent, 100.0))
    except httpx.HTTPError:
        return
