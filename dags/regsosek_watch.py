"""
### Adakah yang perlu perhatian?

Setiap jam diperiksa: malam tanpa penyegaran, kiriman yang lama tidak datang, disk yang hampir penuh, cadangan yang
lama, DAG yang dimatikan. Yang tidak beres ada di log; pemberitahuan ke `REGSOSEK_NOTIFY_URL` dikirim ketika mulai dan
ketika selesai, tidak setiap jam. Hal yang sama di layar: `regsosek status`.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag, task

from regsosek.airflow import watch
from regsosek.airflow.every_dag import EVERY_DAG, guide


@dag(
    dag_id=watch.DAG_ID,
    schedule=CronTriggerTimetable("20 * * * *", timezone="Asia/Jakarta"),
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["regsosek", "watch"],
    **EVERY_DAG,
)
def regsosek_watch() -> None:
    """Wire the task."""
    task(doc_md=guide(watch.watch_installation.__name__))(watch.watch_installation)()


regsosek_watch()
