"""``newsmill up``: a server with its UI, a schedule, and what executes it, in one command."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page, sync_playwright

from flows.up import parse_interval
from tasks.failures import WrongUse
from tasks.layout import PROJECT
from tests.corpus import write_corpus
from tests.standing import Up, all_gone, ctrl_c, free_port, newsmill, offspring, until

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)
_HOLD = """
import sys
from pathlib import Path
from tasks.layout import Warehouse
from tasks.lock import held
with held(Warehouse(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("up"), every="10s") as started:
        yield started


@pytest.fixture(scope="module")
def loaded(up: Up) -> dict[str, Any]:
    """A scheduled run that loaded what was dropped into RAW while ``up`` was at work."""
    until(lambda: up.runs("Completed"))
    shutil.copytree(PROJECT / "raw" / "sample", up.raw.with_name("sample"))
    up.raw.with_name("sample").rename(up.raw / "sample")
    return until(lambda: [run for run in up.runs("Completed") if not run["state"]["message"].startswith("Loaded 0 ")])[
        0
    ]


@pytest.mark.prefect
def test_up_begins_a_run_at_once_and_has_others_scheduled(up: Up) -> None:
    [first] = until(lambda: [run for run in up.runs("Completed") if not run["auto_scheduled"]])
    assert first["deployment_id"]
    deployment = up.get("/deployments/name/ingest/ingest")
    assert deployment["parameters"] == {"raw": str(up.raw), "warehouse": str(up.warehouse)}
    assert [schedule["schedule"]["interval"] for schedule in deployment["schedules"]] == [10.0]
    assert all(run["auto_scheduled"] for run in until(lambda: up.runs("Scheduled")))


@pytest.mark.prefect
def test_the_server_is_quiet_and_does_not_grow_for_ever(up: Up) -> None:
    server = up.get("/admin/settings")["server"]
    assert not server["analytics_enabled"]
    assert not server["ui"]["show_promotional_content"]
    assert set(server["services"]["db_vacuum"]["enabled"]) == {"events", "flow_runs"}


@pytest.mark.prefect
def test_what_is_dropped_into_raw_is_loaded_by_the_next_scheduled_run(up: Up, loaded: dict[str, Any]) -> None:
    assert loaded["auto_scheduled"]
    with duckdb.connect(up.warehouse / "news.duckdb", read_only=True) as news:
        [(articles,)] = news.execute("SELECT count(*) FROM articles").fetchall()
    assert loaded["state"]["message"].startswith(f"Loaded {articles} articles")
    [summary] = up.find("artifacts", flow_run_id={"any_": [loaded["id"]]}, key={"any_": ["ingest-summary"]})
    assert summary["description"] == loaded["state"]["message"]
    assert f"| {articles} | loaded |" in summary["data"]


def at_rest(page: Page) -> bytes | None:
    """Take a picture of a page if it looks as it did half a second ago."""
    before = page.screenshot()
    page.wait_for_timeout(500)
    return before if page.screenshot() == before else None


@pytest.mark.prefect
@pytest.mark.browser
def test_the_ui_shows_the_run_its_last_word_and_its_summary_and_asks_nobody_else(
    up: Up, loaded: dict[str, Any], tmp_path: Path
) -> None:
    """NEWSMILL_SCREENSHOT=docs/images/run-in-ui.png names where the picture goes."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"there is no {CHROMIUM}")
    picture = Path(os.environ.get("NEWSMILL_SCREENSHOT", tmp_path / "run-in-ui.png"))
    asked = set()
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.on("requestfinished", lambda request: asked.add(request.url.split("/")[2]))
        page.set_default_timeout(120_000)
        page.goto(f"{up.address}/v2/runs/flow-run/{loaded['id']}")
        page.get_by_text("Completed", exact=True).first.wait_for()
        page.get_by_role("tab", name="Details").click()
        page.get_by_text(loaded["state"]["message"]).first.wait_for()
        page.get_by_role("tab", name="Artifacts").click()
        page.get_by_role("link", name="ingest-summary").wait_for()
        picture.write_bytes(until(lambda: at_rest(page)))
        [summary] = up.find("artifacts", flow_run_id={"any_": [loaded["id"]]}, type={"any_": ["markdown"]})
        page.goto(f"{up.address}/v2/artifacts/artifact/{summary['id']}")
        page.get_by_role("cell", name="loaded", exact=True).wait_for()
    assert asked == {f"127.0.0.1:{up.port}"}


@pytest.mark.prefect
def test_ingest_uses_the_server_of_up_and_too_many_rejects_name_the_run(up: Up, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "empty.txt").touch()
    run = newsmill(up.home, "ingest", tmp_path / "raw", "--warehouse", tmp_path / "warehouse")
    _, errors = run.communicate()
    assert run.returncode == 1, errors
    assert errors.count("\n") == 1
    assert "In quarantine: 1 of 1 record, over the allowed 20%" in errors
    [seen] = up.runs("CompletedWithRejects")
    assert seen["parameters"]["warehouse"] == str(tmp_path / "warehouse")
    assert seen["state"]["message"] == "Loaded 0 articles; 1 quarantined."


@pytest.mark.prefect
def test_a_run_that_finds_the_warehouse_held_is_skipped_in_one_line(up: Up) -> None:
    hold = [sys.executable, "-c", _HOLD, str(up.warehouse)]
    until(lambda: up.run_process() is None)
    with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        message = until(lambda: up.runs("Skipped"))[0]["state"]["message"]
        holder.kill()
    assert message.startswith(f"{up.warehouse}: another run holds this warehouse (process {holder.pid})")
    assert "\n" not in message


@pytest.mark.prefect
def test_a_run_that_fails_says_why_in_one_line(up: Up) -> None:
    up.raw.rename(up.raw.with_name("away"))
    message = until(lambda: up.runs("Failed"))[0]["state"]["message"]
    up.raw.with_name("away").rename(up.raw)
    assert message == f"{up.raw}: no such folder; name the folder that holds your raw articles."


@pytest.mark.prefect
def test_a_killed_run_has_crashed_and_a_killed_server_comes_back_for_the_next_one(up: Up) -> None:
    def kill_and_look() -> list[dict[str, Any]]:
        if process := up.run_process():
            process.kill()  # one that has said its last word already has not crashed
        return up.runs("Crashed")

    [crashed] = until(kill_and_look)
    [server] = [process for process in offspring(up.process) if "tasks.serve" in process.cmdline()]
    server.kill()
    until(lambda: [run for run in up.runs("Completed") if run["start_time"] > crashed["end_time"]])


@pytest.mark.prefect
def test_a_second_up_says_so_in_one_line(up: Up, tmp_path: Path) -> None:
    for home, port, why in (
        (up.home, free_port(), up.address),
        (tmp_path, up.port, f"Port {up.port} is taken"),
    ):
        second = newsmill(home, "up", "--raw", up.raw, "--port", str(port))
        _, errors = second.communicate()
        assert second.returncode == 2
        assert errors.count("\n") == 1
        assert why in errors


@pytest.mark.prefect
def test_ctrl_c_ends_the_server_and_the_run_at_work_and_frees_the_port(up: Up) -> None:
    until(up.run_process)
    started = offspring(up.process)
    ctrl_c(up.process)
    output, errors = up.process.communicate(timeout=60)
    assert (up.process.returncode, errors) == (0, "")
    assert up.address in output
    assert "Completed: Loaded 0 articles." in output
    assert all_gone(started)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", up.port))


@pytest.mark.prefect
def test_after_a_kill_nobody_is_left_and_the_next_up_puts_the_record_right(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    write_corpus(tmp_path / "raw", 300)
    with Up(tmp_path, every="10s") as killed:
        [lost] = until(lambda: killed.runs("Running"))
        started = offspring(killed.process)
        killed.process.kill()
        assert all_gone(started)
    with Up(tmp_path, every="1d") as after:
        [crashed] = until(lambda: after.runs("Crashed"))
        assert (crashed["id"], crashed["state"]["message"][:20]) == (lost["id"], "Its process is gone;")
        [done] = until(lambda: after.runs("Completed"))
        assert done["state"]["message"].startswith("Loaded 300 articles")
        assert not after.runs("Cancelled")  # what fell due in between does not begin now
        started = offspring(after.process)
        after.process.send_signal(signal.SIGTERM)
        assert after.process.wait(timeout=60) == 0
        assert all_gone(started)


@pytest.mark.parametrize("every", ["", "0s", "15", "m", "-5m", "1.5h", "15 m", "1w"])
def test_a_time_that_is_none_is_refused(every: str) -> None:
    with pytest.raises(WrongUse, match="as in 30s, 15m, 2h or 1d"):
        parse_interval(every)
