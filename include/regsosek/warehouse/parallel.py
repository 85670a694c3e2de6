"""Reading a whole delivery with every processor, and writing it once."""

from __future__ import annotations

from typing import Any

import psycopg

SETTINGS = {
    # Rows leave the parallel workers for the one process that writes; PostgreSQL overrates what that costs.
    "parallel_tuple_cost": "0.001",
    "parallel_setup_cost": "10",
    "work_mem": "256MB",
    # A merge would sort a whole delivery; the smaller side of every join fits into a hash table.
    "enable_mergejoin": "off",
    # A few common table expressions deep the planner expects one row of thousands, and would loop over all pairs.
    "enable_nestloop": "off",
    # A new table is logged at the commit, however large. PostgreSQL would write it to its file alone, and log every
    # page after all, one by one, as soon as a reader notes on it that the rows are committed: checksums ask for that.
    "wal_skip_threshold": "1TB",
}
"""Settings of the pipeline's own sessions, which read and write millions of rows; readers have the server's."""

OPTIONS = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
"""The same as libpq's ``options``."""


def insert_from(cursor: psycopg.Cursor, target: str, query: str, parameters: dict[str, Any] | None = None) -> None:
    """Insert the rows of a query into ``target``, a table with the list of its columns.

    PostgreSQL reads in parallel for a new table but not for an INSERT, so what is found is a temporary table first.
    """
    cursor.execute(f"create temporary table temuan_kerja on commit drop as {query}".encode(), parameters)
    cursor.execute(f"insert into {target} select * from temuan_kerja".encode())
    cursor.execute(b"drop table temuan_kerja")
