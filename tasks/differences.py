"""What a reclean changes, for the terminal: how much, and the largest differences line by line."""

from difflib import unified_diff

from rich.console import Console
from rich.text import Text

from newsmill.wording import counted
from tasks.reclean import Change, Outcome
from tasks.terminal import visible

_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_LINES_AROUND = 1


def show(outcome: Outcome, console: Console, *, is_dry: bool) -> None:
    """Print what today's rules and memory change; the differences themselves where nothing was changed yet."""
    if is_dry:
        for change in outcome.largest:
            _show_change(change, console)
    counts = outcome.counts
    verb = "would change" if is_dry else "changed"
    console.print(
        f"{counted(outcome.bodies, 'body', 'bodies')} and {counted(outcome.titles, 'title')} {verb}: "
        f"{counted(outcome.words_cut, 'word')} cut, {outcome.words_restored:,} restored. "
        f"{counts.cleaned:,} of {counted(counts.discovered, 'record')} cleaned anew.",
        highlight=False,
    )


def _show_change(change: Change, console: Console) -> None:
    console.print(Text(visible(f"{change.raw_path} · {change.outlet_domain or '?'}"), "bold"))
    for line in unified_diff(
        _lines(change.title_before, change.body_before),
        _lines(change.title_after, change.body_after),
        n=_LINES_AROUND,
        lineterm="",
    ):
        if not line.startswith(("---", "+++")):
            console.print(Text(visible(line), _STYLES.get(line[:1], "")), soft_wrap=True)
    console.print()


def _lines(title: str | None, body: str) -> list[str]:
    return [title or "", *body.split("\n\n")]
