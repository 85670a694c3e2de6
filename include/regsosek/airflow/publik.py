"""The tasks of the DAG ``regsosek_publik``: prepare figures that may leave the office, publish them once agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from airflow.sdk import Asset, get_current_context

from regsosek import refresh
from regsosek.refresh import Run
from regsosek.settings import Settings
from regsosek.warehouse import lease

Summary = dict[str, Any]

PUBLICATION = Asset("regsosek://publik", group="regsosek")
"""An event means that other figures are in ``publik``."""

QUESTION = """
Rilis {{ task_instance.xcom_pull(task_ids='prepare_public')['id_rilis'] }} siap menjadi angka publik (skema `publik`).

| | |
|---|---|
| desa | {{ task_instance.xcom_pull(task_ids='prepare_public')['desa'] }} |
| desa yang tetap seperti terbitan sebelumnya, karena terlalu sedikit keluarganya berubah |\
 {{ task_instance.xcom_pull(task_ids='prepare_public')['desa_tertahan'] }} |
| indikator yang tetap seperti terbitan sebelumnya, karena perubahannya membuka angka yang disembunyikan |\
 {{ task_instance.xcom_pull(task_ids='prepare_public')['indikator_tertahan'] }} |
| angka desa, kecamatan, dan kabupaten | {{ task_instance.xcom_pull(task_ids='prepare_public')['angka'] }} |
| di antaranya disembunyikan untuk melindungi keluarga |\
 {{ task_instance.xcom_pull(task_ids='prepare_public')['disembunyikan'] }} |

Yang sudah dibaca orang tidak dapat ditarik kembali. Setujui hanya bila angka ini memang boleh keluar dari kantor.
"""


def prepare_public() -> Summary:
    """Decide what is hidden of the release that `marts` shows; nobody sees the result yet."""
    from regsosek.publik import prepare_public as prepare  # noqa: PLC0415 - numpy, dbt

    with _lease() as (settings, run):
        return asdict(prepare(settings, run))


def publish_public() -> int:
    """Put what was prepared and agreed to into schema `publik`, with the name of who agreed."""
    from regsosek.publik import publish_public as publish  # noqa: PLC0415 - numpy, dbt

    context: Any = get_current_context()
    answer = context["ti"].xcom_pull(task_ids="approve_public")
    person = (answer.get("responded_by_user") or {}).get("name")
    with _lease() as (settings, run):
        return publish(settings, run, prepared_by=context["run_id"], approved_by=person)


@contextmanager
def _lease() -> Iterator[tuple[Settings, Run]]:
    """Hold the warehouse's lease for one task only: a person may take days to answer."""
    context: Any = get_current_context()
    settings = Settings()
    run = refresh.start(settings, context["run_id"], event="publik mulai")
    try:
        with lease.beating(settings, run.epoch):
            yield settings, run
    finally:
        refresh.finish(settings, run)
