"""What a gate found, in the form that the DAG logs, the ledger keeps and the page shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

VILLAGES_SHOWN = 8
"""Villages a log line names; the page and the quarantine list name all."""


@dataclass(frozen=True)
class Failure:
    """A rule or an expectation that was not met.

    Attributes:
        aturan: id of the rule, or of the expectation where no rule stands behind it.
        keparahan: a severity of the rules, or ``gagal`` where the data contradicts what the warehouse promises.
        jumlah: faults (records, villages or figures, as the message says).
        desa: village codes, ascending.
        pesan: what is wrong, in Bahasa Indonesia; never a value of the data.
        tindakan: what to do.
    """

    aturan: str
    keparahan: str
    jumlah: int
    desa: tuple[str, ...]
    pesan: str
    tindakan: str

    @property
    def blocks(self) -> bool:
        """Whether the gate stays shut because of it."""
        return self.keparahan in ("tolak_kiriman", "gagal")

    def line(self) -> str:
        """One log line: rule, count, villages, message, remedy."""
        shown = ", ".join(self.desa[:VILLAGES_SHOWN])
        more = len(self.desa) - VILLAGES_SHOWN
        where = f" di desa {shown}{f' dan {more} desa lain' if more > 0 else ''}" if self.desa else ""
        return f"[{self.keparahan}] {self.aturan}: {self.jumlah}{where}. {self.pesan} Tindakan: {self.tindakan}"


@dataclass(frozen=True)
class GateResult:
    """The verdict of a gate on one delivery (gate 1) or on the candidate (gate 2, ``id_kiriman`` None).

    Attributes:
        success: the delivery may be published; refused villages and families do not shut the gate.
        failures: those that block first, then by severity.
        warnings: drift against the last release, worth a look and no more.
        page: the gate's page.
    """

    id_kiriman: int | None
    success: bool
    failures: tuple[Failure, ...]
    page: Path
    warnings: tuple[Failure, ...] = ()

    @property
    def lines(self) -> list[str]:
        """For the log, what blocks first."""
        return [each.line() for each in sorted(self.failures, key=lambda each: not each.blocks)]

    def as_dict(self) -> dict[str, Any]:
        """JSON of the verdict, for XCom and the release record."""
        return {**asdict(self), "page": str(self.page)}
