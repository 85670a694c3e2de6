"""One real installation for all tests of this folder: its own PostgreSQL, Airflow, landing and ports."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from outside import REGSOSEK, Airflow, until

from regsosek.local.airflow_api import AirflowApi
from regsosek.local.installation import Installation
from regsosek.local.processes import Processes
from regsosek.local.setup import clean
from regsosek.settings import Settings
from webhook import Webhook, listening


@pytest.fixture(scope="package")
def webhook() -> Iterator[Webhook]:
    with listening() as server:
        yield server


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory, webhook: Webhook) -> Iterator[Installation]:
    """An installation that is not set up yet; everything of it is gone at the end."""
    home = tmp_path_factory.mktemp("installation")
    (home / "landing").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("AIRFLOW", "REGSOSEK", "LANDING"))]:
            patch.delenv(name)
        patch.setenv("REGSOSEK_HOME", str(home / "home"))
        patch.setenv("LANDING_URL", str(home / "landing"))
        patch.setenv("REGSOSEK_NOTIFY_URL", webhook.url)
        patch.setenv("REGSOSEK_SECRET_FILE", str(home / "pseudonym.key"))
        patch.setenv("REGSOSEK_SETTLE_SECONDS", "0")
        installation = Installation(Settings())
        yield installation
        clean(installation)


@pytest.fixture(scope="package")
def landing(installation: Installation) -> Path:
    return Path(installation.settings.landing)


@pytest.fixture(scope="package")
def airflow(installation: Installation) -> Iterator[Airflow]:
    """``make up`` in a process of its own."""
    output = installation.home / "up.txt"
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w") as file:
        process = subprocess.Popen([REGSOSEK, "up"], stdout=file, stderr=subprocess.STDOUT, text=True)
    until(lambda: process.poll() is not None or "Ctrl-C" in output.read_text())
    assert process.poll() is None, output.read_text()
    api = AirflowApi(installation.url, "admin", installation.admin_password)
    api.wait(Processes(installation).check)
    yield Airflow(installation, api, process)
    if process.poll() is None:
        process.terminate()
        process.wait(60)
