"""What an error is told as: the reason where there is one, never what the database said of a row."""

from __future__ import annotations

import psycopg

NO_SCHEMA = ("3F000", "42P01")  # schema or table missing


def reason_of(error: Exception) -> str | None:
    """One line for people; None where the error is a bug and should show its traceback."""
    lines = getattr(error, "lines", None)
    if lines:
        return "\n".join(lines)
    if isinstance(error, psycopg.Error):
        code = error.sqlstate or "tanpa SQLSTATE"
        hint = " Jalankan `make setup` lebih dulu." if code in NO_SCHEMA else ""
        return f"Basis data menolak perintah ini ({type(error).__name__}, {code}).{hint}"
    if type(error).__module__.startswith("regsosek."):
        return str(error)
    return None
