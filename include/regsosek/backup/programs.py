"""``pg_dump`` and ``pg_restore`` of the wheel, which work with any PostgreSQL that is not newer than they are.

What they print is not shown: an error of the database may quote a whole line of a delivery.
"""

from __future__ import annotations

import os
import subprocess

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from regsosek.warehouse.embedded import wheel_binaries


class ProgramFailedError(RuntimeError):
    """A program of PostgreSQL did not get to its end."""


def run_program(name: str, url: str, *arguments: str, purpose: str) -> None:
    """Run it on the database at ``url``; the password goes through the environment, never the command line.

    Raises:
        ProgramFailedError: it ended with an error.
    """
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    result = subprocess.run(
        [str(wheel_binaries() / "bin" / name), f"--dbname={make_conninfo('', **parts)}", *arguments],
        env=os.environ | {"PGAPPNAME": purpose} | ({} if password is None else {"PGPASSWORD": str(password)}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if result.returncode != 0:
        raise ProgramFailedError(f"{name} berakhir dengan kode {result.returncode}")
