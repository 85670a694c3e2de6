"""``make down``: an end of everything that runs, with as few imports as that takes."""

from __future__ import annotations

from regsosek.local.installation import Installation
from regsosek.local.processes import Processes


def stop_processes(installation: Installation) -> list[str]:
    """Stop Airflow and Superset; returns the names of what was running."""
    stopped = Processes(installation).stop()
    if (installation.home / "superset").exists():
        from regsosek.bi.server import SupersetProcess  # noqa: PLC0415 - heavy, and most installations have none

        stopped += SupersetProcess(installation).stop()
    return stopped


def down(installation: Installation) -> list[str]:
    """Stop Airflow's processes, Superset and the embedded server of this installation, and nothing else."""
    stopped = stop_processes(installation)
    if installation.server.running():
        installation.server.stop()
        stopped.append("PostgreSQL")
    return stopped
