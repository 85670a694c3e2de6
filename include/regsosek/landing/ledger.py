"""What the warehouse already knows of the landing, and what it writes down about a delivery.

Nothing here commits: the caller's transaction does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from regsosek.landing.discover import Found
from regsosek.landing.kiriman import Kiriman
from regsosek.landing.refusal import DeliveryRefused
from regsosek.warehouse.history import REFUSED_DELIVERY, write_event

UNJUDGED = "dimuat"
REFUSED = ("ditolak gerbang 1", "ditolak gerbang 2")


class Sorted(NamedTuple):
    """Deliveries found, by what is to be done; ``notes`` are for the operator."""

    new: list[Found]
    known: list[Found]
    notes: list[str]


def new_deliveries(
    cursor: psycopg.Cursor,
    found: Iterable[Found],
    *,
    dry_run: bool = False,
    force: bool = False,
    id_jalan: str | None = None,
) -> Sorted:
    """Tell new content from content the ledger has, and notice undone corrections.

    New is also what a killed run loaded and did not judge: ``load_delivery`` then finds it in place. With ``force``
    refused deliveries are new too, set back to ``dimuat`` where they are in ``raw``. A folder that went back to what
    it held before makes that delivery the latest received again; where housekeeping dropped it, it is new. A dry run
    writes nothing.
    """
    found = list(found)
    ledger = _ledger(cursor, found)
    before: dict[str, str] = dict(cursor.execute("select folder, sidik from ops.landing").fetchall())
    result = Sorted([], [], [])
    folders: dict[str, str] = {}
    for delivery in found:
        entry = ledger.get(delivery.sidik)
        if entry is None and delivery.sidik in folders:
            result.known.append(delivery)
            result.notes.append(
                f"Folder {delivery.folder} sama isinya dengan {folders[delivery.sidik]}: dimuat sekali."
            )
        elif (
            entry is None
            or entry.keadaan == UNJUDGED
            or (force and entry.keadaan in REFUSED)
            or (entry.dibersihkan and before.get(delivery.folder) != delivery.sidik)
        ):
            folders[delivery.sidik] = delivery.folder
            result.new.append(delivery)
            if entry is not None and entry.dimuat and entry.keadaan in REFUSED and not dry_run:
                _judge_again(cursor, entry.id_kiriman, id_jalan)
        else:
            result.known.append(delivery)
            if (held := before.get(delivery.folder)) != delivery.sidik:
                result.notes.append(_note(delivery, entry, undone=held is not None))
                if not dry_run:
                    _seen_again(cursor, delivery, entry, undone=held is not None, id_jalan=id_jalan)
    return result


class _Entry(NamedTuple):
    id_kiriman: int
    keadaan: str
    dimuat: bool
    dibersihkan: bool


def _ledger(cursor: psycopg.Cursor, found: list[Found]) -> dict[str, _Entry]:
    rows = cursor.execute(
        """
        select sidik, id_kiriman, keadaan, exists (select from ops.berkas as b where b.id_kiriman = k.id_kiriman),
            dibersihkan_pada is not null
        from ops.kiriman as k
        where not uji_coba and sidik = any(%s)
        """,
        ([delivery.sidik for delivery in found],),
    )
    return {sidik: _Entry(*rest) for sidik, *rest in rows}


def _note(delivery: Found, entry: _Entry, *, undone: bool) -> str:
    kiriman = f"kiriman {entry.id_kiriman}"
    if not undone:
        return f"Folder {delivery.folder} sama isinya dengan {kiriman} ({entry.keadaan}): tidak dimuat lagi."
    back = f"Folder {delivery.folder} kembali berisi {kiriman}: koreksi sesudahnya dibatalkan."
    if entry.keadaan in REFUSED:
        return f"{back} Kiriman itu sudah ditolak, jadi tidak berlaku."
    if entry.keadaan == "ditarik":
        return f"{back} Kiriman itu sudah ditarik; `regsosek aktifkan {entry.id_kiriman}` memberlakukannya lagi."
    return f"{back} Kiriman itu kini yang terakhir diterima."


def _judge_again(cursor: psycopg.Cursor, id_kiriman: int, id_jalan: str | None) -> None:
    cursor.execute(
        "update ops.kiriman set keadaan = 'dimuat', alasan = null, id_jalan = %s where id_kiriman = %s",
        (id_jalan, id_kiriman),
    )


def _seen_again(cursor: psycopg.Cursor, delivery: Found, entry: _Entry, *, undone: bool, id_jalan: str | None) -> None:
    see(cursor, delivery)
    if not undone:
        return
    if entry.keadaan not in (*REFUSED, "ditarik"):
        cursor.execute(
            "update ops.kiriman set diterima_pada = clock_timestamp() where id_kiriman = %s", (entry.id_kiriman,)
        )
    write_event(cursor, "koreksi dibatalkan", id_jalan, {"folder": delivery.folder, "id_kiriman": entry.id_kiriman})


def see(cursor: psycopg.Cursor, delivery: Found) -> None:
    """Remember what the folder holds now."""
    cursor.execute(
        """
        insert into ops.landing (folder, sidik) values (%s, %s)
        on conflict (folder) do update set sidik = excluded.sidik, dilihat_pada = clock_timestamp()
        """,
        (delivery.folder, delivery.sidik),
    )


def loaded(cursor: psycopg.Cursor, delivery: Found, *, dry_run: bool) -> int | None:
    """Id of the delivery with that content whose files are in ``raw`` already."""
    row = cursor.execute(
        """
        select id_kiriman from ops.kiriman as k
        where sidik = %s and uji_coba = %s and exists (select from ops.berkas as b where b.id_kiriman = k.id_kiriman)
        """,
        (delivery.sidik, dry_run),
    ).fetchone()
    return None if row is None else int(row[0])


def drop_unclaimed(cursor: psycopg.Cursor) -> None:
    """Drop the raw tables that the ledger does not name: of a load that was killed, or that failed.

    For whoever holds the lease. A load that has passed the guard is waited for: it may be about to name its tables.
    """
    cursor.execute("select from ops.sewa for update")
    for (name,) in cursor.execute(
        """
        select relname from pg_class
        where relnamespace = 'raw'::regnamespace and relname ~ '^k_(rt|art)_[0-9]+$'
            and not exists (select from ops.berkas where tabel = relname)
        """
    ).fetchall():
        cursor.execute(sql.SQL("drop table {}").format(sql.Identifier("raw", name)))


def enter(
    cursor: psycopg.Cursor, delivery: Found, kiriman: Kiriman, keadaan: str, *, id_jalan: str, dry_run: bool
) -> int:
    """Enter a delivery in the ledger and return its id; one of the same content that was not loaded makes room."""
    cursor.execute(
        # Housekeeping dropped it: its line in the ledger stays, and another delivery takes over its content.
        "update ops.kiriman set sidik = sidik || '#' || id_kiriman "
        "where sidik = %s and dibersihkan_pada is not null and not %s",
        (delivery.sidik, dry_run),
    )
    cursor.execute(
        """
        delete from ops.kiriman as k
        where sidik = %s and uji_coba = %s
            and not exists (select from ops.berkas as b where b.id_kiriman = k.id_kiriman)
        """,
        (delivery.sidik, dry_run),
    )
    if not dry_run:
        see(cursor, delivery)
    peringkat = kiriman.peringkat
    row = cursor.execute(
        """
        insert into ops.kiriman (
            folder, sidik, instrumen, versi, cut_off, desil_skala, desil_model, desil_cut_off, paksa, catatan,
            desa_dinyatakan, keadaan, uji_coba, id_jalan
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        returning id_kiriman
        """,
        (
            delivery.folder,
            delivery.sidik,
            kiriman.instrumen,
            kiriman.versi,
            kiriman.cut_off,
            peringkat and peringkat.skala,
            peringkat and peringkat.model,
            peringkat and peringkat.cut_off,
            kiriman.paksa,
            kiriman.catatan,
            None if kiriman.desa is None else Jsonb(kiriman.desa),
            keadaan,
            dry_run,
            id_jalan,
        ),
    ).fetchone()
    assert row is not None
    return int(row[0])


def enter_refused(
    cursor: psycopg.Cursor,
    delivery: Found,
    kiriman: Kiriman,
    refused: DeliveryRefused,
    *,
    id_jalan: str,
    dry_run: bool,
) -> int:
    """Enter a delivery the loader refuses, with its reason and its one fault."""
    id_kiriman = enter(cursor, delivery, kiriman, "ditolak gerbang 1", id_jalan=id_jalan, dry_run=dry_run)
    cursor.execute("update ops.kiriman set alasan = %s where id_kiriman = %s", (str(refused), id_kiriman))
    cursor.execute(
        "insert into ops.temuan (id_kiriman, berkas, baris, aturan) values (%s, %s, %s, %s)",
        (id_kiriman, refused.berkas, refused.baris, refused.aturan),
    )
    if not dry_run:
        rincian: dict[str, object] = {
            "folder": delivery.folder,
            "id_kiriman": id_kiriman,
            "aturan": refused.aturan,
            "alasan": str(refused),
        }
        write_event(cursor, REFUSED_DELIVERY, id_jalan, rincian)
    return id_kiriman
