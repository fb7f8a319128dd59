"""Files that are whole or not there, and raw files that are opened without trust."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def sync_file(path: Path) -> None:
    """Make a written file durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish_file(written: Path, final: Path) -> None:
    """Move a durable file to its final name in one step: readers see the old one or the new one."""
    written.replace(final)
    sync_file(final.parent)


@contextmanager
def replacing(final: Path, staging: Path) -> Iterator[Path]:
    """Write a file aside and put it in its place only when the block ends well."""
    written = staging / f"{final.name}.{os.getpid()}"
    try:
        yield written
        sync_file(written)
        publish_file(written, final)
    finally:
        written.unlink(missing_ok=True)


class RawFolder:
    """RAW, opened once; its files are opened beneath it and no link is followed on the way.

    Between discovery and reading anything may be swapped for a link or a pipe: each folder of a path is
    opened on its own with ``O_NOFOLLOW``, and only a regular file is handed out.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._folder_name = ""
        self._folder = os.dup(self._root)

    def open(self, path: str) -> int:
        """Open a regular file for reading, by its operating-system path relative to RAW.

        Raises:
            OSError: it is gone, unreadable, not regular, or behind a link.
        """
        folder, _, name = path.rpartition("/")
        if folder != self._folder_name:
            self._enter(folder)
        descriptor = os.open(name, _READ, dir_fd=self._folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(0, "not a regular file")
        return descriptor

    def _enter(self, folder: str) -> None:
        descriptor = os.dup(self._root)
        for part in filter(None, folder.split("/")):
            try:
                inner = os.open(part, _READ | os.O_DIRECTORY, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = inner
        os.close(self._folder)
        self._folder, self._folder_name = descriptor, folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._folder)
        os.close(self._root)
