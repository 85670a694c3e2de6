"""Erasing a person: from raw and registry, from workbooks, and from what is delivered or restored later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from regsosek.settings import Settings
from regsosek.subject import tombstones
from regsosek.subject.find import Searched, backups, find_records, search_landing, workbooks
from regsosek.subject.request import note
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction


@dataclass(frozen=True)
class Erased:
    """What was done, and what is left to others.

    Attributes:
        record: records of the person that were deleted, in all deliveries.
        keluarga: records of families that nobody else belonged to.
        buku: workbooks that were deleted.
        landing: what a look into the landing, which belongs to others, came to.
        cadangan: backups, into which nobody looked.
    """

    record: int
    keluarga: int
    buku: list[Path]
    landing: Searched
    cadangan: list[Path]


def erase(settings: Settings, nik: str, *, by: str, reason: str) -> Erased:
    """Erase the person with that NIK; figures follow with the next refresh.

    The trace is kept first, and the request noted with it, so that a command that was killed is finished by calling it
    again, or by a refresh. The landing is searched when everything is done and nobody has to wait any more.

    Raises:
        LeaseHeldError: a refresh is running.
    """
    with lease.holding(settings, "hapus") as (id_jalan, epoch):
        guard, purpose = lease.guard(epoch), lease.backend_name(epoch)
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            records = find_records(cursor, nik)
            books = workbooks(cursor, records)
            for book in books:  # first: once the person is gone nobody knows which books named them
                book.unlink(missing_ok=True)
            tombstones.add(settings, cursor, tombstones.trace_of(settings, nik), by=by, reason=reason)
            note(cursor, "hapus", by, {
                "record": len(records), "kiriman": sorted({each.id_kiriman for each in records}),
                "buku": len(books), "alasan": reason,
            })  # fmt: skip
        buried = tombstones.uphold(settings, guard=guard, id_jalan=id_jalan, purpose=purpose)
    return Erased(
        sum(each.anggota for each in buried), sum(each.keluarga for each in buried),
        books, search_landing(settings, nik), backups(settings),
    )  # fmt: skip
