from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from newsmill.rules import Rules
from tasks.rules import load_rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture
def ask(warehouse: Path) -> Callable[[str], list[tuple[object, ...]]]:
    """Query news.duckdb as it is published at that moment."""

    def query(sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(warehouse / "news.duckdb", read_only=True) as news:
            news.execute("SET TimeZone = 'UTC'")
            return news.execute(sql).fetchall()

    return query
