"""One run at a time: a flock on the warehouse, gone with the process that held it."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.failures import StorageFailed, WarehouseBusy, with_remedy
from tasks.layout import BATCHED, SNAPSHOTS, Warehouse

_held: set[Path] = set()


@contextmanager
def held(warehouse: Warehouse) -> Iterator[None]:
    """Hold the warehouse for as long as the block runs; within one process it may be held again inside.

    Raises:
        WarehouseBusy: another process holds it; its process id is in the message.
        StorageFailed: the folder cannot be made or written, or its file system has no locks.
    """
    root = warehouse.root.resolve()
    if root in _held:
        yield
        return
    with _locked(warehouse):
        _held.add(root)
        try:
            yield
        finally:
            _held.discard(root)


def check_places(warehouse: Warehouse) -> None:
    """See that where newsmill has files there are no folders, and the other way round.

    Raises:
        StorageFailed: something else stands there; the message says what to do.
    """
    for file in (warehouse.lock, warehouse.state, warehouse.news, *map(warehouse.snapshot, SNAPSHOTS)):
        if file.exists() and not file.is_file():
            raise StorageFailed(f"{file}: newsmill keeps a file of this name; move what stands there away.")
    for folder in (warehouse.staging, *map(warehouse.batches, BATCHED)):
        if folder.is_symlink() if folder == warehouse.staging else folder.exists() and not folder.is_dir():
            raise StorageFailed(f"{folder}: newsmill keeps a folder of this name; move what stands there away.")


@contextmanager
def _locked(warehouse: Warehouse) -> Iterator[None]:
    try:
        warehouse.root.mkdir(parents=True, exist_ok=True)
        check_places(warehouse)
        descriptor = os.open(warehouse.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageFailed(with_remedy(f"{error.filename}: cannot write here ({error.strerror})")) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise StorageFailed(f"{warehouse.lock}: this file system has no locks ({error.strerror}).") from error
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise WarehouseBusy(
                f"{warehouse.root}: another run holds this warehouse (process {holder}); try again when it is done."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
