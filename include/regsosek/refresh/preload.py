"""What takes a process seconds before its first work: done where those seconds cost nothing."""

from __future__ import annotations

import gc
import logging

from regsosek.gates.gx import import_gx
from regsosek.settings import Settings
from regsosek.transform import warm_up
from regsosek.transform.invocation import import_dbt
from regsosek.warehouse.connection import WarehouseUnavailableError

log = logging.getLogger(__name__)


def preload(settings: Settings) -> None:
    """Import Great Expectations and dbt and let dbt parse the project, so that forked processes need not."""
    import_dbt()
    import_gx()
    try:
        warm_up(settings)
    except WarehouseUnavailableError as error:
        log.warning("%s", error)
    gc.freeze()  # modules stay: forks that looked for garbage among them would copy them all
    log.info("Great Expectations and dbt are imported; tasks need not do it again.")
