"""Compressed files as streams: ``.gz``, ``.bz2`` and ``.zst``, in bounded memory and with their damage told.

A compressed file is one frame or several, one behind the other. Where a frame is damaged, what was unpacked of
it is given, then the damage, then the next frame that can be found.
"""

import re
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from newsmill.readers.stream import Stream
from newsmill.rejection import Rejected

_TAKE = 64 * 2**10
_GIVE = 64 * 2**10
# Compressed bytes that are kept, to look for the next frame behind the start of a damaged one.
_KEEP = 16 * 2**20
# Bytes that tell the start of a frame.
_HEAD = 10
# News unpacks to less than ten times its size, a bomb to a thousand.
MAX_RATIO = 200
FREE_BYTES = 16 * 2**20
_MAX_IDLE = 10_000


class _Decompressor(Protocol):
    """What :mod:`bz2` and :mod:`compression.zstd` decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Packing(NamedTuple):
    """A kind of compression: how its frames begin, what unpacks one, and what that raises for damaged bytes."""

    start: re.Pattern[bytes]
    decompressor: Callable[[], _Decompressor]
    errors: tuple[type[Exception], ...]


class _Gzip:
    """Unpacks one gzip member as bz2's decompressor does a stream."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


def gzip() -> Packing:
    """Give what unpacks ``.gz``. A start without reserved flags, with a usual level and system, is no chance hit."""
    start = re.compile(rb"\x1f\x8b\x08[\x00-\x1f].{4}[\x00\x02\x04][\x00-\x0d\xff]", re.DOTALL)
    return Packing(start, _Gzip, (zlib.error,))


def bzip2() -> Packing:
    """Give what unpacks ``.bz2``."""
    import bz2

    return Packing(re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor, (OSError, ValueError))


def zstandard() -> Packing:
    """Give what unpacks ``.zst``: data frames and skippable ones."""
    import sys

    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    start = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
    return Packing(start, zstd.ZstdDecompressor, (zstd.ZstdError, MemoryError))


class Unpacked:
    """What a compressed stream holds: the supply of another stream."""

    def __init__(self, packed: Stream, packing: Packing) -> None:
        self.frame: int | None = 0
        self._packed = packed
        self._packing = packing
        self._decompressor: _Decompressor | None = None
        self._window = bytearray()  # compressed bytes since the frame began, or the last of them
        self._base = 0  # offset of the window in the packed stream
        self._at = 0  # offset of the next byte to unpack
        self._start = 0  # offset of the frame
        self._given = 0
        self._idle = 0  # how often nothing came out
        self._lost = False
        self._over = False

    def pull(self) -> bytes | Rejected:
        """Give the next unpacked bytes; see :class:`newsmill.readers.stream.Supply`."""
        while not self._over:
            if self._lost and not self._find_start():
                break
            if self._decompressor is None:
                damage = self._begin()
                self.frame = self._packed.stored_at(self._start)
                if damage is not None:
                    return damage
                if self._decompressor is None:
                    break
            if pulled := self._unpack(self._decompressor):
                return pulled
        self._over = True
        return b""

    def _begin(self) -> Rejected | None:
        """Begin the frame at hand, if there is one; zeros that pad the file out are passed over."""
        while True:
            rest = self._window[self._at - self._base :].lstrip(b"\x00")
            self._at = self._base + len(self._window) - len(rest)
            if len(rest) >= _HEAD or not self._more():
                break
        if not rest:
            return self._packed_damage()
        self._start = self._at
        if not self._packing.start.match(rest):
            self._lost = True
            return Rejected("read", "damaged", f"At byte {self._at:,} of the file stands nothing that is compressed.")
        self._decompressor = self._packing.decompressor()
        return None

    def _unpack(self, decompressor: _Decompressor) -> bytes | Rejected:
        data = b""
        if decompressor.needs_input:
            data = self._take()
            if not data:
                self._lose()
                message = f"The file is cut off: it ends at byte {self._at:,}, in what begins at byte {self._start:,}."
                return self._packed_damage() or Rejected("read", "truncated", message)
        try:
            out = decompressor.decompress(data, _GIVE)
        except self._packing.errors:
            self._lose()
            message = f"The compressed bytes are damaged in what begins at byte {self._start:,}: fetch the file again."
            return Rejected("read", "damaged", message)
        self._given += len(out)
        if self._given > FREE_BYTES and self._given > MAX_RATIO * self._at:
            self._over = True
            return Rejected(
                "read", "bomb", f"It unpacks to over {MAX_RATIO} times its size: nothing more was unpacked."
            )
        self._idle = 0 if out else self._idle + 1
        if self._idle > _MAX_IDLE:
            self._over = True
            return Rejected("read", "bomb", f"It is {_MAX_IDLE:,} times compressed nothing: nothing more was unpacked.")
        if decompressor.eof:
            self._at -= len(decompressor.unused_data)
            self._decompressor = None
        return out

    def _packed_damage(self) -> Rejected | None:
        """Give what is wrong with the compressed bytes themselves, as in a damaged archive, once."""
        damage = self._packed.damage
        self._packed.resume()
        return damage

    def _take(self) -> bytes:
        if self._at == self._base + len(self._window):
            self._more()
        start = self._at - self._base
        data = bytes(self._window[start : start + _TAKE])
        self._at += len(data)
        return data

    def _more(self) -> bool:
        """Read more into the window; what lies before the frame, or too far back, falls out."""
        more = self._packed.read(_TAKE)
        drop = self._start - self._base
        if len(self._window) - drop > 2 * _KEEP:
            drop = len(self._window) - _KEEP
        if drop > 0:
            del self._window[:drop]
            self._base += drop
        self._window += more
        return bool(more)

    def _lose(self) -> None:
        self._lost = True
        self._decompressor = None

    def _find_start(self) -> bool:
        """Find the next frame behind the start of the damaged one."""
        search = max(self._start + 1, self._base)
        while True:
            found = self._packing.start.search(self._window, search - self._base)
            if found:
                self._at = self._start = self._base + found.start()
                self._lost = False
                return True
            self._start = search = max(search, self._base + len(self._window) - _HEAD + 1)
            if not self._more():
                return False
