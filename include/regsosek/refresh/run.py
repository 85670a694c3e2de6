"""The identity of one refresh."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from regsosek.warehouse.lease import Guard, backend_name, guard


class Run(BaseModel):
    """One refresh: its id (the DAG run's), the epoch of its lease, and whether it only tries.

    A dry run does everything through gate 2 and reports; it publishes nothing and leaves the ledger as it was.
    """

    model_config = ConfigDict(frozen=True)

    id_jalan: str
    epoch: int
    dry_run: bool = False

    @property
    def guard(self) -> Guard:
        """What every writing transaction of this run calls."""
        return guard(self.epoch)

    @property
    def purpose(self) -> str:
        """Application name of this run's connections."""
        return backend_name(self.epoch)
