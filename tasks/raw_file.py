"""A raw file, open: read once or twice, watched while it is, and looked at again for a change."""

import hashlib
import io
import os
from typing import Any, BinaryIO, cast

from newsmill.readers.stream import MAX_RECORD
from tasks.counter import Beat
from tasks.staged import ListedFile

_CHUNK = 2**20


def opened(file: io.FileIO, size: int, beat: Beat) -> tuple[BinaryIO, str]:
    """Give a file to read from, and its SHA-256.

    A small file is held in memory. A large one is read twice: what it holds is not wanted where its bytes are known.
    """
    if size <= MAX_RECORD:
        data = file.read(size + 1)
        return io.BytesIO(data), hashlib.sha256(data).hexdigest()
    watched = cast("BinaryIO", _Watched(file, size, beat))
    sha256 = _sha256(watched)
    watched.seek(0)
    return watched, sha256


def has_changed(file: io.FileIO, listed: ListedFile) -> bool:
    """Whether a file is not what it was when it was found."""
    now = os.fstat(file.fileno())
    return (now.st_size, now.st_mtime_ns) != (listed.size, listed.mtime_ns)


class _Watched(io.RawIOBase):
    """A raw file that says how far it is read. It has ``size`` bytes, whatever is added to it meanwhile."""

    def __init__(self, file: io.FileIO, size: int, beat: Beat) -> None:
        self._file = file
        self._size = size
        self._beat = beat
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")[: max(self._size - self._at, 0)]
        self._file.seek(self._at)
        count = self._file.readinto(view)
        self._at += count
        self._beat.read_to(self._at)
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at


def _sha256(file: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while data := file.read(_CHUNK):
        hashed.update(data)
    return hashed.hexdigest()
