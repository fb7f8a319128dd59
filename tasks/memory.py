"""Memory of an outlet: which lines repeat at one place in many of its stories. Decided in SQL, in bounded memory."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newsmill.memory import remake
from tasks import pieces
from tasks.database import attach, connection, execute_each, fetch_one
from tasks.failpoints import failpoint
from tasks.pieces import asked, by_bucket, pieces_of
from tasks.run import Run
from tasks.state import open_state

#: From how many stories, and from what share of its outlet's, a line is learned.
LIMITS: Mapping[str, float] = {
    "few": 5,  # for a short line at the end, and for what the classifier cuts as often as not
    "rarely": 0.002,
    "many": 8,  # for a sentence: what an outlet writes again and again may be its news
    "often": 0.02,
    "very_many": 40,  # at the head, where a greeting or a sub-head of a column can stand
    "doubted": 0.5,
    "settled": 0.6,  # so often a line at the head or tail must be at one distance from the start or end
    "cap": 256,  # so many sightings of a line are kept
}
#: What of an article follows from the fates of its lines.
REMADE = pa.schema(
    [
        pa.field("record_id", pa.uuid(), nullable=False),
        pa.field("content_hash", pa.uuid(), nullable=False),
        pa.field("body", pa.string(), nullable=False),
        pa.field("word_count", pa.int32(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("cut_chars", pa.int32(), nullable=False),
    ]
)
_LINES_AT_ONCE = 5_000


def learn(run: Run, staged: Mapping[str, list[str]]) -> None:
    """Learn from what the workers cleaned: the tables of ``run.learning``.

    ``staged`` has the files of each table that they left.
    """
    with connection(run.staging) as db:
        attach(db, run.learning, "learning")
        open_state(db, run.warehouse)
        learn_from(db, run, staged, staged_ledger(staged), "memory/staged")


def staged_ledger(staged: Mapping[str, list[str]]) -> Iterator[pa.Table]:
    """Read the lines that the workers left, a piece at a time, with the ``record_id`` of each."""
    for piece in pieces_of(staged["lines"]):
        yield piece.drop_columns(["version"]).rename_columns({"article_id": "record_id"})


def learn_from(
    db: duckdb.DuckDBPyConnection,
    run: Run,
    staged: Mapping[str, list[str]],
    ledger: Iterable[pa.Table],
    *read: str,
) -> None:
    """Learn from the records ``read_now`` and their lines ``ledger``, and cut from these what is known now.

    ``read`` names the files of sql/ that make the two, of ``staged`` and of what is stored. The argument ``ledger``
    has the lines in pieces, whole as they stood.
    """
    for table, files in staged.items():
        db.execute(f"SET VARIABLE {table} = $files", {"files": files})
    for name in (*read, "memory/told"):
        execute_each(db, name, {})
    execute_each(db, "memory/learn", dict(LIMITS))
    execute_each(db, "memory/remembered", {"bucket_chars": pieces.PIECE_BYTES})
    _write_remade(db, run, ledger)
    failpoint("mid-learn")
    execute_each(db, "memory/keep", {"remade": str(run.remade)})


def remember_stored(db: duckdb.DuckDBPyConnection) -> None:
    """Fill the memory of a state database that is made anew from ``news``."""
    execute_each(db, "memory/stored", {})
    execute_each(db, "memory/told", {})
    execute_each(db, "memory/remake", dict(LIMITS))


def _write_remade(db: duckdb.DuckDBPyConnection, run: Run, ledger: Iterable[pa.Table]) -> None:
    """Write what becomes of the records that hold lines which are known: a row group per bucket of them."""
    [differing] = fetch_one(db, "SELECT count(*) FROM differing")
    to_remake = (asked(db, "memory/to_remake", piece=piece) for piece in ledger) if differing else ()
    with pq.ParquetWriter(run.remade, REMADE, compression="lz4") as writer:
        for lines in by_bucket(db, run.staging, "memory/in_order", {}, lines=to_remake):
            records = groupby(_rows(lines), key=itemgetter("record_id"))
            rows = [_remade(record_id, list(of_record)) for record_id, of_record in records]
            writer.write_table(pa.Table.from_pylist(rows, schema=REMADE))


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(_LINES_AT_ONCE):
        yield from batch.to_pylist()


def _remade(record_id: UUID, lines: list[dict[str, Any]]) -> dict[str, Any]:
    texts, fates = [line["text"] for line in lines], [line["fate"] for line in lines]
    cut = {place for place, line in enumerate(lines) if line["is_cut"]}
    made = remake(texts, fates, cut, lines[0]["language"])
    return {
        "record_id": record_id.bytes,
        "content_hash": made.content_hash.bytes,
        "body": made.body,
        "word_count": made.word_count,
        "language": made.language,
        "cut_chars": sum(len(line["text"]) * (line["is_cut"] - line["was_cut"]) for line in lines),
    }
