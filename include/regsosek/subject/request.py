"""Requests of persons: what is written down about them, and what is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

Request = Literal["cari", "perbaiki", "hapus"]


class SubjectRefused(RuntimeError):
    """The request cannot be met; the message says why, and never repeats the NIK."""


def checked(nik: str) -> str:
    """The sixteen digits of a NIK.

    Raises:
        SubjectRefused: it is none.
    """
    digits = re.sub(r"[\s.-]", "", nik)
    if not re.fullmatch(r"\d{16}", digits):
        raise SubjectRefused("NIK harus tepat 16 angka.")
    return digits


def note(cursor: psycopg.Cursor, request: Request, by: str, details: Mapping[str, Any]) -> None:
    """Write down that a request was met: when, by whom, with which counts. Never whose it was."""
    cursor.execute(
        "insert into ops.permintaan_subjek (oleh, permintaan, rincian) values (%s, %s, %s)",
        (by, request, Jsonb(dict(details))),
    )
