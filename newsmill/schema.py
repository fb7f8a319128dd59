"""The record classes: every table's columns, each with its type, unit and meaning, said once.

Arrow schemas, Parquet files, DuckDB tables, their comments and the column reference are all derived
from these classes (``tasks.parquet``, ``tasks.database``, ``docs``).
"""

from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeAlias, get_args, get_origin, get_type_hints
from uuid import UUID

#: An integer column of 64 bits; a plain ``int`` column has 32.
BigInt: TypeAlias = Annotated[int, 64]
#: An integer column of 64 bits that has no sign, as an inode has none.
Unsigned: TypeAlias = Annotated[int, "unsigned"]
#: A floating-point column of 32 bits.
Float32: TypeAlias = Annotated[float, 32]


def column(meaning: str, *, earlier: int | None = None) -> Any:
    """Declare a column by what it means; its type and whether it may be null are the annotation's.

    ``earlier`` is its value in rows that were written before there was such a column.
    """
    return field(metadata={"meaning": meaning, "earlier": earlier})


@dataclass(slots=True)
class Article:
    """One row an article, its newest version."""

    article_id: UUID = column("Stable identity: from url where it is known, else from raw_path and record.")
    version: int = column("1, 2, …; a new one only when the cleaned text or the title changes.")
    content_hash: UUID = column("First 128 bits of the SHA-256 of the body, white space folded.")
    raw_path: str = column("Source file, relative to RAW, with /. A backslash or a byte that is not UTF-8 is escaped.")
    record: BigInt = column("Number of the record inside its container; 0 in a file that is one article.")
    member: str | None = column("Path of the file inside the archive that raw_path names. Null outside an archive.")
    raw_sha256: str = column("SHA-256 of the source file, in hex.")
    raw_format: str = column("Reader that read the file, as in text, html or warc.")
    encoding: str = column("Codec that the bytes were decoded with; '+ftfy' where mojibake was repaired.")
    outlet: str | None = column("Display name of the outlet, as in 'The New Indian Express'.")
    outlet_domain: str | None = column("Registered web domain of the outlet, without 'www.'.")
    outlet_source: str | None = column("What named the outlet: record, tail, url, page, masthead, copyright or folder.")
    url: str | None = column("Address of the article, the canonical one where its page gives it, without tracking.")
    title: str | None = column("Headline.")
    deck: str | None = column("Standfirst below the headline.")
    authors: list[str] = column("Names alone: no 'By', no titles, no roles. Empty where nobody is named.")
    agency: str | None = column("News agency that is credited, as in 'Reuters'.")
    dateline: str | None = column("Place of reporting, as in 'NEW DELHI'.")
    published_at: datetime | None = column("Instant of publication (UTC). Null where the source gives no usable date.")
    published_precision: str | None = column("How exact published_at is: second, minute, hour or day.")
    published_source: str | None = column("What gave published_at: record, jsonld, meta, dom, text or url.")
    modified_at: datetime | None = column("Instant of the last change that the source declares (UTC).")
    section: str | None = column("Section of the outlet, as in 'Business'.")
    tags: list[str] = column("Keywords that the source gives. Empty where it gives none.")
    language: str | None = column("ISO 639-1 code of the body's language. Null where it is not certain.")
    doc_type: str = column("article, live_blog, or stub: the source says that it shows only the beginning.")
    extraction_method: str = column("How the body was found: text; in a page blocks, jsonld, selectors or fallback.")
    body: str = column("The article's own paragraphs, joined by a blank line.")
    word_count: int = column("Words in the body.")
    raw_chars: int = column("Characters in the decoded source text.")
    cut_chars: int = column("Characters of the lines that were cut.")
    confidence: Float32 = column("From 0 to 1: 1 less the share of doubtful words; of a page, how sure its body is.")
    ingested_at: datetime = column("Start of the run that loaded this version (UTC).")
    run_id: str = column("Run that loaded this version.")
    code_version: str = column("Version of newsmill that cleaned it.")
    rules_version: str = column("Fingerprint of the rules that cleaned it.")


@dataclass(slots=True)
class LedgerLine:
    """One row a line of raw text: the ledger of what became of it."""

    article_id: UUID = column("The article; for a duplicate's lines its duplicates.record_id.")
    version: int = column("The article's version; 0 for the lines of a duplicate.")
    line: int = column("Number of the line in the decoded text, from 0.")
    start: int = column("Offset of its first character in the decoded text.")
    end: int = column("Offset after its last character, line ending included.")
    fate: str = column("What the line is: body, title, related, share, …")
    kept: bool = column("Whether its words are in the article: in its body or in a field.")
    rule: str = column("Name of what decided the fate.")
    text: str = column("The line as it stood, line ending included.")


@dataclass(slots=True)
class Duplicate:
    """One row a second record of the same outlet with the same cleaned content as an article."""

    record_id: UUID = column("Identity of this record: from raw_path and record.")
    raw_path: str = column("Source file, relative to RAW, with /.")
    record: BigInt = column("Number of the record inside its container.")
    raw_sha256: str = column("SHA-256 of the source file, in hex.")
    raw_format: str = column("Reader that read the file.")
    article_id: UUID = column("The article that holds the same content.")
    version: int = column("The version of that article that holds it.")
    content_hash: UUID = column("The hash of the body that both share.")
    first_seen: datetime = column("Start of the run that first met it (UTC).")
    run_id: str = column("Run that wrote its lines: that first met it, or cleaned it anew.")


@dataclass(slots=True)
class Quarantined:
    """One row a record that could not become an article, and why."""

    raw_path: str = column("Source file, relative to RAW, with /.")
    record: BigInt = column("Number of the record inside its container.")
    raw_sha256: str | None = column("SHA-256 of the source file, in hex. Null where it was not read.")
    stage: str = column("Where it stopped: read, decode or clean.")
    code: str = column("Stable reason: empty, binary, undecodable, too_large, unreadable, unsupported, no_article, …")
    message: str = column("The reason in a sentence, and what to do.")
    first_seen: datetime = column("Start of the first run that put it here (UTC).")
    last_seen: datetime = column("Start of the last run that tried it (UTC).")
    run_id: str = column("The last run that tried it.")
    code_version: str = column("Version of newsmill that tried it last.")


@dataclass(slots=True)
class SkippedRecord:
    """One row a record of a web archive that was never to be an article: an image, a redirect, a page not found."""

    raw_path: str = column("Source file, relative to RAW, with /.")
    record: BigInt = column("Number of the record inside its container.")
    raw_sha256: str = column("SHA-256 of the source file, in hex.")
    code: str = column("Stable reason: http_status or not_html.")
    message: str = column("The reason in a sentence.")
    run_id: str = column("Run that read it.")


@dataclass
class RunStart:
    """Which run it is, and how it ended."""

    run_id: str = column(
        "UTC start to the microsecond and a random suffix: runs sort by it, even if the clock is set back."
    )
    started_at: datetime = column("Start (UTC).")
    finished_at: datetime | None = column("End (UTC). Null for a run that was interrupted.")
    status: str = column("completed, or interrupted.")
    raw: str = column("The folder that was read; the warehouse itself where it was cleaned anew.")


@dataclass
class Counts:
    """What became of the records under RAW; the conservation law holds over the first six."""

    discovered: BigInt = column("Records found under RAW.")
    loaded: BigInt = column("Articles loaded for the first time.")
    new_versions: BigInt = column("New versions of known articles.")
    unchanged: BigInt = column("Records whose article stands in the warehouse as it is.")
    duplicates: BigInt = column("Records that repeat an article of their outlet.")
    quarantined: BigInt = column("Records that are in quarantine.")
    skipped: BigInt = column("Records of web archives that were never to be articles: in skipped.", earlier=0)
    refused: BigInt = column("Things under RAW that are no records: links, pipes, hidden files, unreadable folders.")
    deferred: BigInt = column("Files that changed while they were read: left to the next run.")
    cleaned: BigInt = column("Records that this run read and cleaned.")

    @property
    def with_a_fate(self) -> int:
        """How many records have one; by the conservation law as many as were discovered.

        >>> Counts(3, 1, 0, 1, 0, 1, skipped=0, refused=0, deferred=0, cleaned=2).with_a_fate
        3
        """
        return self.loaded + self.new_versions + self.unchanged + self.duplicates + self.quarantined

    def __str__(self) -> str:
        counts = ((f.name.replace("_", " "), getattr(self, f.name)) for f in fields(Counts))
        return ", ".join(f"{name} {count:,}" for name, count in counts if count)


@dataclass
class RunRecord(Counts, RunStart):
    """One row a run. discovered = loaded + new_versions + unchanged + duplicates + quarantined."""

    seconds_discover: Float32 = column("Wall seconds of discovery.")
    seconds_clean: Float32 = column("Wall seconds of cleaning.")
    seconds_load: Float32 = column("Wall seconds of deciding, writing Parquet and the commit.")
    seconds_publish: Float32 = column("Wall seconds of building news.duckdb.")
    code_version: str = column("Version of newsmill.")
    rules_version: str = column("Fingerprint of the rules.")


@dataclass(slots=True)
class Learned:
    """One row a line that memory takes for an outlet's furniture, at one place of its articles."""

    source_key: str = column("The outlet's domain, else 'name:' and its name, else 'folder:' and the top folder.")
    place: str = column("Where the line stands: head, body or tail; before, among or after the paragraphs.")
    line: str = column("The line, without white space around it.")
    support: int = column("Stories in which it stands there; copies and updates of one story are one. 256 at most.")
    share: Float32 = column("The support's share of all stories of the outlet.")
    first_published: datetime | None = column("When the first of these was published (UTC). Null without any date.")
    last_published: datetime | None = column("When the last of these was published (UTC). Null without any date.")
    example_id: UUID = column("A record that holds it: its article_id, or its duplicates.record_id.")


class Column(NamedTuple):
    """One column as derived tables and documents see it."""

    name: str
    type: Any
    nullable: bool
    meaning: str
    earlier: int | None = None


#: Table name to record class, in the order in which references list them.
TABLES: dict[str, type] = {
    "articles": Article,
    "lines": LedgerLine,
    "duplicates": Duplicate,
    "quarantine": Quarantined,
    "skipped": SkippedRecord,
    "runs": RunRecord,
    "learned": Learned,
}


def columns(record_class: type) -> list[Column]:
    """List a record class's columns in order.

    >>> columns(Article)[1]
    Column(name='version', type=<class 'int'>, nullable=False, meaning='1, 2, …; a new one only when \
the cleaned text or the title changes.', earlier=None)
    >>> [c.name for c in columns(Article) if c.type == list[str]]
    ['authors', 'tags']
    """
    hints = get_type_hints(record_class, include_extras=True)
    return [_column(f, hints[f.name]) for f in fields(record_class)]


def _column(declared: Field[Any], hint: Any) -> Column:
    nullable = get_origin(hint) is UnionType and type(None) in get_args(hint)
    kind = next(a for a in get_args(hint) if a is not type(None)) if nullable else hint
    return Column(declared.name, kind, nullable, declared.metadata["meaning"], declared.metadata["earlier"])
