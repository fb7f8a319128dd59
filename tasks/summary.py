"""What a run did, in words and tables: for the terminal, and for the Prefect UI."""

from dataclasses import asdict

import duckdb
from rich.table import Table

from newsmill.schema import Counts, RunRecord
from newsmill.wording import counted
from tasks.database import fetch_one, statement
from tasks.layout import Warehouse

_MEANINGS = {
    "loaded": "articles loaded for the first time",
    "new_versions": "new versions of known articles",
    "unchanged": "records whose article stands as it is",
    "duplicates": "records that repeat an article of their outlet",
    "quarantined": "records in quarantine",
}

# A section of the summary artifact: its query in sql/summary, its title, its columns, whether it is of one run.
_SECTIONS = (
    ("counts", "Records", ("records", "what became of them"), True),
    ("stages", "Stages", ("stage", "seconds"), True),
    ("outlets", "Articles of this run, by outlet", ("outlet", "domain", "articles", "words", "cut %"), True),
    ("cuts", "Cut lines of this run, by fate", ("fate", "lines", "characters"), True),
    ("quarantine", "In quarantine", ("code", "records", "example"), False),
    ("skipped", "Never to be an article", ("code", "records", "example"), False),
)


def sentence(counts: Counts) -> str:
    """Say what a run did in one sentence, as its state message in the UI.

    >>> sentence(Counts(4, 2, 0, 1, 0, 1, skipped=0, refused=0, deferred=0, cleaned=3))
    'Loaded 2 articles; 1 unchanged, 1 quarantined.'
    """
    done = f"Loaded {counted(counts.loaded, 'article')}"
    if counts.new_versions:
        done += f" and {counted(counts.new_versions, 'new version')}"
    rest = {
        "unchanged": counts.unchanged,
        "duplicate": counts.duplicates,
        "quarantined": counts.quarantined,
        "skipped": counts.skipped,
        "deferred": counts.deferred,
    }
    named = ", ".join(f"{count:,} {name}" for name, count in rest.items() if count)
    return f"{done}; {named}." if named else f"{done}."


def table(run: RunRecord) -> Table:
    """Lay out a run's counts as a table for the terminal."""
    laid_out = Table(title=f"Run {run.run_id}", title_justify="left", title_style="bold")
    laid_out.add_column("records", justify="right")
    laid_out.add_column("of them")
    counts = asdict(run)
    for name, meaning in _MEANINGS.items():
        laid_out.add_row(
            f"{counts[name]:,}", f"{name.replace('_', ' ')}: {meaning}", style="" if counts[name] else "dim"
        )
    laid_out.add_section()
    laid_out.add_row(f"{run.discovered:,}", f"discovered under {run.raw}", style="bold")
    if run.skipped:
        laid_out.add_row(f"{run.skipped:,}", "skipped beside them: records of web archives that are no pages")
    return laid_out


def outdated(run: RunRecord, warehouse: Warehouse) -> str | None:
    """Say how many articles ``newsmill reclean`` would clean by newer rules; None where there is none."""
    values = {"rules_version": run.rules_version, "warehouse": str(warehouse.root.resolve())}
    with duckdb.connect(warehouse.news, read_only=True) as news:
        [articles] = fetch_one(news, statement("summary/outdated"), values)
    if not articles:
        return None
    were = "was" if articles == 1 else "were"
    return f"{counted(articles, 'article')} {were} cleaned by older rules: newsmill reclean applies today's."


def markdown(warehouse: Warehouse, run_id: str) -> str:
    """Write the summary artifact of a run: its counts, its stages, what was cut and what is in quarantine."""
    with duckdb.connect(warehouse.news, read_only=True) as news:
        answers = {
            name: news.execute(statement(f"summary/{name}"), {"run_id": run_id} if of_run else None).fetchall()
            for name, _, _, of_run in _SECTIONS
        }
    sections = [(title, head, answers[name]) for name, title, head, _ in _SECTIONS]
    return "\n\n".join(f"## {title}\n\n{_markdown_table(head, rows)}" for title, head, rows in sections if rows)


def _markdown_table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    """Show a value as text that cannot become markup: file names and outlets come from outside."""
    text = f"{value:,}" if isinstance(value, int) else str(value)
    if text == "---":
        return text
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return "".join(f"&#{ord(c)};" if c in "|<>[]()`*_!&#\\~" else c for c in text)
