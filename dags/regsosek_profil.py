"""
### Dari rilis ke profil desa percontohan

Sesudah setiap rilis, dan sesudah angka publik terbit, dibuat "Profil Kemiskinan dan Kesejahteraan Desa" untuk desa
percontohan: PDF, halaman, buku kerja, dan gambar, salinan internal dan publik. Log menyebut foldernya. Bila gagal,
rilisnya tetap berlaku; **Clear** tugasnya setelah sebabnya hilang. Desa lain: `regsosek profile KODE`.
"""

from __future__ import annotations

from airflow.sdk import dag, task

from regsosek.airflow import profiles
from regsosek.airflow.every_dag import EVERY_DAG, guide
from regsosek.airflow.publik import PUBLICATION
from regsosek.airflow.tasks import RELEASE


@dag(
    dag_id=profiles.DAG_ID,
    schedule=RELEASE | PUBLICATION,
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["regsosek", "profil"],
    **EVERY_DAG,
)
def regsosek_profil() -> None:
    """Wire the task."""
    task(doc_md=guide(profiles.TASK_ID))(profiles.make_profiles)()


regsosek_profil()
