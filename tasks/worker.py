"""The worker process: reads a shard's raw files, cleans them, and leaves Parquet in staging.

Started as ``python -P -m tasks.worker``, it takes one job a line on standard input and answers one line
each. It imports the core and pyarrow, never Prefect (whose import would cost every worker seconds), and
ends at once when its standard input closes, so that it cannot outlive the run that started it.
"""

import json
import os
import queue
import resource
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

from newsmill.rules import Rules
from tasks.cleaning import MEMORY_LIMIT, clean_job
from tasks.rules import load_rules
from tasks.staged import Job


def _jobs() -> Iterator[str]:
    """Yield the jobs on standard input; end the process when the parent is gone, even in mid-shard."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            waiting.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield waiting.get()


def main() -> None:
    """Answer jobs until standard input closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    rules: Rules | None = None
    for line in _jobs():
        job = Job.from_json(line)
        answer: dict[str, str] = {}
        try:
            rules = rules or load_rules(Path(job.rules))
            clean_job(job, rules)
        except OSError as error:
            answer = {"storage": f"{job.output}: {error.strerror or error}."}
        except MemoryError:
            answer = {"memory": f"{MEMORY_LIMIT // 2**30} GiB"}
        except Exception as error:  # a mistake of newsmill's own: it is told beside the record that it was met at
            traceback.print_exc()
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
