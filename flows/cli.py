"""The command line. It loads Prefect only where a flow runs, so that the other commands start at once."""

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from tasks.failures import Failure, StorageFailed
from tasks.layout import Warehouse

INTERRUPTED = 5
OVER_LIMIT = 1

app = typer.Typer(
    help="A news-ingestion mill: raw article text to Parquet to DuckDB, with every cut line on record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done · 1 done, but more records are in quarantine than allowed · 2 wrong use · "
    "3 another run holds the warehouse · 4 storage failed · 5 interrupted.",
)
_debug = False


class Format(StrEnum):
    """How `newsmill sql` writes its answer."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


RawArgument = Annotated[Path, typer.Argument(help="Folder of raw articles; it is only read.", show_default=True)]
WarehouseOption = Annotated[Path, typer.Option("--warehouse", help="Folder of Parquet and news.duckdb.")]


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback where something fails.")] = False,
) -> None:
    """Take the options that stand before a command."""
    global _debug  # noqa: PLW0603 (read once, by main)
    _debug = debug


@app.command()
def ingest(
    raw: RawArgument = Path("raw"),
    warehouse: WarehouseOption = Path("warehouse"),
    quarantine_limit: Annotated[
        float, typer.Option(min=0, max=1, help="Share of records in quarantine above which the exit code is 1.")
    ] = 0.2,
) -> None:
    """Clean what is new under RAW, write Parquet and publish news.duckdb.

    Run again on the same files it changes nothing; killed anywhere and run again, it ends as if never killed.
    """
    from tasks.lock import held

    mill = Warehouse(warehouse)
    if not raw.is_dir():
        _fail(f"{raw}: no such folder; name the folder that holds your raw articles.", 2)
    with held(mill):
        from tasks.server import serving

        with serving():
            run = _ingest_flow(raw, mill)
    if run.quarantined > quarantine_limit * run.discovered:
        _say(
            f"{run.quarantined} of {run.discovered} records are in quarantine, over the allowed "
            f"{quarantine_limit:.0%}: newsmill sql 'FROM quarantine_by_code' says why."
        )
        raise typer.Exit(OVER_LIMIT)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT (or FROM …, DESCRIBE, SHOW, SUMMARIZE); - reads it from standard input.")],
    warehouse: WarehouseOption = Path("warehouse"),
    output: Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")] = Format.TABLE,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the query is stopped.")] = 60.0,
) -> None:
    """Ask the warehouse: read-only, no files, no network, bounded in time and memory."""
    from tasks.query import answer

    text = sys.stdin.read() if query == "-" else query
    answer(Warehouse(warehouse).news, text, output.value, timeout)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="FILE|ARTICLE_ID", help="A raw file, ingested or not, or an article's id.")],
    warehouse: WarehouseOption = Path("warehouse"),
) -> None:
    """Show an article in colour: what was kept, what was cut, and by which rule."""
    from tasks.explain import explain_article, explain_file

    console = Console()
    if Path(what).is_file():
        explain_file(Path(what), console)
    else:
        explain_article(what, Warehouse(warehouse), console)


@app.command()
def rebuild(warehouse: WarehouseOption = Path("warehouse")) -> None:
    """Make news.duckdb anew from the Parquet files alone."""
    from tasks.lock import held
    from tasks.publish import rebuild_news

    mill = Warehouse(warehouse)
    with held(mill):
        articles = rebuild_news(mill)
    Console().print(f"{mill.news}: rebuilt from Parquet, {articles:,} articles.", highlight=False)


@app.command()
def up(
    raw: Annotated[Path, typer.Option(help="Folder of raw articles.")] = Path("raw"),
    warehouse: WarehouseOption = Path("warehouse"),
    every: Annotated[str, typer.Option(help="Time between scheduled runs, as in 30s, 15m or 2h.")] = "15m",
    port: Annotated[int, typer.Option(help="Port of the Prefect UI on 127.0.0.1.")] = 4200,
) -> None:
    """Start the Prefect server with its UI, the schedule and what executes it; Ctrl-C stops all of it."""
    from flows.up import up as serve

    serve(raw, warehouse, every, port)


def main() -> None:
    """Run the command line and exit with its documented code."""
    try:
        code = app(standalone_mode=False)
    except Failure as failure:
        code = _fail(str(failure), failure.exit_code)
    except click.ClickException as error:
        error.show()
        code = WrongUse.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = _fail("Interrupted; what was committed stands, and the next run goes on from there.", INTERRUPTED)
    except OSError as error:
        code = _fail(f"{error.filename or 'storage'}: {error.strerror or error}.", StorageFailed.exit_code)
    sys.exit(code)


def _fail(message: str, code: int) -> int:
    if _debug:
        raise  # noqa: PLE0704 (called while the failure is handled)
    Console(stderr=True).print(f"newsmill: {message}", style="red", highlight=False, soft_wrap=True, markup=False)
    return code


if __name__ == "__main__":
    main()
