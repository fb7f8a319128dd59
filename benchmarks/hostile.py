"""What hostile inputs cost: each alone in a run of its own, its outcome, its seconds and its memory.

    python -m benchmarks.hostile                        # all of them, some ten minutes
    python -m benchmarks.hostile paragraphs rows.csv    # those whose names hold one of the words

Each input is made in a temporary folder and read by ``newsmill ingest`` as a process of its own into a new warehouse.
Seconds are wall seconds; "beyond one article" takes off those of a run over one ordinary article, which is measured
first, in the same way. CPU seconds are those of all processes of a run: they say more where others are at work.
Memory is the peak of the heaviest process of a run: the run itself or one of its workers.
"""

import gzip
import io
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
from rich.console import Console
from rich.table import Table

from newsmill.lines import MAX_CHARS
from tests.corpus import article

#: A run that takes longer is stopped.
SECONDS = 900
_SENTENCE = (
    "The council said on Monday that the harbour would be open again before the spring, and that ferries would run "
    "as they had before the storm. "
)
_TEXT = "x " * 3_000_000
# Fewer records say nothing of what one costs.
_MANY = 1_000
_ORDINARY = "one ordinary article"


class Input(NamedTuple):
    """A hostile input: what it is, the name of its file, and what makes its bytes."""

    about: str
    name: str
    make: Callable[[], bytes]


class Cost(NamedTuple):
    """Wall and CPU seconds of a run, and the peak memory of its heaviest process."""

    seconds: float
    cpu: float
    peak_bytes: int


class Run(NamedTuple):
    """What became of an input, and what it cost."""

    outcome: str
    records: int
    cost: Cost


def _page(body: str) -> bytes:
    return f"<html><head><title>Harbour reopens</title></head><body><article>{body}</article></body></html>".encode()


def _paragraphs(count: int) -> bytes:
    return _page(f"<p>{_SENTENCE}" + "".join(f"<p>Line {number} of it" for number in range(count)))


def _lines(count: int) -> bytes:
    return f"{_SENTENCE}\n{''.join(f'Line {number} of it{chr(10)}' for number in range(count))}".encode()


def _line() -> bytes:
    return (_SENTENCE * 70_000).encode()


def _marks() -> bytes:
    return f"{_SENTENCE}a{chr(0x301) * 200_000}".encode()


def _rare_words() -> bytes:
    prose = f"{_SENTENCE * 50}\n" * 1_000
    words = "".join(f"coun{n:x}q harb{n:x}q sprin{n:x}q ferr{n:x}q\n" for n in range(60_000))
    return f"{prose}{words}{prose[:20_000]}".encode()


def _parquet(*, in_lists: bool) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    column: pa.Array = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), pa.array([_TEXT]))  # type: ignore[type-arg]
    if in_lists:
        column = pa.ListArray.from_arrays(pa.array([0, 100, 200], pa.int32()), column)
    buffer = io.BytesIO()
    pq.write_table(pa.table({"body": column}), buffer)
    return buffer.getvalue()


def _members(count: int, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if data else zipfile.ZIP_STORED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", data)
    return buffer.getvalue()


def _stories(texts: Iterable[str]) -> bytes:
    buffer = io.BytesIO()
    with gzip.open(buffer, "wt", compresslevel=1) as lines:
        for number, text in enumerate(texts):
            story = {"title": f"Story {number}", "source": "courier.example", "text": text}
            lines.write(json.dumps(story) + "\n")
    return buffer.getvalue()


def _large_texts() -> bytes:
    return _stories(f"{random.Random(seed).randbytes(5_000).hex()} " * 600 for seed in range(100))  # noqa: S311


def _longest_articles(tail: str) -> bytes:
    def words(seed: int) -> str:
        pick = random.Random(seed)  # noqa: S311
        return " ".join(pick.choices([pick.randbytes(4).hex() for _ in range(300)], k=(MAX_CHARS - 100) // 9))

    return _stories(f"{words(seed)}.\n\n{tail}" for seed in range(500))


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return (
        f'<!DOCTYPE rss [<!ENTITY e0 "ha">{entities}]><rss><item><description>&e9;</description></item></rss>'.encode()
    )


INPUTS: tuple[Input, ...] = (
    Input("a page of 400,000 paragraphs", "paragraphs-400k.html", lambda: _paragraphs(400_000)),
    Input("a page of 299,000 paragraphs", "paragraphs-299k.html", lambda: _paragraphs(299_000)),
    Input("a text of 400,000 lines", "lines-400k.txt", lambda: _lines(400_000)),
    Input("a text of 199,000 lines", "lines-199k.txt", lambda: _lines(199_000)),
    Input("a text of 16,000,000 blank lines", "blank.txt", lambda: b"It rained." + b"\n" * 16_000_000 + b"It stopped."),
    Input("60,000 lines of rare words below 7 MB of prose", "words.txt", _rare_words),
    Input("a text of one line of 10 MB", "line.txt", _line),
    Input("a page of one line of 10 MB", "line.html", lambda: _page(f"<p>{_SENTENCE * 70_000}")),
    Input("a page of 50 MB", "large.html", lambda: _page(f"<p>{_SENTENCE}" * 340_000)),
    Input("100,000 nested boxes", "nested.html", lambda: _page("<div>" * 100_000 + f"<p>{_SENTENCE}")),
    Input("10,000 nested boxes", "nested-10k.html", lambda: _page("<div>" * 10_000 + f"<p>{_SENTENCE * 9}")),
    Input("300,000 comments that do not end", "comments.html", lambda: _page(f"<p>{_SENTENCE * 9}" + "<!--" * 300_000)),
    Input("1,000,000 comments", "comments-1m.html", lambda: _page(f"<p>{_SENTENCE * 9}" + "<!---->" * 1_000_000)),
    Input(
        "a tag of 300,000 attributes",
        "attributes.html",
        lambda: _page(f"<p {' '.join(f'a{number}=1' for number in range(300_000))}>{_SENTENCE * 9}"),
    ),
    Input("1,000,000 character references", "references.html", lambda: _page(f"<p>{_SENTENCE}" + "&amp;" * 1_000_000)),
    Input("8,000,000 opening brackets", "brackets.html", lambda: _page(f"<p>{_SENTENCE}" + "<" * 8_000_000)),
    Input("100,000 unclosed links and tables", "unclosed.html", lambda: _page("<table><a href=x>x" * 100_000)),
    Input("an article in UTF-16 without a mark", "utf-16.txt", lambda: article(1).encode("utf-16-le")),
    Input("10 MB of NULs in an article", "nuls.txt", lambda: article(1).encode() + bytes(10_000_000)),
    Input("an article with a NUL in each line", "nul-lines.txt", lambda: article(1).replace("\n", "\0\n").encode()),
    Input("200,000 combining marks", "marks.txt", _marks),
    Input("10 MB of random bytes", "random.txt", lambda: os.urandom(10_000_000)),
    Input("a feed of entities that grow tenfold", "laughs.rss", _laughs),
    Input("a feed of 100,000 nested elements", "deep.rss", lambda: b"<rss><item><description>" + b"<a>" * 100_000),
    Input("JSON of 5,000,000 nested lists", "deep.json", lambda: b'{"text": ' + b"[" * 5_000_000),
    Input(
        "an article in JSON beside 1,000,000 other fields",
        "fields.json",
        lambda: json.dumps({"text": article(1), **{f"f{number}": 0 for number in range(1_000_000)}}).encode(),
    ),
    Input("Parquet: 200 rows share a text of 6 MB", "shared.parquet", lambda: _parquet(in_lists=False)),
    Input("Parquet: 2 rows of 100 such paragraphs", "shared-lists.parquet", lambda: _parquet(in_lists=True)),
    Input("100 texts of 6 MB, packed well", "large.jsonl.gz", _large_texts),
    Input("500 articles of the greatest length", "longest.jsonl.gz", lambda: _longest_articles("")),
    Input("500 that all end with the same line", "longest-tail.jsonl.gz", lambda: _longest_articles("Q Q Q")),
    Input("a text of 15 MB in a ZIP of 15 KB", "bomb.zip", lambda: _members(1, b"It rained. " * 1_400_000)),
    Input("4 GB in a GZIP of 4 MB", "bomb.txt.gz", lambda: gzip.compress(bytes(2**26)) * 64),
    Input("300,000 empty members of a ZIP", "members.zip", lambda: _members(300_000, b"")),
    Input("2,000,000 short rows of a CSV", "rows.csv", lambda: b"title,body\n" + b"a,bcdef\n" * 2_000_000),
    Input("2,000,000 rows of a CSV that are none", "none.csv", lambda: b"title,body\n" + b"abcdefg\n" * 2_000_000),
)


def measure(make: Callable[[], bytes], name: str) -> Run:
    """Ingest one file alone."""
    with tempfile.TemporaryDirectory(prefix="newsmill-hostile-") as folder:
        raw, warehouse = Path(folder, "raw"), Path(folder, "warehouse")
        raw.mkdir()
        # In a process of its own: a process that is started counts the memory of the one that starts it as its own.
        maker = multiprocessing.get_context("fork").Process(target=lambda: (raw / name).write_bytes(make()))
        maker.start()
        maker.join()
        code, cost = _ingest(raw, warehouse)
        if code not in (0, 1):
            return Run("stopped" if code < 0 else f"exit {code}", 1, cost)
        records, outcome = _outcome(warehouse / "news.duckdb")
        return Run(outcome, records, cost)


def _ingest(raw: Path, warehouse: Path) -> tuple[int, Cost]:
    """Run to the end, or to the limit; give the exit code and what it cost, children included."""
    command = [sys.executable, "-m", "flows.cli", "ingest", raw, "--warehouse", warehouse]
    started = time.monotonic()
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() - started > SECONDS:
            process.kill()
        time.sleep(0.02)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    return process.returncode, Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _outcome(news: Path) -> tuple[int, str]:
    """Count the records of the only run, and say what became of them."""
    with duckdb.connect(news, read_only=True) as db:
        counted = db.execute("SELECT discovered, loaded, duplicates FROM runs").fetchall()
        codes = db.execute("SELECT code, count(*) FROM quarantine GROUP BY code ORDER BY count(*) DESC").fetchall()
    ((discovered, loaded, duplicates),) = counted
    fates = [("loaded", loaded), ("duplicates", duplicates), *codes]
    said = ", ".join(fate if discovered == 1 else f"{count:,} {fate}" for fate, count in fates if count)
    return discovered, said


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    chosen = [one for one in INPUTS if not arguments or any(word in one.name for word in arguments)]
    usual = measure(lambda: article(1).encode(), "article.txt")
    table = Table(title="Each input alone", title_justify="left")
    table.add_column("input", overflow="fold")
    table.add_column("outcome", overflow="fold")
    for column in ("seconds", "beyond one article", "CPU beyond it", "µs a record", "peak MB"):
        table.add_column(column, justify="right")
    console = Console(width=None if sys.stdout.isatty() else 140)
    for one in (Input(_ORDINARY, "article.txt", bytes), *chosen):
        run = usual if one.about == _ORDINARY else measure(one.make, one.name)
        seconds, cpu, peak_bytes = run.cost
        beyond = seconds - usual.cost.seconds
        each = f"{beyond / run.records * 1e6:,.0f}" if run.records >= _MANY else ""
        table.add_row(
            one.about,
            run.outcome,
            f"{seconds:.1f}",
            f"{beyond:.1f}",
            f"{cpu - usual.cost.cpu:.1f}",
            each,
            f"{peak_bytes / 1e6:,.0f}",
        )
        if sys.stderr.isatty():
            sys.stderr.write(f"{one.name}: {run.outcome}, {seconds:.1f} s\n")
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
