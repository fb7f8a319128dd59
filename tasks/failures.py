"""What stops a run, each with the exit code that a caller sees. One line says what, which file and what to do."""

import errno
import os


class Failure(Exception):  # noqa: N818 (an exit code and its sentence)
    """A run cannot go on. ``str()`` is the one line that the user reads."""

    exit_code = 4


class WrongUse(Failure):
    """The command line or a rule file asks for something that makes no sense."""

    exit_code = 2


class WarehouseBusy(Failure):
    """Another run holds the warehouse."""

    exit_code = 3


class StorageFailed(Failure):
    """The disk, or a file of the warehouse, failed."""

    exit_code = 4


class Interrupted(Failure):
    """Interrupted, as by Ctrl-C."""

    exit_code = 5


class Unbalanced(Failure):
    """The conservation law does not hold: a record was lost or counted twice."""

    exit_code = 4


_FULL = "Make room and run it again: what was committed stands."
_CLOSED = "Get permission for it, or name another folder."
#: What to do about an error of the operating system.
_REMEDIES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "The file system or ulimit -f allows no file of that size: move the warehouse to another one.",
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
    errno.EXDEV: "Keep the whole warehouse on one file system.",
    errno.EMFILE: "Let a process open more files: ulimit -n 1024.",
    errno.EIO: "The disk fails: copy the warehouse to another one.",
}


def with_remedy(complaint: str) -> str:
    """Add what to do to a complaint in which the operating system says what is wrong.

    >>> with_remedy("state.duckdb: No space left on device.")
    'state.duckdb: No space left on device. Make room and run it again: what was committed stands.'
    >>> with_remedy("news.duckdb: No such file or directory.")
    'news.duckdb: No such file or directory.'
    """
    remedy = next((what for number, what in _REMEDIES.items() if os.strerror(number) in complaint), None)
    return f"{complaint.rstrip('.')}. {remedy}" if remedy else complaint
