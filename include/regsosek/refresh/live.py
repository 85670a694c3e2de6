"""A whole refresh in this process, without Airflow: the same steps in the same order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from threading import Thread
from typing import Any

from regsosek.gates.failure import GateFailed
from regsosek.gates.gx import import_gx
from regsosek.refresh import steps
from regsosek.refresh.run import Run
from regsosek.settings import Settings
from regsosek.transform import parse_project
from regsosek.transform.process import dbt_ready
from regsosek.warehouse import lease

Told = Callable[[str], None]


def refresh(
    settings: Settings,
    id_jalan: str,
    *,
    only: list[str] | None = None,
    force: bool = False,
    dry_run: bool = False,
    tell: Told = lambda step: None,
) -> dict[str, Any]:
    """Refresh from the landing and return the summary; ``tell`` hears the name of each step as it begins.

    What gate 1 refuses does not stop the rest; it is raised at the end.

    Raises:
        LeaseHeldError: another refresh is running.
        GateFailed: gate 2 refused the candidate.
        RefreshIncomplete: a delivery or a village was refused; the rest was published.
    """
    tell("start")
    run = steps.start(settings, id_jalan, dry_run=dry_run)
    try:
        with lease.beating(settings, run.epoch):
            tell("discover")
            batches = steps.discover(settings, run, only=only, force=force)
            with dbt_ready() if batches else nullcontext():
                if batches:
                    parse_project(settings, purpose=run.purpose)
                _take_in(settings, run, batches, tell)
                tell("choose")
                if steps.choose(settings, run)["perlu_terbit"]:
                    _release(settings, run, tell)
            tell("summarise")
            return steps.summarise(settings, run)
    finally:
        steps.finish(settings, run)


def _take_in(settings: Settings, run: Run, batches: list[list[dict[str, Any]]], tell: Told) -> None:
    """Load, normalise and judge what is new."""
    if batches:
        Thread(target=import_gx).start()  # PostgreSQL will be busy, this process less so
    for batch in batches:
        tell("load")
        ids = steps.load(settings, run, batch)
        tell("normalise")
        steps.normalise(settings, run, ids)
        tell("validate")
        _validate(settings, run, ids)


def _validate(settings: Settings, run: Run, ids: list[int]) -> None:
    try:
        steps.validate(settings, run, ids)
    except GateFailed as failure:
        for line in failure.lines:
            steps.log.error(line)


def _release(settings: Settings, run: Run, tell: Told) -> None:
    for step in (steps.aggregate, steps.build_candidate, steps.validate_candidate, steps.publish):
        tell(step.__name__)
        step(settings, run)
