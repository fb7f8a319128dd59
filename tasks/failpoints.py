"""Faults on order, for the tests that prove that a fault changes nothing.

``NEWSMILL_FAILPOINT=name:n:action`` makes the n-th passage of the point ``name`` fail in that process:
``kill`` ends it as ``kill -9`` does, ``kill-run`` (in a worker) the run's process with it, ``enospc`` raises
the error of a full disk, ``mistake`` one that nobody has thought of. Inert without
``NEWSMILL_TESTING=1``. A point that fires writes its name to the file that ``NEWSMILL_FAILPOINT_LOG`` names.
"""

import errno
import os
import signal
from collections import Counter
from pathlib import Path

_passages: Counter[str] = Counter()


def _ordered() -> tuple[str, int, str] | None:
    order = os.environ.get("NEWSMILL_FAILPOINT")
    if not order or os.environ.get("NEWSMILL_TESTING") != "1":
        return None
    name, nth, action = order.split(":")
    return name, int(nth), action


_ORDER = _ordered()


def failpoint(name: str) -> None:
    """Fail here if a test has ordered it."""
    if _ORDER is None or _ORDER[0] != name:
        return
    _passages[name] += 1
    if _passages[name] != _ORDER[1]:
        return
    if log := os.environ.get("NEWSMILL_FAILPOINT_LOG"):
        with Path(log).open("a") as fired:
            fired.write(f"{name}\n")
    if _ORDER[2] == "kill-run":
        os.kill(os.getppid(), signal.SIGKILL)
    if _ORDER[2] in {"kill", "kill-run"}:
        os.kill(os.getpid(), signal.SIGKILL)
    if _ORDER[2] == "mistake":
        raise LookupError(f"no such\n{name}")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
