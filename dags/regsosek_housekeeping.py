"""
### Yang tidak diperlukan lagi dihapus

Setiap Minggu pukul 04.00 (WIB): isi `raw` dan `registri` dari kiriman yang tidak berlaku, tidak terbit, dan tidak
terjangkau rollback; log, halaman gerbang, dan buku perbaikan yang lama. Seberapa lama: pengaturan `REGSOSEK_KEEP_*`.
Yang dihapus tercatat di `ops.kejadian`. Yang akan dihapus: `regsosek bersihkan --uji-coba`.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag, task

from regsosek.airflow import housekeeping
from regsosek.airflow.every_dag import EVERY_DAG, guide


@dag(
    schedule=CronTriggerTimetable("0 4 * * 0", timezone="Asia/Jakarta"),
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["regsosek"],
    **EVERY_DAG,
)
def regsosek_housekeeping() -> None:
    """Wire the task."""
    task(doc_md=guide(housekeeping.drop_what_is_old.__name__))(housekeeping.drop_what_is_old)()


regsosek_housekeeping()
