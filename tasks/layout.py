"""Where things stand: the project's own folders and the files of a warehouse."""

from dataclasses import dataclass
from pathlib import Path

#: The folder that holds rules/ and sql/: the project itself.
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Warehouse:
    """The files of one warehouse. Everything in it is output; none of it is edited by hand."""

    root: Path

    @property
    def news(self) -> Path:
        """The published DuckDB file that readers open."""
        return self.root / "news.duckdb"

    @property
    def state(self) -> Path:
        """The private database: what is known of raw files and records, and the commit point."""
        return self.root / "state.duckdb"

    @property
    def lock(self) -> Path:
        """The file whose flock says that a run is at work."""
        return self.root / ".lock"

    @property
    def staging(self) -> Path:
        """Where everything is written before it is committed."""
        return self.root / ".staging"

    def staged_batch(self, run_id: str) -> Path:
        """Where a run's Parquet files wait until it has committed, one for each table."""
        return self.staging / run_id / "batch"

    def batches(self, table: str) -> Path:
        """The folder of a table's immutable Parquet batches."""
        return self.root / table

    def batch(self, table: str, run_id: str) -> Path:
        """The Parquet batch that a run added to a table."""
        return self.batches(table) / f"{run_id}.parquet"

    def snapshot(self, table: str) -> Path:
        """The one Parquet file of a table that is written anew by each run."""
        return self.root / f"{table}.parquet"


#: Tables that grow by immutable batches, and tables that each run writes anew.
BATCHED = ("articles", "lines")
SNAPSHOTS = ("duplicates", "quarantine", "skipped", "runs", "learned")
