"""The task of the DAG ``regsosek_housekeeping``."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from regsosek.settings import Settings

log = logging.getLogger(__name__)


def drop_what_is_old() -> dict[str, Any]:
    """Drop deliveries, logs, gate pages and workbooks that are older than the settings say; returns how many."""
    from regsosek.retention import clean  # noqa: PLC0415 - only this needs it

    done = clean(Settings())
    log.info("Dibersihkan: %s", done)
    return asdict(done)
