"""dbt in a process of its own: the same answers, the same errors, and no process left when nobody asks any more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import psycopg
import pytest

from regsosek.settings import Settings

ASK = """
import sys
from regsosek.settings import Settings
from regsosek.transform import definition_version, parse_project, run_dbt
from regsosek.transform.process import dbt_ready

with dbt_ready():
    parse_project(Settings())
    nodes = run_dbt(Settings(), "run", select=["stg_regsosek__kiriman"], variables={"versi_definisi": definition_version()})
    print([(node.name, node.status) for node in nodes], "dbt.cli.main" in sys.modules)
"""  # noqa: E501 - one statement of the script


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {"REGSOSEK_HOME": str(settings.home), "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url}


def ask(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_a_model_is_built_by_the_other_process(environment: dict[str, str], warehouse: psycopg.Connection) -> None:
    asked = ask(environment)
    assert asked.stdout.strip() == "[('stg_regsosek__kiriman', 'success')] False", asked.stderr
    assert warehouse.execute("select to_regclass('staging.stg_regsosek__kiriman') is not null").fetchone() == (True,)


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    """Whoever asked was gone before dbt was imported: the request must not be carried out then."""
    request = json.dumps({"what": "invoke", "words": ["deps", "--project-dir", "/nowhere"], "environment": {}})
    process = [sys.executable, "-c", "from regsosek.transform.process import main; main()"]
    ended = subprocess.run(process, input=f"{request}\n", capture_output=True, text=True, check=False, timeout=300)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_lost_warehouse_is_told_as_such(environment: dict[str, str], settings: Settings) -> None:
    nowhere = environment | {"AIRFLOW_CONN_REGSOSEK": "postgresql://nobody:secret@127.0.0.1:9/nowhere"}
    asked = ask(nowhere)
    assert "WarehouseUnavailableError" in asked.stderr
    assert "secret" not in asked.stderr


def test_it_ends_with_whoever_asked(
    environment: dict[str, str], settings: Settings, warehouse: psycopg.Connection
) -> None:
    with psycopg.connect(settings.warehouse_url) as holder:
        # The model has to wait for this, so that it is in the middle when the one who asked is killed.
        holder.execute("lock table ops.kiriman in access exclusive mode")
        asking = subprocess.Popen([sys.executable, "-c", ASK], env=environment)
        try:
            while not warehouse.execute(
                "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            ).fetchone():
                assert asking.poll() is None
                time.sleep(0.1)
            (other,) = psutil.Process(asking.pid).children()
        finally:
            asking.send_signal(signal.SIGKILL)
            asking.wait()
        _, alive = psutil.wait_procs([other], timeout=60)
        assert alive == []
