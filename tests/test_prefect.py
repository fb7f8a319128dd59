"""A run that starts and ends on its own, and the deployment for a server that others run."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from flows.commands import up
from flows.ingest import ingest
from flows.schedule import DEPLOYMENT, ONE_AT_A_TIME
from flows.up import parse_interval
from tasks.layout import PROJECT
from tasks.server import Server
from tests.corpus import article, write_corpus
from tests.mill import mill
from tests.standing import Command, all_gone, ctrl_c, newsmill, offspring, until

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's state, where no server stands."""
    return tmp_path_factory.mktemp("prefect")


def in_mid_run(home: Path, raw: Path, warehouse: Path, articles: int) -> tuple[Command, list[psutil.Process]]:
    """Start an ingest and give it, and the processes that it has started, when its workers are at work."""
    write_corpus(raw, articles)
    run = newsmill(home, "ingest", raw, "--warehouse", warehouse)
    until(lambda: run.poll() is not None or list(warehouse.glob(".staging/*/shard-0000/*")))
    assert run.poll() is None, run.communicate()
    return run, offspring(run)


def test_an_ingest_with_no_server_prints_its_table_and_leaves_nobody_behind(
    home: Path, raw: Path, warehouse: Path
) -> None:
    (raw / "1.txt").write_text(article(1))
    run = newsmill(home, "ingest", raw, "--warehouse", warehouse)
    started = until(lambda: offspring(run))
    output, errors = run.communicate()
    assert (run.returncode, errors) == (0, "")
    assert "1 │ loaded: articles loaded for the first time" in output
    assert all_gone(started)


@pytest.mark.parametrize(
    ("stop", "code"),
    [(ctrl_c, 5), (Command.terminate, 5), (Command.kill, -signal.SIGKILL)],
    ids=["ctrl-c", "sigterm", "kill"],
)
def test_a_stopped_ingest_ends_in_one_line_and_the_next_run_goes_on_from_there(
    home: Path, raw: Path, warehouse: Path, stop: Any, code: int
) -> None:
    run, started = in_mid_run(home, raw, warehouse, 1500)
    stop(run)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == code
    if code == 5:
        assert errors == "newsmill: interrupted; what was committed stands, and the next run goes on from there.\n"
    assert all_gone(started)
    assert mill(raw, warehouse).loaded == 1500
    assert not list((warehouse / ".staging").iterdir())


@pytest.mark.parametrize(
    ("phase", "stop"),
    [
        (".lock", ctrl_c),  # the server and Prefect are starting
        (".staging/*/batch", Command.terminate),
        (".staging/*/batch/lines.parquet", ctrl_c),
        (".staging/*/news.duckdb", Command.terminate),
        (".staging/*/news.duckdb", ctrl_c),
    ],
    ids=["starting", "learning", "load", "publish", "publish by ctrl-c"],
)
def test_an_ingest_that_is_stopped_in_any_phase_ends_in_one_line_and_the_next_run_has_it_all(
    home: Path, raw: Path, warehouse: Path, ask: Callable[[str], object], phase: str, stop: Any
) -> None:
    write_corpus(raw, 2500)
    run = newsmill(home, "ingest", raw, "--warehouse", warehouse)
    until(lambda: run.poll() is not None or list(warehouse.glob(phase)))
    assert run.poll() is None, run.communicate()
    started = offspring(run)
    stop(run)
    _, errors = run.communicate(timeout=60)
    assert errors == "newsmill: interrupted; what was committed stands, and the next run goes on from there.\n"
    assert run.returncode == 5
    assert all_gone(started)
    mill(raw, warehouse)
    assert ask("SELECT count(*) FROM articles") == [(2500,)]
    assert ask("SELECT count(*) FROM article_versions") == [(2500,)]


def test_a_server_that_is_killed_in_mid_run_does_not_take_the_run_with_it(
    home: Path, raw: Path, warehouse: Path
) -> None:
    run, started = in_mid_run(home, raw, warehouse, 1500)
    [server] = [process for process in started if "tasks.serve" in process.cmdline()]
    server.kill()
    output, errors = run.communicate()
    assert (run.returncode, errors) == (0, "")
    assert "1,500 │ loaded" in output
    with sqlite3.connect(home / "prefect.db") as record:
        last = record.execute("SELECT state_type FROM flow_run ORDER BY created DESC LIMIT 1").fetchone()
    assert last == ("COMPLETED",)


def test_a_full_disk_is_one_line_and_a_traceback_with_debug(home: Path, raw: Path, warehouse: Path) -> None:
    (raw / "1.txt").write_text(article(1))
    fault = {"NEWSMILL_TESTING": "1", "NEWSMILL_FAILPOINT": "mid-load:1:enospc"}
    for options, lines in ((), True), (("--debug",), False):
        run = newsmill(home, *options, "ingest", raw, "--warehouse", warehouse, **fault)
        _, errors = run.communicate()
        assert run.returncode == 4 if lines else "Traceback" in errors
        assert (errors.count("\n") == 1) is lines
        assert "No space left on device" in errors


def test_a_broken_rule_file_is_one_line_and_exit_code_2(home: Path, raw: Path, warehouse: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for part in ("flows", "tasks", "newsmill", "sql", "rules"):
        shutil.copytree(PROJECT / part, project / part)
    (project / "rules" / "ads.toml").write_text("[[cut]")
    run = newsmill(home, "ingest", raw, "--warehouse", warehouse, PYTHONPATH=str(project))
    _, errors = run.communicate()
    assert run.returncode == 2
    assert errors.startswith("newsmill: rules/ads.toml: ")
    assert errors.count("\n") == 1


def test_prefect_deploys_from_prefect_yaml_what_up_schedules(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(home))
    with Server(0, standing=False) as server:
        server.wait_until_ready()
        monkeypatch.setenv("PREFECT_API_URL", server.url)
        for command in (
            ("work-pool", "create", "newsmill", "--type", "process"),
            ("--no-prompt", "deploy", "--all"),
        ):
            subprocess.run([sys.executable, "-m", "prefect", *command], cwd=PROJECT, capture_output=True, check=True)
        answer = httpx.get(f"{server.url}/deployments/name/{ingest.name}/{DEPLOYMENT}", trust_env=False, timeout=60)
    deployed = answer.raise_for_status().json()
    [schedule] = deployed["schedules"]
    [every] = [option.default for option in signature(up).parameters.values() if option.name == "every"]
    assert schedule["schedule"]["interval"] == parse_interval(every)
    assert deployed["entrypoint"] == "flows/ingest.py:ingest"
    assert deployed["global_concurrency_limit"]["limit"] == ONE_AT_A_TIME.limit
    assert deployed["concurrency_options"]["collision_strategy"] == ONE_AT_A_TIME.collision_strategy.value
    assert deployed["parameters"] == {"raw": "raw", "warehouse": "warehouse"}
    assert deployed["work_pool_name"] == "newsmill"
