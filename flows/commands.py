"""The commands. They load Prefect only where a flow runs, so that the others start at once."""

import os
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from newsmill.rejection import QUARANTINE_LIMIT, over_limit
from newsmill.schema import RunRecord
from newsmill.wording import counted
from tasks.failures import Failure, WrongUse
from tasks.layout import Warehouse
from tasks.lock import held
from tasks.process import importing

app = typer.Typer(
    help="A news-ingestion mill: raw article text to Parquet to DuckDB, with every cut line on record.",
    epilog="Exit codes: 0 done; 1 done, but more records are in quarantine than allowed; 2 wrong use; "
    "3 another run holds the warehouse; 4 storage failed; 5 interrupted.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """How ``newsmill sql`` writes its answer."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def folder(path: Path) -> Path:
    """Take the name of a folder that is there or can be made.

    Raises:
        WrongUse: a file is there, or no table and no message to the UI can hold the name.
    """
    if path.exists() and not path.is_dir():
        raise WrongUse(f"{path}: a file; name the folder that holds it, or another one.")
    try:
        str(path.resolve()).encode()
    except UnicodeEncodeError as error:
        raise WrongUse(f"{path}: its name, or that of a folder it is in, is no UTF-8; rename that folder.") from error
    return path


RawArgument = Annotated[Path, typer.Argument(callback=folder, help="Folder of raw articles; it is only read.")]
WarehouseOption = Annotated[
    Path, typer.Option("--warehouse", callback=folder, help="Folder of Parquet and news.duckdb.")
]


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback where something fails.")] = False,
) -> None:
    """Take what stands before a command."""
    if debug:
        os.environ["NEWSMILL_DEBUG"] = "1"


@app.command()
def ingest(
    raw: RawArgument = Path("raw"),
    warehouse: WarehouseOption = Path("warehouse"),
    quarantine_limit: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of records in quarantine above which the exit code is 1."),
    ] = QUARANTINE_LIMIT,
) -> None:
    """Clean what is new under RAW, write it to Parquet and publish news.duckdb.

    Run again on the same files it changes nothing; killed anywhere and run again, it ends as if never killed.
    """
    if not raw.is_dir():
        raise WrongUse(f"{raw}: no such folder; name the folder that holds your raw articles.")
    mill = Warehouse(warehouse)
    with held(mill):
        run = _run_flow(raw, mill, quarantine_limit)
    from tasks.summary import outdated, table

    with suppress(SystemExit):  # Rich's answer where nobody reads it: the run counts all the same
        Console().print(table(run))
        if hint := outdated(run, mill):
            Console().print(hint, highlight=False, soft_wrap=True)
    if over_limit(run.quarantined, run.discovered, quarantine_limit):
        raise OverLimit(
            f"In quarantine: {run.quarantined:,} of {counted(run.discovered, 'record')}, over the allowed "
            f"{quarantine_limit:.0%}; newsmill sql 'FROM quarantine_by_code' says why."
        )


def _run_flow(raw: Path, mill: Warehouse, quarantine_limit: float) -> RunRecord:
    """Run the flow on a server that stands, or on a short-lived one; its own record is the outcome."""
    from tasks.server import serving
    from tasks.state import last_run

    with serving() as wait_until_ready:
        with importing():
            from flows.ingest import ingest as flow

        wait_until_ready()
        flow(raw.resolve(), mill.root.resolve(), quarantine_limit)
    return last_run(mill)


@app.command()
def sql(
    query: Annotated[
        str, typer.Argument(help="One SELECT, FROM, DESCRIBE or SUMMARIZE; - reads it from standard input.")
    ],
    warehouse: WarehouseOption = Path("warehouse"),
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the query is stopped.")] = 60.0,
) -> None:
    """Ask the warehouse: read-only, no files, no network, bounded in time and memory."""
    from tasks.query import answer

    answer(Warehouse(warehouse).news, sys.stdin.read() if query == "-" else query, output.value, timeout)


@app.command()
def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="FILE|ARTICLE_ID", help="A raw file, ingested or not, or an article's id."),
    ],
    warehouse: WarehouseOption = Path("warehouse"),
) -> None:
    """Show an article in colour: what was kept, what was cut, and by which rule."""
    from tasks.explain import explain_article, explain_file

    if os.path.lexists(what):
        explain_file(Path(what), Console())
    else:
        explain_article(what, Warehouse(warehouse), Console())


@app.command()
def rebuild(warehouse: WarehouseOption = Path("warehouse")) -> None:
    """Make news.duckdb anew from the Parquet files alone."""
    from tasks.publish import rebuild_news

    mill = Warehouse(warehouse)
    with held(mill):
        articles = rebuild_news(mill)
    Console().print(f"{mill.news}: rebuilt from Parquet, {counted(articles, 'article')}.", highlight=False)


@app.command()
def reclean(
    warehouse: WarehouseOption = Path("warehouse"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change and show it, but change nothing.")
    ] = False,
) -> None:
    """Clean what is stored by today's rules and by what was learned since, without the raw files."""
    from tasks.differences import show
    from tasks.reclean import reclean as clean_anew
    from tasks.workers import worker_count

    mill = Warehouse(warehouse)
    with held(mill):
        outcome = clean_anew(mill, worker_count(), is_dry=dry_run)
    show(outcome, Console(), is_dry=dry_run)


@app.command()
def up(
    raw: Annotated[Path, typer.Option(callback=folder, help="Folder of raw articles.")] = Path("raw"),
    warehouse: WarehouseOption = Path("warehouse"),
    every: Annotated[str, typer.Option(help="Time between scheduled runs, as in 30s, 15m or 2h.")] = "15m",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the Prefect UI on 127.0.0.1.")] = 4200,
) -> None:
    """Start the Prefect server with its UI, the schedule and what executes it; Ctrl-C stops all of it."""
    from flows.up import up as start

    start(raw, warehouse, every, port)


class OverLimit(Failure):
    """The run is done, but more records are in quarantine than the user allows."""

    exit_code = 1
