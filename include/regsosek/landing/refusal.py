"""Why a delivery is not loaded."""

from __future__ import annotations

from typing import Literal

from regsosek.rules import rule

File = Literal["k_rt", "k_art", "kiriman"]


class DeliveryRefused(Exception):
    """The delivery breaks a rule of severity ``tolak_kiriman``; trying again changes nothing.

    Attributes:
        aturan: rule id.
        berkas: ``k_rt``, ``k_art`` or ``kiriman`` (the delivery as a whole).
        pesan: what is wrong, in which file and record; never a value of the data.
        tindakan: what the district does about it.
        baris: record number (the header is record 1), None where the fault has none.
    """

    def __init__(self, aturan: str, berkas: File, pesan: str, tindakan: str, baris: int | None = None) -> None:
        super().__init__(aturan, berkas, pesan, tindakan, baris)
        self.aturan = aturan
        self.berkas = berkas
        self.pesan = pesan
        self.tindakan = tindakan
        self.baris = baris

    def __str__(self) -> str:
        return f"{self.pesan} {self.tindakan}"


class DeliveryChanged(RuntimeError):
    """A file was replaced while it was read: nothing was loaded, and the next run takes the new content."""

    def __init__(self, nama_berkas: str) -> None:
        super().__init__(nama_berkas)
        self.nama_berkas = nama_berkas

    def __str__(self) -> str:
        return f"{self.nama_berkas} berubah selagi dibaca. Tidak ada yang dimuat; penyegaran berikutnya mengambilnya."


def refusal(
    aturan: str, berkas: File, pesan: str, *, baris: int | None = None, tindakan: str | None = None
) -> DeliveryRefused:
    """A refusal by that rule, with the rule's own remedy unless a better one is known."""
    return DeliveryRefused(aturan, berkas, pesan, tindakan or rule(aturan).tindakan, baris)
