"""What the processes of a run and of ``newsmill up`` have in common: a quick start, and an end with their parent."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

_STANDARD_ERROR = 2


@contextmanager
def importing() -> Iterator[None]:
    """Look for no garbage while the block imports: there is none, and it would take a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def open_closed_streams() -> None:
    """Have something stand for standard input, output and error where they are closed.

    Else the next files to be opened would take their places, and get what is printed.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 (open for as long as the process lives)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def end_with_parent() -> None:
    """Kill this process and its group, which it leads, when its parent is gone and standard input closes."""

    def wait_for_the_end() -> None:
        while os.read(0, 1024):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def end_at_once(code: int) -> NoReturn:
    """Exit without the interpreter's own clean-up.

    After a run that takes a third of a second, may wait for a server that is gone, and has DuckDB complain of
    connections that an exception still holds.
    """
    with suppress(OSError):  # nobody reads it any more
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
