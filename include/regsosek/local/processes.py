"""Airflow's processes: started together, stopped together, and found again by ``make down``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from regsosek.local.installation import Installation
from regsosek.private_file import keep

COMMANDS = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
"""Airflow's subcommands. Logs are read from the common folder: serving them would open a port to everybody."""

PATIENCE = 20
"""Seconds a process has to end by itself."""


class ProcessEndedError(RuntimeError):
    """A process ended although it should run; the message names its log."""


@dataclass(frozen=True)
class Processes:
    """The processes of one installation; ``<home>/airflow/processes.json`` says which they are."""

    installation: Installation

    @property
    def file(self) -> Path:
        """Names, process ids and start times."""
        return self.installation.airflow_home / "processes.json"

    def log(self, name: str) -> Path:
        """What that process prints."""
        return self.installation.logs / f"{name}.log"

    def running(self) -> dict[str, psutil.Process]:
        """Those that live, by name; a process id that belongs to somebody else by now does not count."""
        if not self.file.exists():
            return {}
        known = json.loads(self.file.read_text(encoding="utf-8"))
        found = {name: _process(entry["pid"], entry["started"]) for name, entry in known.items()}
        return {name: process for name, process in found.items() if process is not None}

    def start(self, names: tuple[str, ...] = tuple(COMMANDS), *, scheduled: bool = True) -> None:
        """Start these processes, each in a group of its own and with a log of its own.

        With ``scheduled=False`` only runs that somebody asks for are started, not those that are due.
        """
        installation = self.installation
        if not installation.airflow.port:
            installation.keep_port(installation.port)
        environment = installation.environment() | {"AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(scheduled)}
        self.launch({name: [sys.executable, "-m", "airflow", *COMMANDS[name]] for name in names}, environment)

    def launch(
        self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        """Start these commands and write down which processes they are."""
        self.installation.logs.mkdir(parents=True, exist_ok=True)
        entries = {}
        for name, command in commands.items():
            with self.log(name).open("ab") as log:
                process = subprocess.Popen(
                    command,
                    env=environment,
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            entries[name] = {"pid": process.pid, "started": psutil.Process(process.pid).create_time()}
            keep(self.file, json.dumps(entries))

    def check(self) -> None:
        """Raise ProcessEndedError if one of the started processes is gone."""
        known = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        for name in sorted(known.keys() - self.running().keys()):
            raise ProcessEndedError(f"The process {name} ended unexpectedly. The end of {self.log(name)} says why.")

    def stop(self) -> list[str]:
        """End exactly the processes of this installation, with all they started; returns their names."""
        running = self.running()
        families = [(process, _family(process)) for process in running.values()]
        for process, _ in families:
            _signal(process, signal.SIGTERM)
        psutil.wait_procs(list(running.values()), timeout=PATIENCE)
        _, alive = psutil.wait_procs([each for process, family in families for each in (process, *family)], timeout=2)
        for member in alive:
            _signal(member, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=5)
        self.file.unlink(missing_ok=True)
        return list(running)


def become_airflow(installation: Installation, arguments: Sequence[str]) -> None:
    """Turn this process into Airflow's own command with these arguments: what a container does."""
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *arguments], installation.environment())


def _process(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return process if same else None


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _signal(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, number)
