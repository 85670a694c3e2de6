"""Airflow reads its settings when it is imported: these tests give it a home of its own, and no warehouse."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from regsosek.settings import PROJECT

if TYPE_CHECKING:
    from airflow.sdk import DAG

HOME = tempfile.TemporaryDirectory(prefix="airflow-")

os.environ |= {
    "AIRFLOW_HOME": HOME.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}


@pytest.fixture(scope="session")
def dags() -> dict[str, DAG]:
    """The DAGs as Airflow's own DAG bag parses them."""
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415 - after the settings above

    bag = DagBag(str(PROJECT / "dags"))
    assert bag.import_errors == {}
    return dict(bag.dags)


@pytest.fixture(scope="session")
def dag(dags: dict[str, DAG]) -> DAG:
    """The DAG of the refresh."""
    return dags["regsosek_refresh"]
