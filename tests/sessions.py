"""Shell sessions in Markdown: run their commands and see what they print.

``python -m tests.sessions`` writes README.md and docs/ anew where a command no longer prints what they show.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tasks.layout import PROJECT
from tests.mill import mill

PAGES = ("README.md", "docs/queries.md", "docs/warehouse.md")

_BLOCK = re.compile(r"(?<=^```console\n).+?(?=^```$)", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_RUN_ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{4}")
_SHORTENED = "…"
_SHOWN_FOLDER = "/home/you/newsmill"


class CommandError(Exception):
    """A command of a page ended with another exit code than 0."""


def replayed(page: str) -> str:
    """Give a page with each command's output as it is now; a line ``…`` stands for the lines left out.

    The commands run in order in a folder with a copy of raw/. Where none of them is an ingest, the warehouse
    stands there beforehand.

    Raises:
        CommandError: a command fails; the message has what it printed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        shutil.copytree(PROJECT / "raw", folder / "raw")
        (folder / ".venv").symlink_to(sys.prefix)
        if "$ make ingest" not in page:
            mill(folder / "raw", folder / "warehouse")

        def replay(step: re.Match[str]) -> str:
            printed = _print(step[1], folder).splitlines()
            return "\n".join([f"$ {step[1]}", *_as_short(printed, step[2].splitlines()), ""])

        return _BLOCK.sub(lambda block: _STEP.sub(replay, block[0]), page)


def masked(page: str) -> str:
    """Take out what differs from run to run."""
    return _RUN_ID.sub("…", page)


def _print(command: str, folder: Path) -> str:
    """Run a command and give what it prints. The environment that ``make`` sets up stands here already."""
    path = f"{folder}/.venv/bin:{os.defpath}"
    environment = {"PATH": path, "HOME": str(folder), "COLUMNS": "80", "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["bash", "-c", f'make() {{ newsmill "$@"; }}\n{command}'],  # noqa: S607
        cwd=folder,
        env={**environment, "PREFECT_HOME": str(folder / ".prefect")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise CommandError(f"{command}: exit code {done.returncode}\n{done.stdout}")
    with_folder = re.compile(rf"{re.escape(str(folder))}(\S*) *")
    shown = with_folder.sub(lambda at: f"{_SHOWN_FOLDER}{at[1]}".ljust(len(at[0])), done.stdout)
    return "\n".join(line.rstrip() for line in shown.splitlines())


def _as_short(printed: list[str], shown: list[str]) -> list[str]:
    """Leave out the middle of an output where the page does, with as many lines before and after it."""
    if _SHORTENED not in shown:
        return printed
    before = shown.index(_SHORTENED)
    after = len(printed) - (len(shown) - before - 1)
    return [*printed[:before], _SHORTENED, *printed[after:]] if before < after else printed


def main() -> None:
    """Write the pages anew where they are out of date, and name them."""
    for name in PAGES:
        page = PROJECT / name
        shown = page.read_text(encoding="utf-8")
        now = replayed(shown)
        if masked(now) != masked(shown):
            page.write_text(now, encoding="utf-8")
            print(f"{name}: sessions written anew")


if __name__ == "__main__":
    main()
