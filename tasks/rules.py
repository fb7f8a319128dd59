"""The rules folder, read."""

from pathlib import Path

from newsmill.rules import Rules
from tasks.layout import PROJECT


def load_rules(folder: Path = PROJECT / "rules") -> Rules:
    """Read and compile every rule file of a folder.

    Raises:
        newsmill.rules.RuleError: a file has a mistake; the message names the file and the rule.
    """
    return Rules.parse(
        {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}
    )
