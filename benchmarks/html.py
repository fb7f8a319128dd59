"""Pages per CPU second of ``newsmill.html`` against other extractors, interleaved page by page.

    python -m benchmarks.html FOLDER    # of .html or .html.gz files

Each takes a page as text and gives its body and its metadata. trafilatura, resiliparse and newspaper4k are no
dependencies: those that are not installed are named and left out. resiliparse gives no metadata.
"""

import gzip
import importlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newsmill.decode import Decoded, decode
from newsmill.html.extract import extract
from tasks.rules import load_rules

ROUNDS = 3
Extractor = Callable[[str], object]


def newsmill() -> Extractor:
    """Body, every block's fate, and all fields."""
    rules = load_rules()
    return lambda markup: extract(markup, words=rules.vocabulary, agencies=rules.agencies)


def trafilatura() -> Extractor:
    """``bare_extraction`` as it comes, with metadata."""
    bare_extraction = importlib.import_module("trafilatura").bare_extraction
    return lambda markup: bare_extraction(markup, with_metadata=True)


def resiliparse() -> Extractor:
    """The plain text of the main content."""
    plain_text = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda markup: plain_text(markup, main_content=True)


def newspaper4k() -> Extractor:
    """An article, parsed from markup that is there already."""
    article = importlib.import_module("newspaper").Article

    def run(markup: str) -> object:
        parsed = article(url="https://courier.example/", fetch_images=False)
        parsed.download(input_html=markup)
        return parsed.parse()

    return run


EXTRACTORS: dict[str, Callable[[], Extractor]] = {
    "newsmill": newsmill,
    "trafilatura": trafilatura,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper4k,
}


def main(arguments: Sequence[str]) -> int:
    """Measure every extractor that is installed on the pages of a folder, and print the table."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m benchmarks.html FOLDER\n")
        return 2
    pages = [page for path in sorted(Path(arguments[0]).iterdir()) if (page := _read(path)) is not None]
    ready: dict[str, Extractor] = {}
    console = Console()
    for name, make in EXTRACTORS.items():
        try:
            ready[name] = make()
        except ImportError:
            console.print(f"{name} is not installed: left out")
    seconds = dict.fromkeys(ready, 0.0)
    failed = dict.fromkeys(ready, 0)
    for _ in range(ROUNDS):
        for page in pages:
            for name, run in ready.items():
                start = time.process_time()
                try:
                    run(page)
                except Exception:  # a peer's failure is counted, not named
                    failed[name] += 1
                seconds[name] += time.process_time() - start
    table = Table(title=f"{len(pages)} pages, {ROUNDS} rounds")
    for column in ("extractor", "pages a CPU second", "ms a page", "speed, trafilatura = 1", "failed"):
        table.add_column(column, justify="left" if column == "extractor" else "right")
    for name, spent in seconds.items():
        each = spent / (len(pages) * ROUNDS)
        ratio = f"{seconds['trafilatura'] / spent:.2f}" if "trafilatura" in seconds else "–"
        table.add_row(name, f"{1 / each:.0f}", f"{1000 * each:.2f}", ratio, str(failed[name]))
    console.print(table)
    return 0


def _read(path: Path) -> str | None:
    if not path.name.endswith((".html", ".html.gz")):
        return None
    data = path.read_bytes()
    decoded = decode(gzip.decompress(data) if path.suffix == ".gz" else data)
    return decoded.text if isinstance(decoded, Decoded) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
