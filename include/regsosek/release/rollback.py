"""Going back: an earlier release is shown again, and what came with the bad one stays out until it is called back."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from regsosek.release.publish import point_at
from regsosek.warehouse.history import write_event


class NothingToDoError(RuntimeError):
    """There is no release to go back to, or the delivery is not one that was put aside. Says which, in words."""


@dataclass(frozen=True)
class Rollback:
    """What a rollback did: the release shown now, releases and deliveries that were withdrawn."""

    id_rilis: int
    rilis_ditarik: tuple[int, ...]
    kiriman_ditarik: tuple[int, ...]


def rollback(cursor: psycopg.Cursor, ke: int | None = None, *, id_jalan: str = "rollback") -> Rollback:
    """Show an earlier release, the one before by default, and withdraw what is newer.

    Withdrawn are the releases made since, and the deliveries that are in one of them but not in the earlier one:
    the next refresh does not publish them again. Aggregates and history stay.

    Raises:
        NothingToDoError: nothing is published, or there is no such earlier release, or it was withdrawn itself.
    """
    target, withdrawn = _target(cursor, ke)
    deliveries = cursor.execute(
        """
        update ops.kiriman set keadaan = 'ditarik', id_jalan = %(id_jalan)s
        where exists (
                -- An edition without somebody who was erased since is in no release yet, and comes from one that is.
                select from ops.rilis_desa as r join ops.kiriman as k using (id_kiriman)
                where r.id_rilis = any(%(ditarik)s)
                    and coalesce(k.id_asal, k.id_kiriman) = coalesce(kiriman.id_asal, kiriman.id_kiriman)
            )
            and (keadaan in ('terbit', 'digantikan') or keadaan = 'diterima gerbang 1' and id_asal is not null)
            -- What a person was erased from since is the delivery of the earlier release all the same.
            and not exists (
                select from ops.rilis_desa as r join ops.kiriman as k using (id_kiriman)
                where r.id_rilis = %(ke)s
                    and coalesce(k.id_asal, k.id_kiriman) = coalesce(kiriman.id_asal, kiriman.id_kiriman)
            )
        returning id_kiriman
        """,
        {"id_jalan": id_jalan, "ditarik": withdrawn, "ke": target},
    ).fetchall()
    point_at(cursor, target, id_jalan)
    cursor.execute("update ops.rilis set keadaan = 'ditarik' where id_rilis = any(%s)", (withdrawn,))
    cursor.execute("delete from ops.publik_siap where id_rilis = any(%s)", (withdrawn,))  # nobody agrees to these
    done = Rollback(target, tuple(withdrawn), tuple(sorted(number for (number,) in deliveries)))
    write_event(
        cursor,
        "rollback",
        id_jalan,
        {"ke": target, "rilis_ditarik": withdrawn, "kiriman_ditarik": list(done.kiriman_ditarik)},
    )
    return done


def aktifkan(cursor: psycopg.Cursor, id_kiriman: int, *, id_jalan: str = "aktifkan") -> None:
    """Let a delivery that was withdrawn or refused by gate 2 take part again, from the next refresh on.

    Raises:
        NothingToDoError: no such delivery, or it is in another state.
    """
    row = cursor.execute(
        "select keadaan, dibersihkan_pada is not null from ops.kiriman where id_kiriman = %s for update", (id_kiriman,)
    ).fetchone()
    if row is None:
        raise NothingToDoError(f"Kiriman {id_kiriman} tidak ada. `regsosek status` menampilkan semua kiriman.")
    if row[0] not in ("ditarik", "ditolak gerbang 2"):
        raise NothingToDoError(
            f"Kiriman {id_kiriman} berkeadaan '{row[0]}': hanya yang ditarik atau ditolak gerbang 2 dapat diaktifkan."
        )
    if row[1]:
        raise NothingToDoError(
            f"Isi kiriman {id_kiriman} sudah dibersihkan dari gudang. Kirim ulang berkasnya di folder lain."
        )
    cursor.execute(
        "update ops.kiriman set keadaan = 'diterima gerbang 1', alasan = null, id_jalan = %s where id_kiriman = %s",
        (id_jalan, id_kiriman),
    )
    write_event(cursor, "aktifkan", id_jalan, {"id_kiriman": id_kiriman, "dari": row[0]})


def _target(cursor: psycopg.Cursor, ke: int | None) -> tuple[int, list[int]]:
    """The release to show, and those made since that are withdrawn with it."""
    published = cursor.execute("select id_rilis from ops.rilis_terbit for update").fetchone()
    if published is None:
        raise NothingToDoError("Belum ada rilis yang terbit.")
    current = int(published[0])
    earlier = [
        int(number)
        for (number,) in cursor.execute(
            "select id_rilis from ops.rilis where id_rilis < %s and keadaan <> 'ditarik' order by 1 desc", (current,)
        )
    ]
    if not earlier:
        raise NothingToDoError(f"Tidak ada rilis sebelum rilis {current} yang dapat ditampilkan kembali.")
    target = earlier[0] if ke is None else ke
    if target not in earlier:
        raise NothingToDoError(
            f"Rilis {target} bukan rilis sebelum rilis {current}, atau sudah ditarik. "
            f"Yang dapat dipilih: {', '.join(map(str, earlier[:10]))}."
        )
    return target, [current, *(number for number in earlier if number > target)]
