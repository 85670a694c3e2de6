"""``psql`` for those who have none: the wheel's, which connects to any PostgreSQL."""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote, urlsplit, urlunsplit

from regsosek.warehouse.embedded import wheel_binaries


def main() -> None:
    """Become the wheel's psql, with the arguments given."""
    psql = wheel_binaries() / "bin" / "psql"
    arguments = list(map(_without_password, sys.argv[1:]))
    os.execv(psql, ["psql", *arguments])


def _without_password(argument: str) -> str:
    """The argument; of a URL the password goes into the environment, because everybody may read arguments."""
    if not argument.startswith(("postgresql://", "postgres://")):
        return argument
    url = urlsplit(argument)
    user, at, host = url.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    if colon:
        os.environ["PGPASSWORD"] = unquote(password)
    return urlunsplit(url._replace(netloc=name + at + host))
