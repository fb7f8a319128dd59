"""Where a worker stands, told in memory that it shares with the run."""

import mmap
import struct
from pathlib import Path

from tasks.staged import READING

_COUNTER = struct.Struct("<qqqq")
COUNTER_BYTES = _COUNTER.size


class Counter:
    """Where a worker stands, in shared memory: the file and the record it is at, and the bytes it has behind it.

    The parent reads it for the progress bar, to notice a record that never ends, and to name the one at which a
    worker died.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), COUNTER_BYTES)
        self._beats = 0

    def write(self, place: int, done_bytes: int, record: int = READING) -> None:
        """Say that the worker is at the file at ``place``, and at which of its records. Each call is a sign of life."""
        self._beats += 1
        _COUNTER.pack_into(self._memory, 0, place, done_bytes, record, self._beats)

    def read(self) -> tuple[int, int, int, int]:
        """Give place, bytes and record as last written, and how often they were."""
        place, done_bytes, record, beats = _COUNTER.unpack_from(self._memory, 0)
        return place, done_bytes, record, beats


class Beat:
    """How far the worker is with one file."""

    def __init__(self, counter: Counter, place: int, done_bytes: int) -> None:
        self._counter = counter
        self._place = place
        self._done_bytes = done_bytes
        self._read_bytes = 0
        self.at(READING)

    def read_to(self, offset: int) -> None:
        """Say that the file is being read, and how far it is."""
        self._read_bytes = max(self._read_bytes, offset)
        self.at(READING)

    def at(self, record: int) -> None:
        """Say which of its records is at work."""
        self._counter.write(self._place, self._done_bytes + self._read_bytes, record)
