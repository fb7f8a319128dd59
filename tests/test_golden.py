"""Golden articles: what an editor would keep of a raw article, and what must go.

``golden/<case>/expected.toml`` names its source, ``golden/known_failures/`` holds cases that the code does
not get right yet, and ``golden/negative/`` clean articles, a title and its body, that must not change.
"""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from newsmill.clean import clean
from newsmill.cleaned import Cleaned
from newsmill.decode import decode
from newsmill.outlet import Hints
from newsmill.rejection import Rejected
from newsmill.rules import Rules
from tasks.layout import PROJECT

GOLDEN = Path(__file__).parent / "golden"
RAW = PROJECT / "raw"
KNOWN_FAILURES = GOLDEN / "known_failures"
FIELDS = ("title", "deck", "authors", "outlet_domain", "agency", "dateline")


def _cases() -> list[Any]:
    """Every case; one of known_failures must fail, so that progress is noticed."""
    cases = []
    for file in sorted(GOLDEN.rglob("expected.toml")):
        expected = tomllib.loads(file.read_text(encoding="utf-8"))
        marks = [pytest.mark.xfail(strict=True)] if KNOWN_FAILURES in file.parents else []
        cases.append(pytest.param(file.parent, expected, id=file.parent.name, marks=marks))
    return cases


def _clean(source: Path, rules: Rules) -> Cleaned | Rejected:
    decoded = decode(source.read_bytes())
    if isinstance(decoded, Rejected):
        return decoded
    raw_path = source.relative_to(RAW).as_posix() if RAW in source.parents else source.name
    return clean(decoded.text, rules, Hints(raw_path=raw_path))


@pytest.mark.parametrize(("case", "expected"), _cases())
def test_an_article_comes_out_as_an_editor_would_leave_it(case: Path, expected: dict[str, Any], rules: Rules) -> None:
    source = PROJECT / expected["source"] if "source" in expected else case / "source.txt"
    cleaned = _clean(source, rules)
    if isinstance(cleaned, Rejected):
        assert cleaned.code == expected.get("rejected")
        return
    assert cleaned.body.split("\n\n") == expected["body"]
    verdicts = {line.text: verdict for line, verdict in zip(cleaned.lines, cleaned.verdicts, strict=True)}
    assert [text for text in expected["cut"] if verdicts[text].kept] == []
    found = {name: getattr(cleaned.fields, name) for name in FIELDS}
    assert found == {name: expected.get(name) for name in FIELDS}
    published = cleaned.fields.published_at
    assert _as_written(published, expected.get("published")) == expected.get("published")


def _as_written(found: datetime | None, expected: date | datetime | None) -> date | datetime | None:
    """Give what was found as exactly as the source is: a day for a day, a local time for a local time."""
    if found is None or isinstance(expected, datetime):
        return found and found.replace(tzinfo=None)
    return found.date()


@pytest.mark.parametrize("source", [pytest.param(file, id=file.stem) for file in sorted(GOLDEN.glob("negative/*.txt"))])
def test_cleaning_a_clean_article_changes_nothing(source: Path, rules: Rules) -> None:
    title, *body = [line for line in source.read_text(encoding="utf-8").splitlines() if line]
    cleaned = _clean(source, rules)
    assert isinstance(cleaned, Cleaned)
    assert [line.text for line, verdict in zip(cleaned.lines, cleaned.verdicts, strict=True) if not verdict.kept] == []
    assert (cleaned.fields.title, cleaned.body.split("\n\n")) == (title, body)


def test_every_sample_is_a_golden_case() -> None:
    sources = {case.values[1].get("source") for case in _cases()}
    samples = {str(file.relative_to(PROJECT)) for file in RAW.glob("sample/**/*.txt")}
    assert samples <= sources
