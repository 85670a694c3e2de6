"""The tasks of the DAG ``regsosek_refresh``: each calls one step of :mod:`regsosek.refresh`.

A DAG file imports this module whenever it is parsed: whatever is heavy (Great Expectations, dbt, pandas) is imported
by the steps themselves, when they run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from airflow.sdk import Asset, ObjectStoragePath, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from regsosek import refresh
from regsosek.refresh import Run
from regsosek.settings import Settings
from regsosek.warehouse import lease

log = logging.getLogger(__name__)

RELEASE = Asset("regsosek://rilis", group="regsosek")
"""What profiles, BI and open data wait for: an event means that another release is in ``marts``."""

Summary = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")


class TasksFailedError(RuntimeError):
    """Tasks of this run failed for another reason than the data; their logs say why."""


def start_refresh() -> dict[str, Any]:
    """Take the lease and clear what a killed run left behind; returns the run, which all other tasks need."""
    context: Any = get_current_context()
    return refresh.start(Settings(), context["run_id"], dry_run=context["params"]["dry_run"]).model_dump()


def discover_deliveries() -> list[list[dict[str, Any]]]:
    """Find new or changed deliveries, in batches; none is fine."""
    params: Any = get_current_context()["params"]
    return _perform(refresh.discover, root=_landing(), only=params["deliveries"], force=params["force"])


def load_deliveries(batch: list[dict[str, Any]]) -> list[int]:
    """COPY the files of a batch into ``raw``; returns the ids of its deliveries."""
    return _perform(refresh.load, batch, root=_landing())


def normalise_deliveries(ids: list[int]) -> list[int]:
    """Type the items, give families and persons pseudonyms, list what is wrong."""
    return _perform(refresh.normalise, ids)


def validate_deliveries(ids: list[int]) -> Summary:
    """Gate 1: every rule on every delivery of the batch; fails if one is refused."""
    return _perform(refresh.validate, ids)


def choose_villages() -> Summary:
    """Choose the best accepted delivery of each village; empty, which skips the rest, if none is new."""
    candidate = _perform(refresh.choose)
    return candidate if candidate["perlu_terbit"] else {}


def compute_aggregates() -> Summary:
    """Count every indicator of the villages of new deliveries, once and for all."""
    return _perform(refresh.aggregate)


def build_candidate() -> Summary:
    """Build the marts of the candidate from the aggregates of its deliveries."""
    return _perform(refresh.build_candidate)


def validate_candidate() -> Summary:
    """Gate 2: totals reconcile, ranges, coverage; warns of figures that moved a lot."""
    return _perform(refresh.validate_candidate)


def publish_release() -> int:
    """Copy the candidate under a new release and point ``marts`` at it; skipped in a dry run."""
    release = _perform(refresh.publish)
    if release is None:
        raise AirflowSkipException("Uji coba: tidak ada yang diterbitkan.")
    get_current_context()["outlet_events"][RELEASE].extra = {"id_rilis": release}
    return release


def summarise_refresh() -> Summary:
    """Say what came of the run, and end it as failed if a delivery was refused or a task failed."""
    summary = _perform(refresh.summarise)
    _fail_with_the_others()
    return summary


def finish_refresh() -> None:
    """Give the lease back; a dry run leaves nothing behind."""
    _perform(refresh.finish)


def _perform(step: Callable[Concatenate[Settings, Run, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a step with the settings and the run of the current task.

    What an operator has to know of a failure (rule, counts, villages, remedy) is logged before its traceback.
    """
    context: Any = get_current_context()
    run = Run.model_validate(context["ti"].xcom_pull(task_ids=start_refresh.__name__))
    settings = Settings()
    try:
        with lease.beating(settings, run.epoch):
            return step(settings, run, *args, **kwargs)
    except Exception as failure:
        for line in getattr(failure, "lines", ()):
            log.error(line)
        raise


def _landing() -> ObjectStoragePath:
    """The landing with the credentials of an Airflow connection, if its URL names one (``s3://connection@bucket``)."""
    return ObjectStoragePath(Settings().landing)


def _fail_with_the_others() -> None:
    context: Any = get_current_context()
    past = context["ti"].get_task_breadcrumbs(context["dag"].dag_id, context["run_id"])
    failed = sorted({str(task["task_id"]) for task in past if task["state"] == "failed"})
    if failed:
        raise TasksFailedError(f"Tugas gagal: {', '.join(failed)}. Sebabnya di awal log tugas itu.")
