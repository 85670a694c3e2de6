"""What a profile speaks of, as the marts have it: nothing that a mart has computed is computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Copy(StrEnum):
    """For whom a copy is: the office and the village, or anybody."""

    internal = "internal"
    publik = "publik"


@dataclass(frozen=True)
class Figure:
    """An indicator in an area.

    Attributes:
        pembilang, penyebut: the integers; None where the figure is hidden, ``penyebut`` also for plain counts.
        tidak_tahu: units whose answer, or whose part in the universe, is not known.
        nilai: the figure, never rounded.
        bawah, atas: the figure whatever the missing answers were; None where nothing can be unknown.
        alasan: why there is no figure, in words.
    """

    pembilang: int | None
    penyebut: int | None
    tidak_tahu: int
    nilai: float | None
    bawah: float | None
    atas: float | None
    alasan: str | None = None

    @property
    def hidden(self) -> bool:
        """Whether the number is there and not shown."""
        return self.pembilang is None

    @property
    def low(self) -> float | None:
        """The least it can be."""
        return self.nilai if self.bawah is None else self.bawah

    @property
    def high(self) -> float | None:
        """The most it can be."""
        return self.nilai if self.atas is None else self.atas


@dataclass(frozen=True)
class Definition:
    """An indicator in the words of a planner."""

    kode: str
    nama: str
    dimensi: str
    unit: str
    jenis: str
    satuan: str
    semesta: str
    rumus: str
    tidak_tahu: str | None
    arah: str
    prioritas: int
    catatan: str | None


@dataclass(frozen=True)
class Place:
    """An area figures are shown of: the one the profile is about, one above it, or a village in it.

    Attributes:
        kekurangan: number of the deprivation -> how many residents lack it.
    """

    tingkat: str
    kode: str
    nama: str
    desa_masuk: int
    desa_seluruh: int
    figures: Mapping[str, Figure]
    kekurangan: Mapping[int, Figure]

    @property
    def lengkap(self) -> bool:
        """Whether all its villages are in."""
        return self.desa_masuk == self.desa_seluruh


@dataclass(frozen=True)
class Identity:
    """The area a profile is about; of a kecamatan, what is of a village only is None.

    Attributes:
        jenis: desa, kelurahan or kecamatan.
        kode_kemendagri: the Ministry's code.
        luas_km2: area of the polygons.
    """

    tingkat: str
    kode: str
    nama: str
    jenis: str
    kode_kemendagri: str
    kecamatan: str
    kabupaten: str
    kode_kecamatan: str
    kode_kabupaten: str
    luas_km2: float | None
    klas: int | None
    desa: tuple[str, ...]
    """Codes of its villages, itself included."""

    @property
    def sebutan(self) -> str:
        """Desa Pagerwangi, Kelurahan Kagok, Kecamatan Adiwerna."""
        return f"{self.jenis.capitalize()} {self.nama}"


@dataclass(frozen=True)
class Program:
    """Whom a programme reaches, all deciles together."""

    program: str
    unit: str
    penerima: int
    bukan_penerima: int
    tidak_tahu: int
    sasaran: int
    sasaran_penerima: int
    sasaran_terlewat: int
    sasaran_tidak_tahu: int
    bukan_sasaran_penerima: int
    exclusion_error: float | None
    inclusion_error: float | None


@dataclass(frozen=True)
class Rank:
    """Where a village stands among others, as the range its bounds allow; rank 1 is the most pressing."""

    lingkup: str
    nama_lingkup: str
    kode_indikator: str
    jumlah_desa: int
    terbaik: int | None
    terburuk: int | None
    alasan: str | None


@dataclass(frozen=True)
class Release:
    """Which release the figures are of, and how old they are.

    Attributes:
        id_publik: the public release; None in an internal copy.
        tanpa_tanggal: villages whose delivery states no cut-off.
    """

    id_rilis: int
    id_publik: int | None
    versi_definisi: str
    versi: str | None
    sumber: str | None
    acuan_min: date | None
    acuan_max: date | None
    tanpa_tanggal: int = 0


@dataclass(frozen=True)
class Decile:
    """Families and residents of a decile; 0 is the one that is not known."""

    desil: int
    keluarga: int
    penduduk: int


@dataclass(frozen=True)
class Facts:
    """Everything one copy of one profile is made of.

    Attributes:
        rilis: None where the area has no figures of that kind (nothing delivered, or nothing agreed to yet).
        tempat: the area itself, then those above it.
        sebab_kosong: why there are no figures, in words.
        umur: (age group, sex) -> residents.
        desil_skala: scope of the decile; None where it is not known or the villages' differ.
        rumah: component -> families (ya, tidak, tidak diketahui); ``gagal`` -> families by certain failures.
        rentan: kind -> (families or residents, of how many it is not known).
        mutu: rows of the mart, one per village.
        konteks: official figures of the kabupaten, by year.
    """

    salinan: Copy
    wilayah: Identity
    rilis: Release | None
    definisi: Mapping[str, Definition]
    tempat: tuple[Place, ...]
    sebab_kosong: str | None = None
    umur: Mapping[tuple[str, str], int] = field(default_factory=dict)
    desil: tuple[Decile, ...] = ()
    desil_skala: str | None = None
    desil_model: str | None = None
    desil_cut_off: date | None = None
    desil_sasaran: int | None = None
    nama_kekurangan: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    program: tuple[Program, ...] = ()
    rumah: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rentan: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sekolah: Mapping[tuple[str, str, str, str], int] = field(default_factory=dict)
    kerja: Mapping[tuple[str, str, str, str], int] = field(default_factory=dict)
    peringkat: tuple[Rank, ...] = ()
    desa: tuple[Place, ...] = ()
    mutu: tuple[Mapping[str, Any], ...] = ()
    konteks: tuple[Mapping[str, Any], ...] = ()

    @property
    def figures(self) -> Mapping[str, Figure]:
        """Figures of the area itself."""
        return self.tempat[0].figures if self.tempat else {}
