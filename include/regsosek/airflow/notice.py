"""The notice of a failed run, through whatever Apprise can reach (mail, Telegram, a webhook and many more)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from regsosek.airflow import DAG_ID
from regsosek.settings import Settings

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


def report_failure(context: Context) -> None:
    """Send one notice about the failed DAG run to ``REGSOSEK_NOTIFY_URL``.

    Without a URL nobody is told. A notifier that does not answer is logged and breaks nothing. The notice names
    the run and where to look, never anything of the data.
    """
    url = Settings().notify_url
    if not url:
        return
    try:
        from apprise import Apprise, NotifyType  # noqa: PLC0415 -- slow to import, and most runs succeed

        notifier = Apprise()
        if not notifier.add(url):
            log.error("REGSOSEK_NOTIFY_URL is not a URL that Apprise knows; nobody was told of the failure.")
            return
        sent = notifier.notify(
            title=f"Regsosek: {_dag_id(context)} gagal", body=_body(context), notify_type=NotifyType.FAILURE
        )
    except Exception as error:  # whatever the service or its library does
        log.error("The failure notice was not sent (%s).", type(error).__name__)
        return
    if not sent:
        log.error("The failure notice was not taken by the service behind REGSOSEK_NOTIFY_URL.")


def _body(context: Context) -> str:
    from airflow.sdk.configuration import conf  # noqa: PLC0415 -- the package works without Airflow

    run_id = str(context["run_id"])
    base = conf.get("api", "base_url", fallback="http://127.0.0.1:8080/")
    page = f"{base.rstrip('/')}/dags/{_dag_id(context)}/runs/{quote(run_id)}"
    unchanged = (
        "Rilis yang terbit tidak berubah oleh kiriman yang ditolak."
        if _dag_id(context) == DAG_ID
        else ("Angka yang terbit tidak berubah karenanya.")
    )
    return f"Jalan {run_id} tidak selesai dengan baik. {unchanged}\n{page}"


def _dag_id(context: Context) -> str:
    return str(context["dag"].dag_id)
