"""What needs somebody's attention now, in the words of whoever looks after the installation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import WarehouseUnavailableError, transaction
from regsosek.warehouse.embedded import EmbeddedServer
from regsosek.warehouse.history import BACKUP, BEGIN, END, REFUSED, RESTORE
from regsosek.warehouse.lease import STALE_SECONDS
from regsosek.watch.airflow_state import AirflowState, airflow_state

BY_HAND = "cli__"
"""How ids of runs begin that Airflow knows nothing of."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kode: what it is, the same as long as it lasts.
        pesan, tindakan: what is wrong, and what to do; never anything of the data.
        dikabarkan: somebody was told already, by the notice of the run that failed.
    """

    kode: str
    pesan: str
    tindakan: str
    dikabarkan: bool = False


@dataclass(frozen=True)
class _Ledger:
    """What the warehouse knows: times are None where it never happened.

    Attributes:
        refreshed: when the last refresh began; ``run`` is its id, ``ended`` how: True well, False not, None not yet.
        delivered, first_delivery: the last and the first delivery.
        backed_up: the moment that the newest backup holds.
    """

    refreshed: datetime | None
    run: str | None
    ended: bool | None
    delivered: datetime | None
    first_delivery: datetime | None
    backed_up: datetime | None


def look(settings: Settings) -> list[Finding]:
    """Everything that needs somebody, most urgent first; empty if all is well."""
    now = datetime.now(TIMEZONE)
    found = list(_disk(settings))
    try:
        with transaction(settings) as cursor:
            ledger = _ledger(cursor)
    except (WarehouseUnavailableError, psycopg.Error) as error:
        return [
            Finding(
                "gudang",
                f"Basis data tidak menjawab ({type(error).__name__}).",
                "`make setup` menghidupkan yang bawaan dan tidak mengubah data.",
            ),
            *found,
        ]
    airflow = airflow_state(settings)
    return [
        *_failed(ledger, airflow),
        *_missed(settings, ledger, now),
        *_paused(airflow),
        *found,
        *_backup(settings, ledger, now),
        *_silent(settings, ledger, now),
    ]


def _failed(ledger: _Ledger, airflow: AirflowState) -> Iterator[Finding]:
    run, by_airflow = ledger.run, airflow.last_refresh
    failed = ledger.ended is False
    if by_airflow is not None and (ledger.refreshed is None or by_airflow[2] >= ledger.refreshed):
        run, failed = by_airflow[0], failed or by_airflow[1]
    if failed and run is not None:
        yield Finding(
            "gagal",
            f"Penyegaran terakhir ({run}) tidak selesai dengan baik.",
            "Buka log tugas yang merah, lihat kiriman yang ditolak di atas; perbaiki, lalu jalankan lagi.",
            dikabarkan=not run.startswith(BY_HAND),
        )


def _missed(settings: Settings, ledger: _Ledger, now: datetime) -> Iterator[Finding]:
    if ledger.refreshed is not None and _older(ledger.refreshed, now, timedelta(hours=settings.missed_hours)):
        yield Finding(
            "terlewat",
            f"Tidak ada penyegaran sejak {_day(ledger.refreshed)}.",
            "Periksa apakah Airflow hidup (`make up`) dan DAG regsosek_refresh menyala.",
        )


def _paused(airflow: AirflowState) -> Iterator[Finding]:
    for name in airflow.paused:
        yield Finding(
            f"mati:{name}",
            f"DAG {name} dimatikan.",
            "Nyalakan sakelar di sebelah namanya di Airflow bila tidak disengaja.",
        )


def _disk(settings: Settings) -> Iterator[Finding]:
    places = {settings.home, settings.backups, EmbeddedServer(settings.home).base}
    for place in sorted({_existing(place) for place in places}, key=str):
        free = shutil.disk_usage(place).free / 1e9
        if free < settings.disk_free_gb:
            yield Finding(
                "disk",
                f"Ruang kosong pada {place} tinggal {free:.1f} GB.",
                "Hapus log lama di .regsosek/logs/airflow/ dan cadangan lama, atau tambah disk. Jangan menghapus "
                "berkas di folder data PostgreSQL.",
            )
            return


def _backup(settings: Settings, ledger: _Ledger, now: datetime) -> Iterator[Finding]:
    allowed = timedelta(days=settings.backup_days)
    if ledger.backed_up is not None:
        if _older(ledger.backed_up, now, allowed):
            yield Finding("cadangan", f"Cadangan terakhir dari {_day(ledger.backed_up)}.", "`make backup`")
    elif ledger.first_delivery is not None and _older(ledger.first_delivery, now, allowed):
        yield Finding("cadangan", "Gudang ini belum pernah dicadangkan.", "`make backup`")


def _silent(settings: Settings, ledger: _Ledger, now: datetime) -> Iterator[Finding]:
    if ledger.delivered is not None and _older(ledger.delivered, now, timedelta(days=settings.delivery_days)):
        yield Finding(
            "kiriman",
            f"Tidak ada kiriman baru sejak {_day(ledger.delivered)}.",
            "Tanyakan pada pengirimnya, dan periksa apakah LANDING_URL menunjuk folder yang benar.",
        )


def _older(moment: datetime, now: datetime, allowed: timedelta) -> bool:
    """Whether it is longer ago than allowed; nothing is where no time at all is allowed."""
    return bool(allowed) and now - moment > allowed


def _day(moment: datetime) -> str:
    return moment.astimezone(TIMEZONE).strftime("%d-%m-%Y %H:%M")


def _existing(path: Path) -> Path:
    """That folder, or the nearest one above it that is there."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def _ledger(cursor: psycopg.Cursor) -> _Ledger:
    row = cursor.execute(
        """
        with terakhir as (
            select waktu, id_jalan from ops.kejadian
            where kejadian = %(begin)s and not coalesce((rincian ->> 'uji_coba')::boolean, false)
            order by waktu desc limit 1
        ),

        akhir as (
            select bool_and(kejadian = %(end)s and coalesce((rincian ->> 'kiriman_ditolak')::integer, 0) = 0) as baik
            from ops.kejadian join terakhir using (id_jalan)
            where kejadian in (%(end)s, %(refused)s)
        ),

        sewa as (
            select exists (
                select from ops.sewa join terakhir using (id_jalan)
                where detak > clock_timestamp() - make_interval(secs => %(stale)s) or exists (
                    select from pg_stat_activity as a
                    where a.datname = current_database() and a.application_name = 'regsosek:' || sewa.epoch
                )
            ) as jalan
        )

        select terakhir.waktu, terakhir.id_jalan,
            case when sewa.jalan then null else coalesce(akhir.baik, false) end,
            kiriman.terakhir, kiriman.pertama, cadangan.isi
        from akhir
        cross join sewa
        left join terakhir on true
        cross join (
            select max(diterima_pada) as terakhir, min(diterima_pada) as pertama from ops.kiriman where not uji_coba
        ) as kiriman
        cross join (
            select max(coalesce((rincian ->> 'dibuat_pada')::timestamptz, waktu)) as isi
            from ops.kejadian where kejadian in (%(backup)s, %(restore)s)
        ) as cadangan
        """,
        {
            "stale": STALE_SECONDS, "begin": BEGIN, "end": END, "refused": REFUSED,
            "backup": BACKUP, "restore": RESTORE,
        },
    ).fetchone()  # fmt: skip
    assert row is not None
    return _Ledger(row[0], row[1], row[2] if row[0] is not None else None, *row[3:])
