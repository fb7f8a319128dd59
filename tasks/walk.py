"""What stands under RAW: its files, each with the mapping beside it, and what is no record."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from newsmill.paths import is_readme, to_raw_path
from newsmill.readers import reader_for
from newsmill.readers.mapping import MAX_MAPPING

_EXAMPLES = 5
_FOLDER_MAPPING = "mapping.toml"


@dataclass(frozen=True, slots=True)
class Refused:
    """Things under RAW that are no records, counted by reason, with a few examples of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, raw_path: str) -> None:
        """Count one."""
        self.counts[reason] += 1
        if len(examples := self.examples.setdefault(reason, [])) < _EXAMPLES:
            examples.append(raw_path)


Listed: TypeAlias = tuple[str, int, int, int, str | None]


def walk(raw: Path, refused: Refused) -> Iterator[Listed]:
    """Yield raw_path, size in bytes, mtime in ns, inode and mapping of every regular file under RAW.

    Never follows a link. Hidden names, links, pipes, sockets, devices, README files, mappings and folders that
    cannot be read are counted in ``refused``.
    """
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(raw / folder) as entries:
                found = list(entries)
        except OSError as error:
            refused.add(f"folder: {error.strerror}", to_raw_path(folder))
            continue
        mappings = {entry.name: _read_mapping(raw / folder / entry.name) for entry in found if _is_mapping(entry.name)}
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if reason := _no_record(entry):
                refused.add(reason, to_raw_path(path))
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)
            else:
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError as error:
                    refused.add(f"file: {error.strerror}", to_raw_path(path))
                    continue
                mapping = _mapping_of(entry.name, mappings)
                yield to_raw_path(path), about.st_size, about.st_mtime_ns, about.st_ino, mapping


def mapping_beside(path: Path) -> tuple[Path, str] | None:
    """Find the mapping of a file, and read it; None where there is none, or the file's format heeds none."""
    for beside in (path.with_name(f"{path.name}.toml"), path.with_name(_FOLDER_MAPPING)):
        if _is_mapped(path.name) and (mapping := _read_mapping(beside)) is not None:
            return beside, mapping
    return None


def _mapping_of(name: str, mappings: Mapping[str, str | None]) -> str | None:
    """Give the mapping of a file: its own, ``<name>.toml``, or that of its folder."""
    if not _is_mapped(name):
        return None
    own = mappings.get(f"{name}.toml")
    return mappings.get(_FOLDER_MAPPING) if own is None else own


def _is_mapped(name: str) -> bool:
    reader = reader_for(name)
    return reader is not None and reader.is_mapped


def _read_mapping(path: Path) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(4 * MAX_MAPPING).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:  # its file is quarantined for it, as for any mistake in a mapping
        return f"cannot be opened: {error.strerror}"


def _no_record(entry: "os.DirEntry[str]") -> str | None:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return None
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file"
    if _is_mapping(entry.name):
        return "mapping"
    return "readme" if is_readme(entry.name) else None


def _is_mapping(name: str) -> bool:
    return name == _FOLDER_MAPPING or (name.endswith(".toml") and _is_mapped(name.removesuffix(".toml")))
