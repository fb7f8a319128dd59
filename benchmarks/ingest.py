"""CPU per article of ``newsmill ingest`` against the floor: read, write Parquet, load DuckDB, clean nothing.

    python -m benchmarks.ingest                      # 5,000 made-up articles
    python -m benchmarks.ingest ARTICLES.jsonl.gz    # one JSON document a line with "outlet", "id" and "text"

Both do the same work on the same files in the same run, in processes of their own, and their CPU seconds
(user and system, children included) are compared. What a run costs whatever its size (starting Python and
Prefect) is measured on an empty folder, printed on its own line and taken off.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from tests.corpus import write_corpus

MADE_UP = 5_000
ROUNDS = 3


class Cost(NamedTuple):
    """What a process and its children used."""

    cpu: float
    wall: float


def floor(raw: Path, out: Path) -> None:
    """Read every file, write one Parquet file (zstd-3, page checksums) and load it into a DuckDB table."""
    out.mkdir(parents=True)
    schema = pa.schema([("raw_path", pa.string()), ("text", pa.string())])
    options = {"compression": "zstd", "compression_level": 3, "write_page_checksum": True}
    with pq.ParquetWriter(out / "articles.parquet", schema, **options) as writer:
        rows: list[tuple[str, str]] = []
        for folder, _, names in os.walk(raw):
            for name in sorted(names):
                path = Path(folder) / name
                rows.append((str(path), path.read_bytes().decode("utf-8", "replace")))
                if len(rows) == 20_000:
                    _write(writer, rows)
        _write(writer, rows)
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{out / 'news.duckdb'}' AS news (STORAGE_VERSION 'v1.5.0')")
        db.execute(f"CREATE TABLE news.articles AS FROM read_parquet('{out / 'articles.parquet'}')")
        db.execute("CHECKPOINT news")


def _write(writer: pq.ParquetWriter, rows: list[tuple[str, str]]) -> None:
    if rows:
        writer.write_batch(pa.record_batch([list(column) for column in zip(*rows, strict=True)], schema=writer.schema))
        rows.clear()


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
    if arguments[:1] == ["--floor"]:
        floor(Path(arguments[1]), Path(arguments[2]))
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
    """Run floor and mill in turn, and print the medians."""
    mill = [sys.executable, "-m", "flows.cli", "ingest"]
    runs: dict[str, list[Cost]] = {"start": [], "floor start": [], "floor": [], "mill": []}
    for turn in range(ROUNDS):
        bench = [sys.executable, "-m", "benchmarks.ingest", "--floor"]
        runs["floor start"].append(cost([*bench, base / "empty", base / f"floor-start-{turn}"]))
        runs["floor"].append(cost([*bench, base / "raw", base / f"floor-{turn}"]))
        runs["start"].append(cost([*mill, base / "empty", "--warehouse", base / f"start-{turn}"]))
        runs["mill"].append(cost([*mill, base / "raw", "--warehouse", base / f"mill-{turn}"]))
    median = {name: sorted(costs)[len(costs) // 2] for name, costs in runs.items()}
    work = {name: median[name].cpu - median[start].cpu for name, start in (("floor", "floor start"), ("mill", "start"))}
    table = Table(title=f"{files:,} files, median of {ROUNDS}", title_justify="left")
    for column in ("", "CPU s", "wall s", "CPU µs an article", "× floor"):
        table.add_column(column, justify="left" if not column else "right")
    for name, start in (("floor", "floor start"), ("mill", "start")):
        each = work[name] / files * 1e6
        table.add_row(
            name,
            f"{median[name].cpu:.1f}",
            f"{median[name].wall:.1f}",
            f"{each:.0f}",
            f"{work[name] / work['floor']:.2f}",
        )
        table.add_row(f"of it start-up ({name})", f"{median[start].cpu:.1f}", f"{median[start].wall:.1f}", "", "")
    Console(width=100).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
