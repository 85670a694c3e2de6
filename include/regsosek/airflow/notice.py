"""Notices of failed runs and of what the watch finds, through whatever Apprise can reach (mail, chat, a webhook).

A failed task leaves its reason as an XCom, and the callback of the DAG, which runs elsewhere, gathers the reasons of
all failed tasks into one notice.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from regsosek.airflow import DAG_ID
from regsosek.settings import Settings

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

REASON = "alasan"
"""Key of the XCom."""
LINES, LENGTH = 6, 400
"""Lines of reasons in a notice, and characters of each: a chat takes some 4,000 in all."""
IDENTITY = re.compile(r"(?<!\d)\d{16}(?!\d)")
"""A NIK or KK; none is ever in a reason, but a folder's name is the sender's."""


def note_reason(context: Context) -> None:
    """Keep why the task failed, in words that quote no data, for the notice of its run."""
    from regsosek.cli.reasons import reason_of  # noqa: PLC0415 -- most tasks succeed

    error = context.get("exception")
    said = reason_of(error) if isinstance(error, Exception) else None
    lines = said.splitlines() if said else [f"{type(error).__name__}; log tugas itu memuat selengkapnya."]
    context["ti"].xcom_push(key=REASON, value=[_safe(line) for line in lines[:LINES]])


def report_failure(context: Context) -> None:
    """Send one notice about the failed DAG run: what failed and why, and where to look, never anything of the data."""
    if Settings().notify_url:
        send_notice(*compose(_dag_id(context), str(context["run_id"]), _reasons(context)), wrong=True)


def send_notice(title: str, body: str, wrong: bool) -> bool:
    """Send a notice to ``REGSOSEK_NOTIFY_URL``; returns whether it was taken, or there is nobody to be told.

    A notifier that does not answer is logged and breaks nothing.
    """
    url = Settings().notify_url
    if not url:
        return True
    try:
        from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415 -- slow to import, and most runs succeed

        notifier = Apprise()
        if not notifier.add(url):
            log.error("REGSOSEK_NOTIFY_URL is not a URL that Apprise knows; nobody was told: %s.", title)
            return False
        kind = NotifyType.FAILURE if wrong else NotifyType.SUCCESS
        sent = bool(notifier.notify(title=title, body=body, notify_type=kind, body_format=NotifyFormat.TEXT))
    except Exception as error:  # whatever the service or its library does
        log.error("The notice was not sent (%s): %s.", type(error).__name__, title)
        return False
    if not sent:
        log.error("The notice was not taken by the service behind REGSOSEK_NOTIFY_URL: %s.", title)
    return sent


def compose(dag_id: str, run_id: str, reasons: dict[str, list[str]]) -> tuple[str, str]:
    """Subject and text: which DAG, which tasks, the first lines of why, where to look.

    ``reasons`` is failed task -> lines, in the order of the DAG; it may be empty.
    """
    failed = list(reasons)
    where = f" pada {failed[0]}" if failed else ""
    others = f" dan {len(failed) - 1} tugas lain" if len(failed) > 1 else ""
    unchanged = (
        "Rilis yang terbit tidak berubah oleh kiriman yang ditolak."
        if dag_id == DAG_ID
        else "Angka yang terbit tidak berubah karenanya."
    )
    lines = list(dict.fromkeys(line for each in reasons.values() for line in each))
    more = [f"... dan {len(lines) - LINES} lagi."] if len(lines) > LINES else []
    body = [
        f"Jalan {run_id} tidak selesai dengan baik. {unchanged}",
        *([f"Tugas yang gagal: {', '.join(failed)}"] if failed else []),
        *(f"- {_safe(line)}" for line in lines[:LINES]),
        *more,
        f"{_base_url()}/dags/{dag_id}/runs/{quote(run_id)}",
    ]
    return f"Regsosek: {dag_id} gagal{where}{others}", "\n".join(body)


def _reasons(context: Context) -> dict[str, list[str]]:
    """Failed task -> why, in the order of the DAG; empty where Airflow cannot be asked."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance  # noqa: PLC0415 -- only a callback has it

    dag_id, run_id = _dag_id(context), str(context["run_id"])
    try:
        states = RuntimeTaskInstance.get_task_states(dag_id=dag_id, run_ids=[run_id])[run_id]
        failed = [_instance(name, context["dag"].task_dict) for name, state in states.items() if state == "failed"]
        order = _order(context["dag"])
        found: dict[str, list[str]] = {}
        for task_id, map_index in sorted(failed, key=lambda each: (order[each[0]], each[1])):
            found.setdefault(task_id, []).extend(_reason(dag_id, run_id, task_id, map_index))
    except Exception as error:  # the notice goes out with less in it
        log.warning("Why the run failed could not be asked (%s).", type(error).__name__)
        return {}
    return found


def _order(dag: Any) -> dict[str, int]:
    return {task.task_id: place for place, task in enumerate(dag.topological_sort())}


def _reason(dag_id: str, run_id: str, task_id: str, map_index: int) -> list[str]:
    from airflow.sdk.bases.xcom import BaseXCom  # noqa: PLC0415

    said = BaseXCom.get_one(key=REASON, dag_id=dag_id, task_id=task_id, run_id=run_id, map_index=map_index)
    return [str(line) for line in said or ()]


def _instance(name: str, tasks: dict[str, Any]) -> tuple[str, int]:
    """Task and map index of ``load_deliveries_3``, as Airflow calls an instance that is mapped."""
    if name in tasks:
        return name, -1
    task_id, _, number = name.rpartition("_")
    return task_id, int(number)


def _safe(line: str) -> str:
    return IDENTITY.sub("(disembunyikan)", line)[:LENGTH]


def _base_url() -> str:
    from airflow.sdk.configuration import conf  # noqa: PLC0415 -- the package works without Airflow

    return str(conf.get("api", "base_url", fallback="http://127.0.0.1:8080/")).rstrip("/")


def _dag_id(context: Context) -> str:
    return str(context["dag"].dag_id)
