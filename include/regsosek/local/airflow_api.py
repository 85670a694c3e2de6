"""The little of Airflow's REST API that an installation needs: start a run, follow it, read why it failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from regsosek.airflow import DAG_ID

FINAL = ("success", "failed")


class AirflowUnavailableError(RuntimeError):
    """Airflow did not come up in time, or does not answer any more."""


@dataclass(frozen=True)
class TaskState:
    """State of one task instance; ``map_index`` is -1 where the task is not mapped, ``seconds`` None until it ends."""

    task_id: str
    map_index: int
    state: str
    seconds: float | None
    try_number: int


class AirflowApi:
    """A client of the api-server at ``url``, logged in as ``user`` once the server is up."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=120, trust_env=False)
        self._login = {"username": user, "password": password}

    def wait(self, alive: Callable[[], None], *, seconds: float = 180) -> None:
        """Wait for server and DAG; ``alive`` raises when waiting has become pointless.

        Raises:
            AirflowUnavailableError: the time is over.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            alive()
            try:
                self._client.get("/execution/health")  # the part that tasks talk to builds itself when first asked
                if "Authorization" not in self._client.headers:
                    self._authenticate()
                dag = self._client.get(f"/api/v2/dags/{DAG_ID}")
                if dag.is_success and not dag.json()["is_stale"] and not dag.json()["has_import_errors"]:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        raise AirflowUnavailableError(f"Airflow was not ready after {seconds:.0f} seconds.")

    def trigger(self, conf: dict[str, Any] | None = None) -> str:
        """Start a run of the DAG with the values of its form; returns its id."""
        body = {"logical_date": None, "conf": conf or {}}
        return str(self.post(f"/api/v2/dags/{DAG_ID}/dagRuns", body)["dag_run_id"])

    def state(self, run_id: str) -> str:
        """State of the run: queued, running, success or failed."""
        return str(self.get(f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}")["state"])

    def tasks(self, run_id: str) -> list[TaskState]:
        """Every task instance of the run."""
        found = self.get(f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances?limit=500")["task_instances"]
        return [
            TaskState(each["task_id"], each["map_index"], each["state"] or "", each["duration"], each["try_number"])
            for each in found
        ]

    def errors(self, run_id: str, task: TaskState) -> list[str]:
        """What an operator has to know of that task's last try: its error lines, or else its exception."""
        path = f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{task.task_id}/logs/{task.try_number}"
        log = self.get(f"{path}?map_index={task.map_index}&full_content=true")["content"]
        errors = [line for line in log if isinstance(line, dict) and line.get("level") == "error"]
        causes = [
            f"{each['exc_type']}: {each['exc_value']}" for line in errors for each in line.get("error_detail", [])
        ]
        return [line["event"] for line in errors if line.get("logger", "").startswith("regsosek.")] or causes[:1]

    def get(self, path: str) -> Any:
        """What the API answers to a GET."""
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the API answers to a POST."""
        return self._ask("POST", path, json=body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """What the API answers to a PATCH."""
        return self._ask("PATCH", path, json=body)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._client.request(method, path, headers={"Accept": "application/json"}, **options)
        except httpx.TransportError as error:
            raise AirflowUnavailableError(f"Airflow did not answer ({type(error).__name__}).") from None
        return answer.raise_for_status().json()

    def _authenticate(self) -> None:
        answer = self._client.post("/auth/token", json=self._login)
        if answer.is_success:
            self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
