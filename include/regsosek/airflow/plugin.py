"""Regsosek in Airflow: pages about a task, one click away from it, and the documentation in the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.configuration import conf
from airflow.sdk.types import TaskInstanceKey

from regsosek.airflow import DAG_ID, listener

PREFIX = "/regsosek"
T = TypeVar("T")

GATES = {"validate_deliveries": 1, "validate_candidate": 2}
"""Tasks that are a gate, and its number."""

MODELS = {"compute_aggregates": "agg_indikator_desa", "build_candidate": "fct_indikator_desa"}
"""Tasks that dbt does, and the model whose lineage tells most about it."""


class GatePageLink(BaseOperatorLink):
    """The button on the gates' tasks."""

    name = "Halaman gerbang"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """URL of the gate's page for that run; empty, so no button, for any other task."""
        gate = _of_refresh(GATES, ti_key)
        return _url(f"/gerbang/{gate}?jalan={quote(ti_key.run_id, safe='')}") if gate else ""


class ModelLink(BaseOperatorLink):
    """The button on the tasks that dbt does: what is computed from what."""

    name = "Model dbt"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """URL of the model in dbt's documentation; empty for any other task."""
        model = _of_refresh(MODELS, ti_key)
        return _url(f"/dokumen/dbt.html#!/model/model.regsosek.{model}") if model else ""


class ReleasePageLink(BaseOperatorLink):
    """The button on the task that publishes."""

    name = "Halaman rilis"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """URL of the page of the release that run published; empty for any other task."""
        publishes = _of_refresh({"publish_release": True}, ti_key)
        return _url(f"/rilis?jalan={quote(ti_key.run_id, safe='')}") if publishes else ""


def _of_refresh(tasks: Mapping[str, T], ti_key: TaskInstanceKey) -> T | None:
    return tasks.get(ti_key.task_id) if ti_key.dag_id == DAG_ID else None


def _url(page: str) -> str:
    """A page of ours, below whatever path Airflow is reached at."""
    base = urlsplit(str(conf.get("api", "base_url", fallback=""))).path.rstrip("/")
    return f"{base}{PREFIX}{page}"


class RegsosekPlugin(AirflowPlugin):
    """Registered by the entry point ``airflow.plugins``; every process of Airflow loads it."""

    name = "regsosek"
    global_operator_extra_links = [GatePageLink(), ModelLink(), ReleasePageLink()]  # noqa: RUF012 -- Airflow wants lists
    listeners = [listener]  # noqa: RUF012
    external_views = [{"name": "Dokumen", "href": _url("/dokumen/index.html"), "destination": "nav"}]  # noqa: RUF012

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The pages; only the api-server asks for them, and only there is the web framework worth its import."""
        from regsosek.airflow.pages import app  # noqa: PLC0415

        return [{"app": app, "url_prefix": PREFIX, "name": "Regsosek"}]
