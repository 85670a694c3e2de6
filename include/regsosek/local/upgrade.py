"""``make upgrade``: an installation of an earlier version, with its data, becomes one of this version."""

from __future__ import annotations

import regsosek
from regsosek.local.installation import Installation
from regsosek.local.processes import Processes
from regsosek.local.setup import SetupFailedError, setup
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import UPGRADE, write_event
from regsosek.warehouse.prepare import Prepared


def upgrade(installation: Installation) -> Prepared:
    """Bring warehouse and Airflow to this version while nothing refreshes; returns what the warehouse lacked.

    Raises:
        SetupFailedError: Airflow is running, with the code of before in its memory.
        LeaseHeldError: a refresh is running.
        SchemaNewerError, ContractBrokenError: the warehouse is of a newer version, or cannot become one of this one.
    """
    if Processes(installation).running():
        raise SetupFailedError("Airflow masih hidup dengan program yang lama. Jalankan `make down` dahulu.")
    if installation.needs_server:
        installation.server.start()
    with lease.holding_if_there(installation.settings, UPGRADE):
        prepared = setup(installation)
    assert prepared is not None
    with transaction(installation.settings) as cursor:
        what = {"versi": regsosek.__version__, "migrasi": prepared.migrasi, "kolom": prepared.kolom}
        write_event(cursor, UPGRADE, None, what)
    return prepared
