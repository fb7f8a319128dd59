"""ZIP archives: each member is read as a file of its name would be.

Nothing is written anywhere: a member's name is a label. The numbers of a member's records are made of its path and
of their numbers inside it, so that members may come and go beside it. Folders, hidden files and README files
are no members to read, as in RAW itself.
"""

import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO, BinaryIO

from newsmill.paths import is_readme
from newsmill.readers.mapping import Fields, mend
from newsmill.readers.numbers import STRIDE, Numbers
from newsmill.readers.packing import FREE_BYTES, MAX_RATIO
from newsmill.readers.stream import Stream
from newsmill.record import Record
from newsmill.rejection import Rejected

#: Bytes of an archive's list of members: about 200,000 of them. It is held in memory.
MAX_DIRECTORY = 24 * 2**20
MAX_UNPACKED = 256 * 2**20
_CHUNK = 64 * 2**10
_TAIL = 66_000
_PACKED_FREE_BYTES = 2**20
_IN_ZIP64 = 0xFFFFFFFF
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError, OverflowError)

#: Reads a member as a file of its name: given the name, its stream and the mapping.
ReadMember = Callable[[str, Stream, Fields], Iterator[Record]]


def read_zip(stream: Stream, fields: Fields, read_member: ReadMember) -> Iterator[Record]:
    """Read an archive's members in the order of its list."""
    file = stream.file
    if file is None:
        data = stream.read(MAX_UNPACKED + 1)
        if stream.damage is not None or len(data) > MAX_UNPACKED:
            limit = f"Unpacked it has over {MAX_UNPACKED // 2**20} MiB: leave it as .zip, which is compressed itself."
            yield Record(0, stream.damage or Rejected("read", "too_large", limit))
            return
        file = BytesIO(data)
    members = _members(file)
    if isinstance(members, Rejected):
        yield Record(0, members)
        return
    archive, listed = members
    budget = _Budget(file.seek(0, 2))
    numbers = Numbers()
    seen: Counter[str] = Counter()
    with archive:
        for info in listed:
            seen[info.filename] += 1
            again = seen[info.filename]
            base = numbers.of_member(info.filename if again == 1 else f"{info.filename}\n{again}")
            if not _is_read(info):
                continue
            path = mend(info.filename)
            for record in _read(archive, info, fields, read_member, budget):
                if record.number >= STRIDE:
                    message = f"{_shown(path)}: too large for a member of an archive: take it out."
                    yield Record(base + STRIDE - 1, Rejected("read", "too_large", message), path)
                    break
                content = record.content
                if isinstance(content, Rejected):
                    content = content._replace(message=f"{_shown(path)}: {content.message}")
                yield Record(base + record.number, content, path)
            if budget.is_spent:
                return


class _Budget:
    """What an archive may unpack to: members may overlap, so that each alone says nothing."""

    def __init__(self, size: int) -> None:
        self._left = FREE_BYTES + MAX_RATIO * size

    def spend(self, size: int) -> None:
        self._left -= size

    @property
    def is_spent(self) -> bool:
        return self._left < 0


class _Member:
    """The bytes of a member: the supply of a stream."""

    frame = None

    def __init__(self, file: IO[bytes], limit: int, budget: _Budget) -> None:
        self._file = file
        self._left = limit
        self._budget = budget
        self._over = False

    def pull(self) -> bytes | Rejected:
        if self._over:
            return b""
        try:
            data = self._file.read(_CHUNK)
        except _DAMAGED as error:
            self._over = True
            return Rejected("read", "damaged", f"It cannot be unpacked ({str(error)[:200]}).")
        self._left -= len(data)
        self._budget.spend(len(data))
        if self._left < 0 or self._budget.is_spent:
            self._over = True
            return Rejected(
                "read", "bomb", f"It unpacks to over {MAX_RATIO} times its size: nothing more was unpacked."
            )
        return data


def _members(file: BinaryIO) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]] | Rejected:
    """Open an archive, or say why it cannot be: its list of members stands at its end."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    end, end64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    if end < 0 or len(tail) < end + 22:
        message = "It is no ZIP archive, or its end is missing, where the members are listed: fetch it again."
        return Rejected("read", "truncated", message)
    directory = int.from_bytes(tail[end + 12 : end + 16], "little")
    if directory == _IN_ZIP64 and end64 >= 0:
        directory = int.from_bytes(tail[end64 + 40 : end64 + 48], "little")
    if directory > MAX_DIRECTORY:
        message = f"The list of its members has over {MAX_DIRECTORY // 2**20} MiB: split it into several archives."
        return Rejected("read", "too_large", message)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        return Rejected("read", "damaged", f"The list of its members is damaged ({str(error)[:200]}): fetch it again.")
    return archive, archive.infolist()


def _is_read(info: zipfile.ZipInfo) -> bool:
    """Whether a member is looked at: as under RAW, folders, hidden files and README files are not."""
    parts = info.filename.split("/")
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    return not (info.is_dir() or hidden or parts[0] == "__MACOSX" or is_readme(parts[-1]))


def _read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, fields: Fields, read_member: ReadMember, budget: _Budget
) -> Iterator[Record]:
    if info.flag_bits & _ENCRYPTED:
        yield Record(0, Rejected("read", "encrypted", "It needs a password: put it in without one."))
        return
    if info.compress_type not in _METHODS:
        yield Record(0, Rejected("read", "unsupported", f"It is compressed by method {info.compress_type} of ZIP."))
        return
    if not (info.file_size or info.compress_size or info.CRC):  # to open it costs more than all that it holds
        yield from read_member(info.filename, Stream.of(b""), fields)
        return
    limit = FREE_BYTES + MAX_RATIO * info.compress_size
    if info.filename.lower().endswith((".gz", ".bz2", ".zst")):  # compressed before, so hardly compressed again
        limit = _PACKED_FREE_BYTES + 2 * info.compress_size
    try:
        opened = archive.open(info)
    except _DAMAGED as error:
        yield Record(0, Rejected("read", "damaged", f"It cannot be unpacked ({str(error)[:200]})."))
        return
    with opened as file:
        yield from read_member(info.filename, Stream(_Member(file, limit, budget)), fields)


def _shown(path: str) -> str:
    """Shorten a member's path for a message, and let no control character into it."""
    return repr(path[:200])
