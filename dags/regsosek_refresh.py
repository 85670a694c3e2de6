"""
### Dari landing ke angka desa yang terbit

Mengambil kiriman yang baru atau berubah, memuat dan memeriksanya (gerbang 1), menghitung indikator, memeriksa
hasilnya (gerbang 2), lalu menerbitkannya. Setiap malam pukul 01.00 WIB; jalan yang terlewat karena mesin mati dimulai
begitu mesin hidup. Di luar jadwal: **Trigger**, lalu isi formulirnya.

| yang terjadi | yang dilakukan jalan ini |
|---|---|
| tidak ada yang baru di landing | langsung hijau, dan mengatakannya |
| satu kiriman ditolak | yang lain tetap terbit; jalan ini berakhir merah |
| gerbang 2 menolak calon rilis | tidak ada yang terbit; rilis terakhir tetap tampil |
| sambungan putus | tugasnya dicoba lagi; data yang salah tidak |

**Bila merah:** klik tugas yang merah; awal lognya menyebut sebab dan tindakannya. Pada gerbang, **Halaman gerbang**
membuka semua temuan; pada penerbitan, **Halaman rilis** isinya; pada hitungan, **Model dbt** asal-usulnya. Rilis yang
terbit tidak pernah rusak oleh jalan yang merah. Selengkapnya: buku pegangan operator, menu **Dokumen**.
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
from regsosek.airflow.every_dag import EVERY_DAG, guide


@dag(
    schedule=CronTriggerTimetable("0 1 * * *", timezone="Asia/Jakarta"),
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["regsosek", "tiap malam"],
    params={
        "deliveries": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Kiriman",
            description="Nama folder kiriman di landing, satu per baris, misalnya 2022-11-30_balapulang. "
            "Kosong: semua yang baru atau berubah.",
        ),
        "force": Param(
            False,
            type="boolean",
            title="Paksa",
            description="Nilai ulang kiriman yang pernah ditolak, walaupun isinya tidak berubah. Gunakan setelah "
            "aturan atau batasnya berubah.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Uji coba",
            description="Sampai gerbang 2 beserta laporannya; tidak ada yang terbit, buku kiriman tidak berubah. "
            "Gunakan untuk memeriksa kiriman sebelum malam.",
        ),
    },
    **EVERY_DAG,
)
def regsosek_refresh() -> None:
    """Wire the tasks: one bad batch does not stop the others, and the run still ends as failed."""

    @task_group(prefix_group_id=False)
    def receive_deliveries(batch: list[dict[str, object]]) -> None:
        ids = task(doc_md=guide("load_deliveries"))(tasks.load_deliveries)(batch)
        ids = task(doc_md=guide("normalise_deliveries"))(tasks.normalise_deliveries)(ids)  # type: ignore[arg-type]  # stands for the value it will have
        task(doc_md=guide("validate_deliveries"))(tasks.validate_deliveries)(ids)  # type: ignore[arg-type]

    come_what_may = task(trigger_rule=TriggerRule.ALL_DONE, doc_md=guide("summarise_refresh"))
    skip_the_rest = task.short_circuit(
        trigger_rule=TriggerRule.ALL_DONE, ignore_downstream_trigger_rules=False, doc_md=guide("choose_villages")
    )

    start = task(doc_md=guide("start_refresh"))(tasks.start_refresh)().as_setup()
    batches = task(doc_md=guide("discover_deliveries"))(tasks.discover_deliveries)()
    received = receive_deliveries.expand(batch=batches)
    choose = skip_the_rest(tasks.choose_villages)()
    aggregate = task(doc_md=guide("compute_aggregates"))(tasks.compute_aggregates)()
    build = task(doc_md=guide("build_candidate"))(tasks.build_candidate)()
    validate = task(doc_md=guide("validate_candidate"))(tasks.validate_candidate)()
    publish = task(outlets=[tasks.RELEASE], doc_md=guide("publish_release"))(tasks.publish_release)()
    summarise = come_what_may(tasks.summarise_refresh)()
    finish = task(doc_md=guide("finish_refresh"))(tasks.finish_refresh)().as_teardown()

    start >> batches
    received >> choose >> aggregate >> build >> validate >> publish >> summarise >> finish
    start >> finish


regsosek_refresh()
