"""
### What nobody needs any more is dropped

Every Sunday at 04:00 (Asia/Jakarta): the raw and registry rows of deliveries that are neither current, nor published,
nor within reach of a rollback; old task logs, gate pages and workbooks of corrections. How old is old: settings
`REGSOSEK_KEEP_*`. What was dropped stands in `ops.kejadian`. What would be dropped: `regsosek bersihkan --uji-coba`.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag, task

from regsosek.airflow import housekeeping
from regsosek.airflow.every_dag import EVERY_DAG


@dag(
    schedule=CronTriggerTimetable("0 4 * * 0", timezone="Asia/Jakarta"),
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["regsosek"],
    **EVERY_DAG,
)
def regsosek_housekeeping() -> None:
    """Wire the task."""
    task(housekeeping.drop_what_is_old)()


regsosek_housekeeping()
