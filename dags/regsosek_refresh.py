"""
### From the landing to published village marts

Picks up new or changed deliveries, loads and gates them, transforms what passed, gates the result and publishes it.
Every night at 01:00 (Asia/Jakarta); a run missed while the machine was off starts when the machine does. Start it by
hand with **Trigger** and fill in the form.

| what happened | what the run does |
|---|---|
| nothing new in the landing | green at once, and says so |
| a delivery is refused | the others are published, the run ends red |
| gate 2 refuses the candidate | nothing is published, the last release stays |
| the connection is lost | the task is tried again; bad data is not |

A failed task's log begins with what to do; **Halaman gerbang** on a gate's task opens the list of faults.
"""

from __future__ import annotations

from airflow.sdk import (
    CronTriggerTimetable,
    Param,
    TriggerRule,
    dag,
    task,
    task_group,
)

from regsosek.airflow import tasks
from regsosek.airflow.every_dag import EVERY_DAG


@dag(
    schedule=CronTriggerTimetable("0 1 * * *", timezone="Asia/Jakarta"),
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["regsosek"],
    params={
        "deliveries": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Kiriman",
            description="Nama folder kiriman, satu per baris. Kosong: semua yang baru atau berubah.",
        ),
        "force": Param(
            False,
            type="boolean",
            title="Paksa",
            description="Nilai ulang kiriman yang pernah ditolak, walaupun isinya tidak berubah.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Uji coba",
            description="Sampai gerbang 2 beserta laporannya; tidak ada yang terbit, buku kiriman tidak berubah.",
        ),
    },
    **EVERY_DAG,
)
def regsosek_refresh() -> None:
    """Wire the tasks: one bad batch does not stop the others, and the run still ends as failed."""

    @task_group(prefix_group_id=False)
    def receive_deliveries(batch: list[dict[str, object]]) -> None:
        ids = task(tasks.load_deliveries)(batch)
        ids = task(tasks.normalise_deliveries)(ids)  # type: ignore[arg-type]  # stands for the value it will have
        task(tasks.validate_deliveries)(ids)  # type: ignore[arg-type]

    come_what_may = task(trigger_rule=TriggerRule.ALL_DONE)
    skip_the_rest = task.short_circuit(trigger_rule=TriggerRule.ALL_DONE, ignore_downstream_trigger_rules=False)

    start = task(tasks.start_refresh)().as_setup()
    batches = task(tasks.discover_deliveries)()
    received = receive_deliveries.expand(batch=batches)
    choose = skip_the_rest(tasks.choose_villages)()
    aggregate = task(tasks.compute_aggregates)()
    build = task(tasks.build_candidate)()
    validate = task(tasks.validate_candidate)()
    publish = task(outlets=[tasks.RELEASE])(tasks.publish_release)()
    summarise = come_what_may(tasks.summarise_refresh)()
    finish = task(tasks.finish_refresh)().as_teardown()

    start >> batches
    received >> choose >> aggregate >> build >> validate >> publish >> summarise >> finish
    start >> finish


regsosek_refresh()
