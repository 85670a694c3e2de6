"""Regsosek in Airflow: the gate pages, one click away from the task."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.configuration import conf
from airflow.sdk.types import TaskInstanceKey

from regsosek.airflow import DAG_ID, listener

PREFIX = "/regsosek"

GATES = {"validate_deliveries": 1, "validate_candidate": 2}
"""Tasks that are a gate, and its number."""


class GatePageLink(BaseOperatorLink):
    """The button on the gates' tasks."""

    name = "Halaman gerbang"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """URL of the gate's page for that run; empty, so no button, for any other task."""
        gate = GATES.get(ti_key.task_id) if ti_key.dag_id == DAG_ID else None
        if gate is None:
            return ""
        base = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        return f"{base}{PREFIX}/gerbang/{gate}?jalan={quote(ti_key.run_id, safe='')}"


class RegsosekPlugin(AirflowPlugin):
    """Registered by the entry point ``airflow.plugins``; every process of Airflow loads it."""

    name = "regsosek"
    global_operator_extra_links = [GatePageLink()]  # noqa: RUF012 -- Airflow wants a list
    listeners = [listener]  # noqa: RUF012

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The pages; only the api-server asks for them, and only there is the web framework worth its import."""
        from regsosek.airflow.pages import app  # noqa: PLC0415

        return [{"app": app, "url_prefix": PREFIX, "name": "Regsosek"}]
