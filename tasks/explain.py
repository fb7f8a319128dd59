"""An article in colour: what was kept, what was cut, and by which rule."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsmill.clean import clean_source
from newsmill.cleaned import Cleaned
from newsmill.paths import to_raw_path
from newsmill.readers import read_records, reader_for
from newsmill.readers.mapping import USUAL, Fields
from newsmill.record import Record
from newsmill.rejection import Rejected, Skipped
from newsmill.rules import Rules
from newsmill.wording import counted
from tasks.failures import WrongUse, with_remedy
from tasks.layout import Warehouse
from tasks.rules import load_rules
from tasks.terminal import visible
from tasks.walk import mapping_beside

_FIELD = "cyan"
_CUT = "red strike"


def explain_file(path: Path, console: Console) -> None:
    """Clean a file as an ingest would and show the fate of its every line.

    Raises:
        WrongUse: it is no file, no reader takes such files, its mapping has a mistake, or it cannot be read.
    """
    if path.is_dir():
        raise WrongUse(f"{path}: a folder; name one of the files in it.")
    if not path.is_file():
        raise WrongUse(f"{path}: not a regular file; save what it gives to one, and name that.")
    if reader_for(path.name) is None:
        raise WrongUse(f"{path}: no reader takes files of this name; docs/formats.md lists those that are read.")
    rules = load_rules()
    fields = _fields_of(path)
    try:
        with path.open("rb") as file:
            for record in read_records(path.name, file, fields):
                _explain_record(path, record, rules, console)
    except OSError as error:
        raise WrongUse(with_remedy(f"{path}: cannot be read ({error.strerror}).")) from error


def _fields_of(path: Path) -> Fields:
    mapping = mapping_beside(path)
    if mapping is None:
        return USUAL
    beside, text = mapping
    fields = Fields.parse(text)
    if isinstance(fields, Rejected):
        raise WrongUse(f"{beside}: {fields.message}")
    return fields


def _explain_record(path: Path, record: Record, rules: Rules, console: Console) -> None:
    source = record.content
    if record.number or record.member:
        console.print(f"Record {record.number}  {visible(record.member)}", style="bold", highlight=False, markup=False)
    if not isinstance(source, Rejected):
        cleaned = clean_source(source, rules, to_raw_path(str(path / record.member)))
        if not isinstance(cleaned, Rejected):
            _print_fields(cleaned, source.encoding, console)
            verdicts = ((v.fate, v.kept, v.rule) for v in cleaned.verdicts)
            spans = (cleaned.text[line.start : line.end] for line in cleaned.lines)
            _print_lines(zip(verdicts, spans, strict=True), console)
            return
        source = cleaned
    fate = "skipped" if isinstance(source, Skipped) else f"quarantined in {source.stage}"
    told = f"{path}: {fate} as {source.code}. {source.message}"
    console.print(visible(told), highlight=False, markup=False)


def explain_article(article_id: str, warehouse: Warehouse, console: Console) -> None:
    """Show a stored article's ledger: its newest version, or a duplicate by its record_id.

    Raises:
        WrongUse: this is neither a file nor an article of the warehouse.
        StorageFailed: there is no warehouse yet.
    """
    try:
        identity = UUID(article_id)
    except ValueError as error:
        raise WrongUse(f"{article_id}: no such file, and not an article's id.") from error
    from tasks.query import open_news  # with DuckDB, which a file can be explained without

    with open_news(warehouse.news) as news:
        fields = news.execute(
            "SELECT title, outlet, outlet_domain, authors, published_at, language, confidence, encoding, raw_path "
            "FROM articles WHERE article_id = $id",
            {"id": identity},
        )
        names = [column[0] for column in fields.description or ()]
        article = fields.fetchone()
        lines = news.execute(
            "SELECT fate, kept, rule, text FROM lines WHERE article_id = $id "
            "AND version = (SELECT max(version) FROM lines WHERE article_id = $id) ORDER BY line",
            {"id": identity},
        ).fetchall()
    if not lines:
        raise WrongUse(f"{article_id}: no such article in {warehouse.news}.")
    _print_pairs(zip(names, article or (), strict=False), console)
    _print_lines((((fate, kept, rule), text) for fate, kept, rule, text in lines), console)


def _print_fields(cleaned: Cleaned, encoding: str, console: Console) -> None:
    fields = cleaned.fields
    pairs = {
        "title": fields.title,
        "deck": fields.deck,
        "authors": ", ".join(fields.authors),
        "agency": fields.agency,
        "dateline": fields.dateline,
        "published": fields.published and f"{fields.published.at.isoformat()} ({fields.published.precision})",
        "outlet": fields.outlet
        and f"{fields.outlet.name or '?'} · {fields.outlet.domain or '?'} (from the {fields.outlet.source})",
        "language": cleaned.language,
        "words": cleaned.word_count,
        "confidence": round(cleaned.confidence, 2),
        "encoding": encoding,
    }
    _print_pairs(pairs.items(), console)


def _print_pairs(pairs: Iterable[tuple[str, object]], console: Console) -> None:
    grid = Table.grid(padding=(0, 2))
    for name, value in pairs:
        if value not in (None, "", []):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            grid.add_row(Text(name, "bold"), Text(visible(shown)))
    console.print(grid)
    console.print()


def _print_lines(lines: Iterable[tuple[tuple[str, bool, str], str]], console: Console) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    kept_chars = cut_chars = 0
    for number, ((fate, kept, rule), text) in enumerate(lines):
        if kept:
            kept_chars += len(text)
        else:
            cut_chars += len(text)
        if fate == "blank":
            continue
        style = ("" if fate in {"body", "subhead"} else _FIELD) if kept else _CUT
        label = f"{'  ' if kept else '✂ '}{fate}" if rule in {fate, ""} else f"{'  ' if kept else '✂ '}{fate}: {rule}"
        grid.add_row(str(number), Text(label, "dim" if kept else "red"), Text(visible(text.strip()), style))
    console.print(grid)
    console.print()
    console.print(f"Kept {counted(kept_chars, 'character')}, cut {cut_chars:,}.", style="dim", highlight=False)
