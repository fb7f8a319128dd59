"""The worker processes of a run: started once, given shard after shard, watched, and replaced when they die.

A standard process pool would import the parent's main module in every worker (under Prefect that costs
seconds each), cannot say which file a worker died at, and cannot stop one that hangs. So each worker is a
plain subprocess that takes a job a line and reports its place through shared memory.
"""

import json
import os
import queue
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections import Counter as Counted
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow.parquet as pq

from newsmill.rejection import Rejected
from tasks.cleaning import MEMORY_LIMIT
from tasks.counter import COUNTER_BYTES, Counter
from tasks.failures import Failure, StorageFailed, with_remedy
from tasks.staged import Job

#: Wall seconds that one record may take before its worker is stopped and the record is quarantined.
RECORD_SECONDS = 60.0
_ATTEMPTS = 2


def worker_count() -> int:
    """Count the processors that this process may use: one worker each."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Worker:
    """One worker process and the counter it writes."""

    def __init__(self, staging: Path, number: int) -> None:
        self.counter_path = staging / f"worker-{number}.counter"
        self.counter_path.write_bytes(bytes(COUNTER_BYTES))
        self.counter = Counter(self.counter_path)
        self._errors = (staging / f"worker-{number}.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tasks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "OMP_NUM_THREADS": "1", "ARROW_IO_THREADS": "1"},
        )

    def ask(self, job: Job) -> dict[str, str]:
        """Send a job and wait; give its answer: nothing where all went well, else what stopped it and how."""
        assert self._process.stdin is not None  # noqa: S101 (for the type checker)
        assert self._process.stdout is not None  # noqa: S101
        self.counter.write(0, 0)
        try:
            self._process.stdin.write(f"{job.to_json()}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            return {"died": self._end()}
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            at, since = self.counter.read(), time.monotonic()
            while not selector.select(timeout=1.0):
                now = self.counter.read()
                if now != at:
                    at, since = now, time.monotonic()
                elif time.monotonic() - since > RECORD_SECONDS:
                    return {"timeout": f"{RECORD_SECONDS:.0f} s"}
        answer = self._process.stdout.readline()
        return dict(json.loads(answer)) if answer else {"died": self._end()}

    def _end(self) -> str:
        """Say how the process ended."""
        code = self._process.wait()
        return f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"

    def stop(self) -> None:
        """End the process, at work or not, and wait until it is gone."""
        self._process.kill()
        self._process.wait()  # its pipes stay open: a thread that waits for its answer must see them end
        self._errors.close()


class Workers:
    """A run's worker processes. Threads call :meth:`clean`; each gets an idle worker or a new one."""

    def __init__(self, staging: Path, count: int) -> None:
        self.count = count
        self._staging = staging
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all: list[_Worker] = []
        self._finished_bytes = 0
        self._lock = threading.Lock()
        self._closed = False

    def clean(self, job: Job) -> None:
        """Clean one shard. A record that stops its worker twice is rejected, and the others are cleaned.

        Raises:
            StorageFailed: the worker could not write its results.
        """
        attempts: Counted[tuple[str, int]] = Counted()
        while True:
            worker = self._take()
            answer = worker.ask(replace(job, counter=str(worker.counter_path)))
            if not answer:
                self._give_back(worker)
                return
            [(stop, how)] = answer.items()
            place, _, record, _ = worker.counter.read()
            culprit = (self._file_at(job, place), record)
            self._discard(worker)
            if self._closed:
                raise Failure("stopped with the run")
            if stop == "storage":
                raise StorageFailed(with_remedy(how))
            why = _reason(stop, how)
            if culprit in {(path, number) for path, number, *_ in job.poisoned}:
                raise Failure(
                    f"{culprit[0]}: {why.message} It was left out, and yet: please report this with the file."
                )
            attempts[culprit] += 1
            if attempts[culprit] >= _ATTEMPTS or stop != "died":
                job.poisoned.append((*culprit, why.code, why.message))

    def done_bytes(self) -> int:
        """Count the raw bytes that are behind all workers."""
        with self._lock:
            return self._finished_bytes + sum(worker.counter.read()[1] for worker in self._all)

    def _take(self) -> _Worker:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            with self._lock:
                if self._closed:
                    raise Failure("stopped with the run") from None
                worker = _Worker(self._staging, len(self._all))
                self._all.append(worker)
            return worker

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._finished_bytes += worker.counter.read()[1]
            worker.counter.write(0, 0)
        self._idle.put(worker)

    def _discard(self, worker: _Worker) -> None:
        worker.stop()
        worker.counter.write(0, 0)

    @staticmethod
    def _file_at(job: Job, place: int) -> str:
        paths = pq.read_table(job.listing, columns=["raw_path"])["raw_path"]
        return str(paths[min(place, len(paths) - 1)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
        for worker in self._all:
            worker.stop()


def _reason(stop: str, how: str) -> Rejected:
    """Say why a record that stopped its worker is no article."""
    if stop == "timeout":
        return Rejected("clean", "timeout", f"Took over {how} to clean: look whether it is one article at all.")
    if stop == "memory":
        return Rejected("clean", "out_of_memory", f"Needs more than {how} of memory to read.")
    if stop == "failed":
        error = " ".join(how.split())
        return Rejected("clean", "failed", f"newsmill made a mistake here ({error}): please report it with the file.")
    limit = f"{MEMORY_LIMIT // 2**30} GiB"
    return Rejected(
        "clean", "worker_died", f"The worker process died on it twice, {how} (its memory limit is {limit})."
    )
