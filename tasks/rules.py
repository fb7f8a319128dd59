"""The rules folder, read."""

from pathlib import Path

from newsmill.rules import Rules
from newsmill.rules.kinds import RuleError
from tasks.failures import WrongUse
from tasks.layout import PROJECT


def load_rules(folder: Path = PROJECT / "rules") -> Rules:
    """Read and compile every rule file of a folder, and the classifier that stands in it.

    Raises:
        WrongUse: a file has a mistake; the message names the file and the rule.
    """
    try:
        return Rules.parse(read_rule_files(folder), _read(folder / "classifier", "*.*"))
    except RuleError as error:
        raise WrongUse(f"{folder.name}/{error}") from error


def read_rule_files(folder: Path = PROJECT / "rules") -> dict[str, str]:
    """Read the rule files of a folder, by name."""
    return _read(folder, "*.toml")


def _read(folder: Path, pattern: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob(pattern))}
