"""The DAG: it imports anywhere and at once, keeps the conventions, and decides well what to try again."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import psycopg
import pytest
from airflow.sdk import DAG
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables import trigger
from airflow.timetables.base import DataInterval, TimeRestriction

from regsosek.airflow.every_dag import GUIDE, guide
from regsosek.gates.failure import GateFailed
from regsosek.landing.refusal import refusal
from regsosek.refresh import RefreshIncomplete
from regsosek.settings import PROJECT
from regsosek.transform import TransformError
from regsosek.warehouse.connection import WarehouseUnavailableError
from regsosek.warehouse.lease import LeaseHeldError, LeaseLostError
from regsosek.yaml_file import read_yaml

DAGS = PROJECT / "dags"
NAMES = sorted(path.stem for path in DAGS.glob("regsosek_*.py"))
JAKARTA = ZoneInfo("Asia/Jakarta")

VERBS = {
    "build", "choose", "compute", "discover", "finish", "load", "normalise", "publish", "receive", "start", "summarise",
    "validate",
}  # fmt: skip

HEAVY = {"dbt", "great_expectations", "openpyxl", "pandas", "pyarrow", "scipy"}

IMPORT_ALONE = f"""
import importlib.util, json, socket, sys

def refuse(*_):
    raise AssertionError("a DAG file must not connect to anything while it is parsed")

import airflow.sdk
before = set(sys.modules)
socket.socket.connect = socket.socket.connect_ex = refuse
for name in {NAMES}:
    spec = importlib.util.spec_from_file_location(name, f"{DAGS}/{{name}}.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
print(json.dumps(sorted({{name.split(".")[0] for name in set(sys.modules) - before}})))
"""


def test_importing_needs_no_warehouse_and_nothing_heavy(tmp_path: Any) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REGSOSEK", "LANDING"))}
    environment.pop("AIRFLOW_CONN_REGSOSEK", None)
    environment["REGSOSEK_HOME"] = str(tmp_path / "nothing")
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALONE],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    imported = set(json.loads(result.stdout.splitlines()[-1]))
    assert "regsosek" in imported
    assert imported & HEAVY == set()


def test_at_most_a_dozen_tasks_and_every_name_is_a_verb_with_an_object(dag: DAG) -> None:
    groups = [name for name in dag.task_group.get_task_group_dict() if name]
    assert len(dag.task_ids) <= 12
    for name in [*dag.task_ids, *groups]:
        verb, _, thing = name.partition("_")
        assert verb in VERBS and thing, name


def test_after_a_red_task_nothing_is_computed_and_nothing_published(dag: DAG) -> None:
    """Only choosing goes on after a batch that failed; from there on every task wants the one before it."""
    path = ["choose_villages", "compute_aggregates", "build_candidate", "validate_candidate", "publish_release"]
    rules = {task_id: dag.get_task(task_id).trigger_rule for task_id in path}
    assert rules == {**dict.fromkeys(path, "all_success"), "choose_villages": "all_done"}
    for before, after in itertools.pairwise(path):
        assert dag.get_task(after).upstream_task_ids == {before}


def test_conventions(dag: DAG) -> None:
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.is_paused_upon_creation is False
    assert "regsosek" in dag.tags
    assert dag.doc_md and "Halaman gerbang" in dag.doc_md
    for task in dag.tasks:
        assert task.owner == "regsosek"
        assert task.doc_md, f"{task.task_id} has no docstring"
        assert task.retries >= 2 and task.retry_policy is not None, task.task_id


@pytest.mark.parametrize("name", NAMES)
def test_operators_read_what_a_task_does_what_can_go_wrong_and_what_to_do(dags: dict[str, DAG], name: str) -> None:
    for task in dags[name].tasks:
        assert task.doc_md == guide(task.task_id)
        told, _, table = task.doc_md.partition("\n\n| Yang dapat terjadi | Yang dilakukan |\n|---|---|\n")
        assert told.endswith("."), task.task_id
        rows = table.splitlines()
        assert rows and all(row.count("|") == 3 and row.endswith(". |") for row in rows), task.task_id
    assert len(dags[name].tasks) <= 12


def test_nobody_is_told_about_a_task_that_is_not_there(dags: dict[str, DAG]) -> None:
    assert set(read_yaml(GUIDE)) <= {task.task_id for dag in dags.values() for task in dag.tasks}


def test_the_form_explains_itself(dag: DAG) -> None:
    fields = {name: dag.params.get_param(name) for name in dag.params}
    assert {name: field.value for name, field in fields.items()} == {"deliveries": [], "force": False, "dry_run": False}
    for field in fields.values():
        assert field.schema["title"] and field.description


def test_only_what_another_attempt_may_cure_is_tried_again(dag: DAG) -> None:
    policy = dag.get_task("load_deliveries").retry_policy
    again = [
        psycopg.OperationalError(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.SerializationFailure(),
        WarehouseUnavailableError(),
        LeaseHeldError(),
        ConnectionResetError(),
        TimeoutError(),
    ]
    never = [
        refusal("berkas_tidak_terbaca", "k_rt", "x"),
        GateFailed(["x"]),
        RefreshIncomplete(["x"]),
        TransformError("build", [], "x"),
        LeaseLostError(),
        psycopg.DataError(),
        FileNotFoundError(),
        ValueError(),
    ]
    decisions = {
        type(error).__name__: policy.evaluate(error, try_number=1, max_tries=3).action.value
        for error in [*again, *never]
    }
    assert decisions == {type(e).__name__: "retry" for e in again} | {type(e).__name__: "fail" for e in never}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-03-05T09:30", "2026-03-05T01:00", id="off for three nights: the last one, at once"),
        pytest.param("2026-03-03T07:00", "2026-03-03T01:00", id="off last night: at once"),
        pytest.param("2026-03-03T00:30", "2026-03-03T01:00", id="nothing missed: tonight"),
    ],
)
def test_a_missed_run_starts_when_the_machine_does(
    dag: DAG, monkeypatch: pytest.MonkeyPatch, now: str, due: str
) -> None:
    """What the scheduler asks the timetable after the last run, that of 2 March, when it comes up at ``now``."""

    def at(text: str) -> pendulum.DateTime:
        return pendulum.instance(datetime.fromisoformat(text).replace(tzinfo=JAKARTA))

    monkeypatch.setattr(trigger, "utcnow", lambda: at(now))
    timetable = coerce_to_core_timetable(dag.timetable)
    info = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(at("2026-03-02T01:00")),
        restriction=TimeRestriction(pendulum.instance(dag.start_date), None, dag.catchup),
    )
    assert info is not None
    assert info.run_after == at(due)
    # And after that one the next is a future one: missed nights are not all made up for.
    following = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(at(due)),
        restriction=TimeRestriction(pendulum.instance(dag.start_date), None, dag.catchup),
    )
    assert following is not None
    assert following.run_after == at(due) + timedelta(days=1)


def test_airflows_own_linter_finds_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "AIR3", "--no-cache", str(DAGS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
