"""CPU per article of ``newsmill ingest`` against two floors: read, write Parquet, load DuckDB, clean nothing.

    python -m benchmarks.ingest                      # 5,000 made-up articles
    python -m benchmarks.ingest ARTICLES.jsonl.gz    # one JSON document a line with "outlet", "id" and "text"

One floor stores the articles alone, the other one row a line as well: a ledger without cleaning. All do the same
work on the same files in the same run, in processes of their own, and their CPU seconds (user and system, children
included) are compared. What a run costs whatever its size (starting Python and Prefect) is measured on an empty
folder, printed on its own line and taken off; a floor is measured without its start.
"""

import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from tests.corpus import write_corpus

MADE_UP = 5_000
ROUNDS = 3
ARTICLES_AT_A_TIME = 4_000
ARTICLES = pa.schema({"raw_path": pa.string(), "text": pa.string()})
_LINE: "list[pa.Field[Any]]" = [
    pa.field("raw_path", pa.string()),
    pa.field("line", pa.int32()),
    pa.field("start", pa.int32()),
    pa.field("end", pa.int32()),
    pa.field("text", pa.string()),
]
LINES = pa.schema(_LINE)
#: The floors, by the option that measures each.
FLOORS = {"floor of articles": "--floor", "floor of lines": "--floor-with-lines"}


class Cost(NamedTuple):
    """What a process and its children used."""

    cpu: float
    wall: float


def floor(raw: Path, out: Path, *, with_lines: bool) -> None:
    """Read every file, write Parquet (zstd-3, page checksums), a file a table, and load it into DuckDB."""
    out.mkdir(parents=True)
    with ExitStack() as writers:
        articles = writers.enter_context(_Table(out / "articles.parquet", ARTICLES))
        lines = writers.enter_context(_Table(out / "lines.parquet", LINES)) if with_lines else None
        for folder, _, names in os.walk(raw):
            for name in sorted(names):
                path = Path(folder) / name
                text = path.read_bytes().decode("utf-8", "replace")
                articles.add([str(path)], [text])
                if lines:
                    spans = text.splitlines(keepends=True)
                    ends = [*accumulate(map(len, spans))]
                    starts = [end - len(span) for end, span in zip(ends, spans, strict=True)]
                    lines.add([str(path)] * len(spans), range(len(spans)), starts, ends, spans)
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{out / 'news.duckdb'}' AS news (STORAGE_VERSION 'v1.5.0')")
        for table in sorted(out.glob("*.parquet")):
            db.execute(f"CREATE TABLE news.{table.stem} AS FROM read_parquet('{table}')")
        db.execute("CHECKPOINT news")


class _Table:
    """A Parquet file, written some 4,000 articles at a time."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, write_page_checksum=True)
        self._columns: list[list[Any]] = [[] for _ in schema]
        self._waiting = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self._writer.close()

    def add(self, *columns: Iterable[Any]) -> None:
        for column, values in zip(self._columns, columns, strict=True):
            column.extend(values)
        self._waiting += 1
        if self._waiting == ARTICLES_AT_A_TIME:
            self._write()

    def _write(self) -> None:
        arrays = [pa.array(column, kind) for column, kind in zip(self._columns, self._schema.types, strict=True)]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._columns = [[] for _ in self._schema]
        self._waiting = 0


def cost(command: Sequence[str | Path]) -> Cost:
    """Run a command to its end and measure it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    wall = time.monotonic() - started
    if done.returncode not in (0, 1):
        sys.exit(f"{command}: exit {done.returncode}\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def unpack(articles: Path, raw: Path) -> None:
    """Write each article of a gzipped JSON-lines file as a text file in its outlet's folder."""
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            folder = raw / document["outlet"]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{document['id']}.txt").write_text(document["text"], encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    if arguments and arguments[0] in FLOORS.values():
        option, raw, out = arguments
        start = time.process_time()
        floor(Path(raw), Path(out), with_lines=option == "--floor-with-lines")
        print(time.process_time() - start)
        return
    with tempfile.TemporaryDirectory(prefix="newsmill-bench-") as folder:
        base = Path(folder)
        (base / "empty").mkdir()
        if arguments:
            unpack(Path(arguments[0]), base / "raw")
        else:
            write_corpus(base / "raw", MADE_UP)
        files = sum(len(names) for _, _, names in os.walk(base / "raw"))
        report(base, files)


def report(base: Path, files: int) -> None:
    """Run the floors and the mill by turns, and print the medians."""
    bench, mill = [sys.executable, "-m", "benchmarks.ingest"], [sys.executable, "-m", "flows.cli", "ingest"]
    floors: dict[str, list[float]] = {name: [] for name in FLOORS}
    starts, runs = [], []
    for turn in range(ROUNDS):
        for name, option in FLOORS.items():
            command = [*bench, option, base / "raw", base / f"{option}-{turn}"]
            floors[name].append(float(subprocess.check_output([*map(str, command)])))
        starts.append(cost([*mill, base / "empty", "--warehouse", base / f"start-{turn}"]))
        runs.append(cost([*mill, base / "raw", "--warehouse", base / f"mill-{turn}"]))
    start, run = sorted(starts)[ROUNDS // 2], sorted(runs)[ROUNDS // 2]
    spent = {name: statistics.median(costs) for name, costs in floors.items()} | {"mill": run.cpu - start.cpu}
    table = Table(title=f"{files:,} files, median of {ROUNDS}", title_justify="left")
    for column in ("", "CPU s", "CPU µs an article", *(f"× {name}" for name in FLOORS)):
        table.add_column(column, justify="left" if not column else "right")
    for name, cpu in spent.items():
        ratios = [f"{cpu / spent[other]:.2f}" for other in FLOORS]
        table.add_row(name, f"{cpu:.2f}", f"{cpu / files * 1e6:.0f}", *ratios)
    console = Console(width=100)
    console.print(table)
    console.print(f"The mill took {run.wall:.1f} s; its start, {start.cpu:.1f} s of CPU, is taken off.")


if __name__ == "__main__":
    main(sys.argv[1:])
