"""One refresh, step by step: what the DAG ``regsosek_refresh`` and the command ``regsosek refresh`` both call.

Steps take and give small JSON-friendly values (ids, folder names, counts), never data. Each can be repeated after a
crash: what is done already is left alone.
"""

from regsosek.refresh.live import refresh
from regsosek.refresh.run import Run
from regsosek.refresh.steps import (
    RefreshIncomplete,
    aggregate,
    build_candidate,
    choose,
    discover,
    finish,
    load,
    normalise,
    publish,
    start,
    summarise,
    validate,
    validate_candidate,
)

__all__ = [
    "RefreshIncomplete",
    "Run",
    "aggregate",
    "build_candidate",
    "choose",
    "discover",
    "finish",
    "load",
    "normalise",
    "publish",
    "refresh",
    "start",
    "summarise",
    "validate",
    "validate_candidate",
]
