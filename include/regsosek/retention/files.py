"""Files beside the warehouse that have an end: logs of tasks, gate pages, workbooks with names of persons."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from regsosek.correction.base import CorrectionRefused
from regsosek.correction.deliver import STAGING, local_landing
from regsosek.settings import Settings

DAY = 86_400
"""Seconds."""


def old_logs(settings: Settings) -> list[Path]:
    """Logs that nobody has written to for ``keep_log_days``."""
    return list(_old(settings.home / "logs", settings.keep_log_days))


def old_pages(settings: Settings, runs_kept: set[str]) -> list[Path]:
    """Folders of gate pages older than ``keep_log_days``, but of the runs that made a release which is kept."""
    gates = settings.artefacts / "gates"
    folders = [each for each in gates.iterdir() if each.is_dir()] if gates.is_dir() else []
    limit = _limit(settings.keep_log_days)
    return [each for each in folders if each.name not in runs_kept and _youngest(each) < limit]


def old_workbooks(settings: Settings) -> list[Path]:
    """Workbooks of corrections older than ``keep_workbook_days``, in the folder where they go by default."""
    return list(_old(settings.corrections, settings.keep_workbook_days))


def left_in_landing(settings: Settings) -> list[Path]:
    """Corrections that were being written to the landing when their command was killed, a day ago or more."""
    with suppress(CorrectionRefused):
        return [each for each in local_landing(settings).glob(f"{STAGING}*") if _youngest(each) < _limit(1)]
    return []


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    return sum(each.stat().st_size for each in (path.rglob("*") if path.is_dir() else [path]) if each.is_file())


def remove(paths: list[Path]) -> int:
    """Delete files and folders; returns their bytes. What is gone already, or in use by another user, is left."""
    size = 0
    for path in paths:
        with suppress(OSError):
            size += size_of(path)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return size


def remove_empty(folder: Path) -> None:
    """Delete folders that hold nothing any more, from below."""
    for each in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        with suppress(OSError):
            each.rmdir()


def _old(folder: Path, days: int) -> Iterator[Path]:
    limit = _limit(days)
    return (each for each in folder.rglob("*") if each.is_file() and each.stat().st_mtime < limit)


def _youngest(folder: Path) -> float:
    return max((each.stat().st_mtime for each in (folder, *folder.rglob("*"))), default=0.0)


def _limit(days: int) -> float:
    return time.time() - days * DAY
