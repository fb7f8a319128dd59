"""Containers through the whole mill: every record is accounted for, once, whatever it stands in."""

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import tasks.cleaning
import tasks.raw_file
from newsmill.clean import clean_source
from newsmill.cleaned import Cleaned
from newsmill.readers import PACKINGS, READERS
from newsmill.record import Source
from newsmill.rejection import Rejected, over_limit
from newsmill.rules import Rules
from tasks.counter import COUNTER_BYTES
from tasks.layout import Warehouse
from tasks.publish import rebuild_news
from tasks.rules import load_rules
from tasks.staged import Job
from tasks.workers import Workers
from tests.containers import MAKERS, PACKERS, Made, http, jsonl, made, table, warc, warc_record
from tests.mill import mill
from tests.test_ingest import balanced

Ask = Callable[[str], list[tuple[object, ...]]]


def chunked(page: bytes) -> bytes:
    half = len(page) // 2
    parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (page[:half], page[half:], b""))
    return http(parts, "200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")


def crawl(count: int) -> Iterator[tuple[str, bytes]]:
    """The responses of a crawl, each with what should become of it: its own gzip member, a request before it."""
    for number, article in enumerate(made(count, paragraphs=3)):
        page = article.page.encode()
        kind, block, fields = "loaded", http(page), ()
        match number % 20:
            case 3:
                kind, block = "http_status", http(b"<h1>Not found</h1>", "404 Not Found")
            case 7:
                kind, block = "not_html", http(b"\xff\xd8\xff" + os.urandom(300), "200 OK", "Content-Type: image/jpeg")
            case 11:
                block = chunked(page)
            case 15:
                kind, fields = "truncated", ("WARC-Truncated: disconnect",)
            case 19:
                block = http(gzip.compress(page), "200 OK", "Content-Type: text/html", "Content-Encoding: gzip")
        request = warc_record(b"GET / HTTP/1.1\r\n\r\n", "request", article.url)
        yield kind, gzip.compress(request) + gzip.compress(warc_record(block, "response", article.url, *fields))


def test_a_web_archive_of_2000_responses_is_accounted_for(raw: Path, warehouse: Path, ask: Ask) -> None:
    responses = list(crawl(2_000))
    path = raw / "CC-NEWS-20250304050607-00001.warc.gz"
    path.write_bytes(gzip.compress(warc_record(b"isPartOf: CC-NEWS", "warcinfo")) + b"".join(r for _, r in responses))
    run = mill(raw, warehouse)
    expected = Counter(kind for kind, _ in responses)
    no_pages = {code: expected.pop(code) for code in ("http_status", "not_html")}
    assert (run.discovered, run.skipped, run.loaded) == (1_800, 200, expected.pop("loaded"))
    assert balanced(run)
    assert dict(ask("SELECT code, count(*) FROM quarantine GROUP BY code")) == expected
    assert dict(ask("SELECT code, count(*) FROM skipped GROUP BY code")) == no_pages
    assert ask("SELECT DISTINCT raw_format, outlet_domain FROM articles") == [("warc", "courier.example")]
    assert ask("SELECT count(DISTINCT article_id), count(DISTINCT url) FROM articles") == [(run.loaded, run.loaded)]
    again = mill(raw, warehouse)
    assert (again.cleaned, again.loaded, again.discovered, again.skipped) == (0, 0, 1_800, 200)

    with path.open("ab") as file:
        for _, response in list(crawl(2_003))[2_000:]:
            file.write(response)
    more = mill(raw, warehouse)
    assert (more.discovered, more.loaded, more.unchanged) == (1_803, 3, run.loaded)
    assert (more.new_versions, more.duplicates) == (0, 0)

    cut = path.stat().st_size - 300
    os.truncate(path, cut)
    last = mill(raw, warehouse)
    assert (last.discovered, last.unchanged, last.quarantined) == (1_803, run.loaded + 2, run.quarantined + 1)
    [(message,)] = ask("SELECT message FROM quarantine ORDER BY record DESC LIMIT 1")
    assert f"ends at byte {cut:,}" in str(message)


def test_what_a_crawl_holds_beside_pages_is_on_record_and_no_failure_of_the_run(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    def met(place: str, block: bytes, *fields: str) -> bytes:
        return warc_record(block, "response", f"https://courier.example/{place}", *fields)

    image = http(b"\xff\xd8\xff", "200 OK", "Content-Type: image/jpeg")
    (raw / "crawl.warc").write_bytes(
        warc(made(2))
        + met("robots.txt", http(b"User-agent: *", "200 OK", "Content-Type: text/plain"))
        + met("style.css", http(b"p { color: red }", "200 OK", "Content-Type: text/css"))
        + met("gone", http(b"<p>Gone.</p>", "404 Not Found"))
        + met("old", http(b"", "301 Moved Permanently", "Location: /new"))
        + met("cut.jpg", image, "WARC-Truncated: disconnect")
        + met("film.mp4", http(bytes(17 * 2**20), "200 OK", "Content-Type: video/mp4"))
        + warc_record(b"\x89PNG", "resource", "https://courier.example/a.png")
        + met("cut", http(made(1)[0].page.encode()), "WARC-Truncated: time")
        + met("long", http(b"<p>" + b"word " * (4 * 2**20)))
    )
    run = mill(raw, warehouse)
    assert (run.discovered, run.loaded, run.quarantined, run.skipped) == (4, 2, 2, 7)
    assert balanced(run)
    assert ask("SELECT code FROM quarantine ORDER BY record") == [("truncated",), ("too_large",)]
    assert ask("SELECT code, count(*) FROM skipped GROUP BY code ORDER BY code") == [
        ("http_status", 2),
        ("not_html", 5),
    ]
    (raw / "crawl.warc").write_bytes(warc(made(2)) + met("style.css", http(b"", "200 OK", "Content-Type: text/css")))
    run = mill(raw, warehouse)
    assert (run.discovered, run.unchanged, run.quarantined, run.skipped) == (2, 2, 0, 1)
    assert not over_limit(run.quarantined, run.discovered, 0.0)
    before = ask("FROM skipped")
    for name in ("news.duckdb", "state.duckdb"):
        (warehouse / name).unlink()
    rebuild_news(Warehouse(warehouse))
    again = mill(raw, warehouse)
    assert (again.discovered, again.unchanged, again.skipped) == (2, 2, 1)
    assert [row[:-1] for row in ask("FROM skipped")] == [row[:-1] for row in before]


def test_a_warehouse_of_before_anything_was_skipped_goes_on(raw: Path, warehouse: Path, ask: Ask) -> None:
    (raw / "a.warc").write_bytes(warc(made(2)))
    mill(raw, warehouse)
    for name in ("state", "news"):
        with duckdb.connect(warehouse / f"{name}.duckdb") as db:
            db.execute("ALTER TABLE runs DROP COLUMN skipped")
            db.execute("DROP TABLE skipped")
    with duckdb.connect(warehouse / "state.duckdb") as db:
        db.execute("ALTER TABLE files DROP COLUMN skipped")
        db.execute(f"COPY runs TO '{warehouse}/runs.parquet'")
    run = mill(raw, warehouse)
    assert (run.discovered, run.unchanged, run.skipped) == (2, 2, 0)
    assert ask("SELECT skipped FROM runs") == [(0,), (0,)]


def every_format(raw: Path) -> list[Made]:
    """Write a file of every format and packing, each with articles of its own; one article where a file has one."""
    articles, first = [], 0
    for packing in ("", *PACKINGS):
        for suffix in READERS:
            count = 1 if READERS[suffix].max_bytes is not None else 2
            mine = made(count, first, paragraphs=3)
            data = MAKERS[suffix](mine)
            name = f"{first}{suffix or ('.txt' if packing else '')}{packing}"
            (raw / name).write_bytes(PACKERS[packing](data) if packing else data)
            articles += mine
            first += count
    return articles


def test_a_folder_of_all_formats_is_ingested_in_one_run_and_a_second_does_nothing(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    articles = every_format(raw)
    run = mill(raw, warehouse)
    assert ask("SELECT raw_path, code, message FROM quarantine") == []
    assert (run.discovered, run.loaded) == (len(articles), len(articles))
    assert {title for (title,) in ask("SELECT title FROM articles")} == {article.title for article in articles}
    for article in articles:
        number = int(article.url.rpartition("/")[2])
        assert ask(f"SELECT count(*) FROM articles WHERE body LIKE '%café № {number}, said%'") == [(1,)]  # noqa: S608
    assert {name for (name,) in ask("SELECT DISTINCT raw_format FROM articles")} == {r.format for r in READERS.values()}
    files = sorted(warehouse.rglob("*.parquet"))
    again = mill(raw, warehouse)
    assert (again.cleaned, again.unchanged, again.loaded) == (0, len(articles), 0)
    assert sorted(warehouse.rglob("*.parquet")) == files


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".parquet", ".rss", ".zip", ".jsonl.gz"])
def test_adding_records_to_a_container_loads_only_those(raw: Path, warehouse: Path, suffix: str) -> None:
    def write(count: int) -> None:
        data = MAKERS[f".{suffix.split('.')[1]}"](made(count))
        (raw / f"a{suffix}").write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)

    write(4)
    assert mill(raw, warehouse).loaded == 4
    write(6)
    run = mill(raw, warehouse)
    assert (run.loaded, run.unchanged, run.new_versions, run.duplicates) == (2, 4, 0, 0)


def test_the_same_address_is_the_same_article_wherever_it_stands(raw: Path, warehouse: Path, ask: Ask) -> None:
    one, two = made(2)
    rows = [
        one.row,
        two.row | {"link": f"{one.url}?utm_source=feed#top"},
        one.row | {"link": one.url.replace("https:", "HTTP:") + "?fbclid=1"},
        one.row | {"link": f"{one.url}?id=7"},
    ]
    (raw / "b.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run = mill(raw, warehouse)
    # The second has new content, the third goes back to the first; the last is an address of its own.
    assert (run.discovered, run.loaded, run.new_versions, run.duplicates) == (4, 1, 2, 1)
    assert ask("SELECT version, record, url FROM article_versions ORDER BY version") == [
        (1, 0, one.url),
        (2, 1, one.url),
        (3, 2, one.url.replace("https:", "http:")),
    ]
    (raw / "a.jsonl").write_text(json.dumps(one.row), encoding="utf-8")
    again = mill(raw, warehouse)
    assert (again.unchanged, again.duplicates, again.loaded, again.new_versions) == (3, 2, 0, 0)
    assert mill(raw, warehouse).cleaned == 0


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".warc"])
def test_articles_with_an_address_may_move_in_their_file(raw: Path, warehouse: Path, ask: Ask, suffix: str) -> None:
    path = raw / f"a{suffix}"
    articles = made(8)
    path.write_bytes(MAKERS[suffix]([*articles[3:], articles[7]]))
    run = mill(raw, warehouse)
    assert (run.loaded, run.duplicates) == (5, 1)
    path.write_bytes(MAKERS[suffix]([*articles[1:], articles[7]]))
    run = mill(raw, warehouse)
    assert (run.loaded, run.unchanged, run.duplicates, run.new_versions) == (2, 5, 1, 0)
    changed = articles[4]._replace(body=articles[4].body.replace("votes", "ballots"))
    path.write_bytes(MAKERS[suffix]([articles[0], changed, articles[5]]))
    run = mill(raw, warehouse)
    assert (run.loaded, run.unchanged, run.duplicates, run.new_versions) == (1, 1, 0, 1)
    path.write_bytes(MAKERS[suffix]([articles[4], articles[5]]))
    run = mill(raw, warehouse)  # as it was once, which is a change all the same
    assert (run.loaded, run.unchanged, run.duplicates, run.new_versions) == (0, 1, 0, 1)
    assert ask("SELECT max(version), count(*) FROM article_versions") == [(3, 10)]


def test_front_pages_are_not_versions_of_one_another(raw: Path, warehouse: Path) -> None:
    rows = [article.row | {"link": "https://courier.example/"} for article in made(3)]
    (raw / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run = mill(raw, warehouse)
    assert (run.loaded, run.new_versions) == (3, 0)


def test_a_mapping_beside_the_data_is_heeded_and_read_again_when_it_changes(
    raw: Path, warehouse: Path, ask: Ask
) -> None:
    rows = table(made(3)).replace(b"headline,body,link,date", b"h,b,l,d")
    (raw / "vendor").mkdir()
    (raw / "vendor/a.csv").write_bytes(rows)
    assert mill(raw, warehouse).quarantined == 1
    assert ask("SELECT code FROM quarantine") == [("no_text",)]
    (raw / "vendor/mapping.toml").write_text('text = "b"\ntitel = "h"\n', encoding="utf-8")
    run = mill(raw, warehouse)
    assert (run.quarantined, run.refused) == (1, 1)
    assert ask("SELECT code FROM quarantine") == [("bad_mapping",)]
    (raw / "vendor/mapping.toml").write_text('text = "b"\n', encoding="utf-8")
    assert mill(raw, warehouse).loaded == 3
    (raw / "vendor/a.csv.toml").write_text('text = "b"\ntitle = "h"\nurl = "l"\npublished = "d"', encoding="utf-8")
    run = mill(raw, warehouse)
    assert (run.discovered, run.quarantined, run.refused) == (3, 0, 2)
    assert {title for (title,) in ask("SELECT title FROM articles")} >= {article.title for article in made(3)}
    assert mill(raw, warehouse).cleaned == 0


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_container_that_changes_while_it_is_read_is_left_as_a_whole(
    raw: Path, warehouse: Path, ask: Ask, in_memory: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = raw / "a.jsonl"
    path.write_bytes(jsonl(made(4)) + b"no json\n")
    (raw / "b.jsonl").write_bytes(jsonl(made(3, first=10)) + b"no json\n")
    mill(raw, warehouse)
    before = ask("SELECT * FROM quarantine ORDER BY ALL"), ask("SELECT count(*) FROM articles")
    path.write_bytes(jsonl(made(8)))

    def grow_at_the_third(source: Source, rules: Rules, raw_path: str) -> Cleaned | Rejected:
        if source.known.url == made(3)[-1].url:
            path.write_bytes(jsonl(made(9)))
        return clean_source(source, rules, raw_path)

    monkeypatch.setattr(tasks.cleaning, "clean_source", grow_at_the_third)
    monkeypatch.setattr(tasks.raw_file, "MAX_RECORD", 10**7 if in_memory else 10)
    monkeypatch.setattr("tests.mill.Workers", InThisProcess)
    run = mill(raw, warehouse, workers=1)
    assert (run.deferred, run.discovered, run.loaded, run.unchanged, run.quarantined) == (1, 4, 0, 3, 1)
    assert (ask("SELECT * FROM quarantine ORDER BY ALL"), ask("SELECT count(*) FROM articles")) == before
    monkeypatch.undo()
    run = mill(raw, warehouse)
    assert (run.loaded, run.unchanged, run.quarantined) == (5, 7, 1)


class InThisProcess(Workers):
    """Workers whose work is done here, where a test can take a hand in it."""

    def clean(self, job: Job) -> None:
        counter = Path(job.output).with_suffix(".counter")
        counter.write_bytes(bytes(COUNTER_BYTES))
        tasks.cleaning.clean_job(replace(job, counter=str(counter)), load_rules())


def test_a_large_file_is_read_from_disk_as_a_small_one_is_from_memory(
    raw: Path, warehouse: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = every_format(raw)
    monkeypatch.setattr(tasks.raw_file, "MAX_RECORD", 10)
    monkeypatch.setattr("tests.mill.Workers", InThisProcess)
    run = mill(raw, warehouse, workers=1)
    assert ask("SELECT raw_path, code, message FROM quarantine") == []
    assert (run.discovered, run.loaded) == (len(articles), len(articles))


def test_a_warehouse_of_containers_is_made_anew_from_parquet_alone(raw: Path, warehouse: Path, ask: Ask) -> None:
    articles = every_format(raw)
    mill(raw, warehouse)
    before = ask("SELECT * FROM articles ORDER BY ALL")
    for name in ("news.duckdb", "state.duckdb"):
        (warehouse / name).unlink()
    rebuild_news(Warehouse(warehouse))
    assert ask("SELECT * FROM articles ORDER BY ALL") == before
    run = mill(raw, warehouse)
    assert (run.cleaned, run.unchanged) == (0, len(articles))


def test_a_record_that_its_worker_dies_of_is_lost_alone(
    raw: Path, warehouse: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "a.jsonl").write_bytes(b"no json\n" + jsonl(made(4)))
    (raw / "b.txt").write_text(made(1, first=9)[0].text, encoding="utf-8")
    monkeypatch.setenv("NEWSMILL_TESTING", "1")
    monkeypatch.setenv("NEWSMILL_FAILPOINT", "mid-clean:4:kill")  # each worker's fourth record
    run = mill(raw, warehouse, workers=1)
    assert (run.discovered, run.loaded) == (6, 3)
    assert ask("SELECT raw_path, record, code FROM quarantine ORDER BY ALL") == [
        ("a.jsonl", 0, "malformed"),
        ("a.jsonl", 4, "worker_died"),
        ("b.txt", 0, "worker_died"),
    ]
