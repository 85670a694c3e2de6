"""The identity of one refresh."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from regsosek.transform.definition import definition_version
from regsosek.warehouse.lease import Guard, backend_name, guard


class DefinitionsChangedError(RuntimeError):
    """The project was changed while a refresh ran; nothing was published."""

    def __init__(self) -> None:
        super().__init__(
            "Definisi indikator berubah selama penyegaran berjalan (program diperbarui?), maka tidak ada yang "
            "diterbitkan. Jalankan penyegaran sekali lagi."
        )


class Run(BaseModel):
    """One refresh: its id (the DAG run's), the epoch of its lease, whether it only tries, and its definitions.

    A dry run does everything through gate 2 and reports; it publishes nothing and leaves the ledger as it was.
    """

    model_config = ConfigDict(frozen=True)

    id_jalan: str
    epoch: int
    dry_run: bool = False
    versi_definisi: str = Field(default_factory=definition_version)

    @property
    def guard(self) -> Guard:
        """What every writing transaction of this run calls."""
        return guard(self.epoch)

    @property
    def purpose(self) -> str:
        """Application name of this run's connections."""
        return backend_name(self.epoch)

    def require_same_definitions(self) -> None:
        """A release is computed by one set of definitions, even where somebody upgrades in the middle.

        Raises:
            DefinitionsChangedError: the project is no longer what it was when the run began.
        """
        if definition_version() != self.versi_definisi:
            raise DefinitionsChangedError
