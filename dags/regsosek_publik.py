"""
### Dari rilis ke angka yang boleh keluar dari kantor

Mati sampai seseorang menyalakannya. Sejak itu setiap rilis disiapkan untuk skema `publik`: angka yang menunjuk
keluarga tertentu disembunyikan, beserta angka lain yang dapat dipakai menghitungnya kembali. Tidak ada yang terbit
sebelum seseorang setuju: **Required Actions** pada tugas `approve_public`. Menolak membiarkan angka publik seperti
adanya. Yang sudah dibaca orang tidak dapat ditarik kembali.
"""

from __future__ import annotations

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from regsosek.airflow import publik
from regsosek.airflow.every_dag import EVERY_DAG, guide
from regsosek.airflow.tasks import RELEASE


@dag(
    schedule=RELEASE,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    tags=["regsosek", "publik"],
    **EVERY_DAG,
)
def regsosek_publik() -> None:
    """Wire the tasks."""
    approve = ApprovalOperator(
        task_id="approve_public",
        subject="Terbitkan angka publik?",
        body=publik.QUESTION,
        doc_md=guide("approve_public"),
    )
    prepare = task(doc_md=guide("prepare_public"))(publik.prepare_public)()
    publish = task(outlets=[publik.PUBLICATION], doc_md=guide("publish_public"))(publik.publish_public)()
    prepare >> approve >> publish


regsosek_publik()
