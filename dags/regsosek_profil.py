"""
### From a release to the profiles of the pilot villages

Every new release, and every publication of public figures, is followed by "Profil Kemiskinan dan Kesejahteraan Desa" of
the pilot villages: PDF, page, workbook and picture, an internal and a public copy. The log says where they lie. If they
cannot be made the release stands as it is; clear the task once the reason is gone. Other villages:
`regsosek profile KODE`.
"""

from __future__ import annotations

from airflow.sdk import dag, task

from regsosek.airflow import profiles
from regsosek.airflow.every_dag import EVERY_DAG
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
    task(profiles.make_profiles)()


regsosek_profil()
