"""What the pages show of a shell is what the commands print. To write them anew: ``make docs``."""

import pytest

from tasks.layout import PROJECT
from tests.sessions import PAGES, masked, replayed


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.prefect if name == "README.md" else ()) for name in PAGES]
)
def test_every_command_prints_what_its_page_shows(name: str) -> None:
    page = (PROJECT / name).read_text(encoding="utf-8")
    assert "```console\n$ " in page
    assert masked(replayed(page)).splitlines() == masked(page).splitlines()
