"""The bytes of a raw file, in order and in bounded memory, with the places where they are damaged."""

import codecs
from collections import deque
from io import BytesIO
from typing import BinaryIO, NamedTuple, Protocol

from newsmill.decode import decode
from newsmill.rejection import Rejected

#: Bytes that one record may have. Each record is held in memory; a container never is.
MAX_RECORD = 16 * 2**20
_CHUNK = 256 * 2**10
_MARKS = 65_536
_SAMPLE = 4_096
# Codecs whose line endings are not the bytes of "\n": such files are read as UTF-8.
_WIDE = frozenset({"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})


class Supply(Protocol):
    """Where a stream's bytes come from."""

    @property
    def frame(self) -> int | None:
        """Offset in the stored file of the compressed frame that the last bytes, or the last damage, were of.

        None where nothing is compressed.
        """
        ...

    def pull(self) -> "bytes | Rejected":
        """Give the next bytes, ``b""`` at the end; or what damage stands here, behind which the next call goes on."""
        ...


class _Mark(NamedTuple):
    position: int
    stored: int | None


class Stream:
    r"""A raw file that a reader takes apart: unpacked, forward only, with its damage as a value.

    A call gives fewer bytes than asked for at the end of the file and where :attr:`damage` is set; behind it,
    :meth:`resume` goes on.

    >>> stream = Stream.of(b"one\ntwo\nthree")
    >>> stream.line(), stream.read(2), stream.tell(), stream.line(), stream.line(3), stream.read(9), stream.line()
    (b'one\n', b'tw', 6, b'o\n', b'thr', b'ee', b'')
    """

    def __init__(self, supply: Supply, file: BinaryIO | None = None) -> None:
        #: The file itself, for formats that are read from their end; None where it is compressed or a pipe.
        self.file = file
        self._damage: Rejected | None = None
        self._supply = supply
        self._chunk = b""
        self._at = 0  # in the chunk
        self._end = 0  # position in the stream behind the chunk
        self._marks: deque[_Mark] = deque(maxlen=_MARKS)

    @classmethod
    def of(cls, data: bytes) -> "Stream":
        """Make a stream of bytes in memory."""
        return cls.over(BytesIO(data))

    @classmethod
    def over(cls, file: BinaryIO) -> "Stream":
        """Make a stream of an open file that is not compressed."""
        return cls(_Plain(file), file if file.seekable() else None)

    @property
    def damage(self) -> Rejected | None:
        """What is wrong with the bytes at the place where reading has stopped."""
        return self._damage if self._at == len(self._chunk) else None

    def tell(self) -> int:
        """Give the position in the unpacked bytes."""
        return self._end - len(self._chunk) + self._at

    def stored_at(self, position: int) -> int:
        """Give the offset in the file as it is stored: of the byte, or of the compressed frame that it is in."""
        mark = next((mark for mark in reversed(self._marks) if mark.position <= position), None)
        return position if mark is None or mark.stored is None else mark.stored

    def read(self, size: int) -> bytes:
        """Read ``size`` bytes, or fewer at the end or at a damage."""
        if len(self._chunk) - self._at >= size:
            self._at += size
            return self._chunk[self._at - size : self._at]
        parts = []
        while size > 0 and self._fill():
            part = self._chunk[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def line(self, limit: int = MAX_RECORD) -> bytes:
        r"""Read to the end of the line, ``\n`` included; ``limit`` bytes of a longer line."""
        parts = []
        while limit > 0 and self._fill():
            found = self._chunk.find(b"\n", self._at, self._at + limit)
            stop = found + 1 if found >= 0 else min(len(self._chunk), self._at + limit)
            parts.append(self._chunk[self._at : stop])
            limit -= stop - self._at
            self._at = stop
            if found >= 0:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def skip_line(self) -> None:
        """Go on behind the end of the line, however far it is."""
        while (part := self.line(_CHUNK)) and not part.endswith(b"\n"):
            pass

    def skip(self, size: int) -> int:
        """Go ``size`` bytes further without keeping them, and give how many there were."""
        left = size
        while left > 0 and (part := self.read(min(left, _CHUNK))):
            left -= len(part)
        return size - left

    def push_back(self, data: bytes) -> None:
        """Put bytes that were just read back in front."""
        if self._at >= len(data) and self._chunk.endswith(data, 0, self._at):
            self._at -= len(data)
        else:
            self._chunk = data + self._chunk[self._at :]
            self._at = 0

    def peek(self, size: int) -> bytes:
        """Look at the next ``size`` bytes and leave them there."""
        data = self.read(size)
        self.push_back(data)
        return data

    def resume(self) -> bool:
        """Go on behind the damage; False where there is none."""
        was_damaged, self._damage = self.damage is not None, None
        return was_damaged

    def _fill(self) -> bool:
        """Have at least one byte at hand; False at the end and at a damage."""
        if self._at < len(self._chunk):
            return True
        if self._damage is not None:
            return False
        pulled = self._supply.pull()
        if not self._marks or self._marks[-1].stored != self._supply.frame:
            self._marks.append(_Mark(self._end, self._supply.frame))
        if isinstance(pulled, Rejected):
            self._damage = pulled
            return False
        if not pulled:
            return False
        self._chunk, self._at = pulled, 0
        self._end += len(pulled)
        return True


class _Plain:
    """The bytes of a file as they are."""

    frame = None

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def pull(self) -> bytes:
        return self._file.read(_CHUNK)


class _Recoded:
    """A stream of another codec as UTF-8."""

    frame = None

    def __init__(self, stream: Stream, codec: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(codec)("replace")
        self._ended = False

    def pull(self) -> bytes | Rejected:
        while not self._ended:
            data = self._stream.read(_CHUNK)
            if not data and (damage := self._stream.damage):
                self._stream.resume()
                return damage
            self._ended = not data
            if text := self._decoder.decode(data, final=not data).encode("utf-8", "replace"):
                return text
        return b""


def in_utf8(stream: Stream) -> Stream:
    r"""Make the lines of UTF-16 and UTF-32 such as end in ``\n``, and drop a byte-order mark.

    Other codecs stay as they are: each record is decoded on its own.

    >>> in_utf8(Stream.of("\ufeffCafé\n".encode("utf-16-le"))).line().decode()
    'Café\n'
    """
    head = stream.peek(_SAMPLE)
    decoded = decode(head[: len(head) // 4 * 4] if len(head) > 3 else head)
    if not isinstance(decoded, Rejected) and decoded.encoding in _WIDE:
        stream = Stream(_Recoded(stream, decoded.encoding))
    if stream.peek(3) == codecs.BOM_UTF8:
        stream.read(3)
    return stream
