"""``psql`` for those who have none: the wheel's, which connects to any PostgreSQL."""

from __future__ import annotations

import os
import sys

from regsosek.warehouse.embedded import wheel_binaries


def main() -> None:
    """Become the wheel's psql, with the arguments given."""
    psql = wheel_binaries() / "bin" / "psql"
    os.execv(psql, ["psql", *sys.argv[1:]])
