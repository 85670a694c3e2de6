"""Facts of many areas at once, from ``marts`` and ``publik`` and nothing else.

A public copy reads its figures from ``publik`` alone. Names, areas, definitions and the official figures of the
kabupaten are public as they are; they come from ``marts`` so that a copy can say that its figures wait for approval.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import psycopg

from regsosek.profile.facts import (
    Copy,
    Decile,
    Definition,
    Facts,
    Figure,
    Identity,
    Place,
    Program,
    Rank,
    Release,
)

Row = dict[str, Any]

WAITING = "Angka publik menunggu persetujuan."
NOT_PUBLIC = "Belum ada angka publik untuk wilayah ini."
NO_DATA = {
    "ditolak": "Semua kiriman data desa ini ditolak, jadi belum ada angka.",
    "belum ada kiriman": "Belum ada kiriman data untuk desa ini, jadi belum ada angka.",
}
NO_DATA_DISTRICT = "Belum ada desa di kecamatan ini yang datanya masuk, jadi belum ada angka."

HOUSING = {
    "hunian_sempit": "Luas per jiwa", "bangunan_tidak_layak": "Bangunan", "sanitasi_tidak_layak": "Sanitasi",
    "air_tidak_layak": "Air minum",
}  # fmt: skip
"""Components of a decent dwelling: column of the mart and what it is called."""

VULNERABLE = {
    "keluarga_lansia_tunggal": ("Keluarga beranggotakan satu lansia", "keluarga"),
    "keluarga_kepala_perempuan": ("Keluarga yang dikepalai perempuan", "keluarga"),
    "penduduk_disabilitas": ("Penyandang disabilitas, 2 tahun ke atas", "jiwa"),
    "balita": ("Balita, di bawah 5 tahun", "jiwa"),
    "baduta": ("Baduta, di bawah 2 tahun", "jiwa"),
    "ibu_hamil": ("Ibu hamil", "jiwa"),
    "anak_tidak_sekolah": ("Anak 7–18 tahun tidak sekolah dan belum tamat SMA", "jiwa"),
    "anak_bekerja": ("Anak 5–14 tahun bekerja", "jiwa"),
}


class ProfileRefusedError(RuntimeError):
    """A profile cannot be made; the message says why and what to do."""


def identities(cursor: psycopg.Cursor) -> dict[str, Identity]:
    """Every village and kecamatan of the district by BPS code, villages first.

    Raises:
        ProfileRefusedError: nothing is published yet.
    """
    if _missing(cursor, "marts.dim_wilayah"):
        raise ProfileRefusedError("Belum ada rilis yang terbit. Jalankan penyegaran dahulu.")
    rows = _rows(cursor, "select * from marts.dim_wilayah order by kode_desa")
    found = {row["kode_desa"]: _village(row) for row in rows}
    districts = defaultdict(list)
    for row in rows:
        districts[row["kode_kecamatan"]].append(row)
    return found | {code: _district(members) for code, members in districts.items()}


def pilots(cursor: psycopg.Cursor) -> list[str]:
    """Codes of the villages of Desa Cinta Statistik."""
    rows = cursor.execute("select kode_desa from marts.dim_wilayah where desa_cantik order by 1").fetchall()
    return [code for (code,) in rows]


def read_facts(cursor: psycopg.Cursor, areas: Sequence[Identity], copy: Copy) -> list[Facts]:
    """The facts of these areas for one kind of copy, in their order; all of one release if the transaction is one."""
    definitions = {row["kode_indikator"]: _definition(row) for row in _rows(
        cursor, "select * from marts.dim_indikator order by urutan"
    )}  # fmt: skip
    return _Reader(cursor, areas, definitions).read(copy)


class _Reader:
    """Asks every mart once for all areas."""

    def __init__(self, cursor: psycopg.Cursor, areas: Sequence[Identity], definitions: dict[str, Definition]) -> None:
        self.cursor = cursor
        self.areas = areas
        self.definitions = definitions
        codes = {code for area in areas for code in _shown(area)}
        self.codes = {"wilayah": sorted(codes), "desa": sorted({code for area in areas for code in area.desa})}

    def read(self, copy: Copy) -> list[Facts]:
        return self._internal() if copy is Copy.internal else self._public()

    def _public(self) -> list[Facts]:
        context = self._context()
        waiting = _missing(self.cursor, "publik.fct_indikator_wilayah")
        rows = [] if waiting else self._ask("select * from publik.fct_indikator_wilayah where {wilayah}")
        places = _places(rows, [])
        releases = _by(rows, lambda row: row["kode_wilayah"])
        facts = []
        for area in self.areas:
            own = releases.get(area.kode, [])
            facts.append(
                Facts(
                    salinan=Copy.publik,
                    wilayah=area,
                    rilis=_release(own) if own else None,
                    sebab_kosong=None if own else WAITING if waiting else NOT_PUBLIC,
                    definisi=self.definitions,
                    tempat=tuple(places[code] for code in _levels(area) if code in places) if own else (),
                    desil_skala=next((row["desil_skala"] for row in own if row["desil_skala"]), None),
                    desa=tuple(places[code] for code in area.desa if code in places and code != area.kode),
                    konteks=tuple(context.get(area.kode_kabupaten, ())),
                )
            )
        return facts

    def _internal(self) -> list[Facts]:
        figures = self._ask("select * from marts.fct_indikator_wilayah where {wilayah}")
        lacks = self._ask("select * from marts.mart_kekurangan_multidimensi where {wilayah} order by nomor")
        places = _places(figures, lacks)
        by_area = _by(figures, lambda row: row["kode_wilayah"])
        names = {row["nomor"]: (row["dimensi"], row["nama"]) for row in lacks}
        targeting = self._ask("select * from marts.mart_ketepatan_sasaran where {wilayah} order by program")
        programs = _by([row for row in targeting if row["desil"] == "semua"], lambda row: row["kode_wilayah"])
        age = self._of_villages("mart_demografi_desa")
        deciles = self._of_villages("mart_desil_desa")
        housing = self._of_villages("mart_rtlh_desa")
        vulnerable = self._of_villages("mart_kerentanan_desa")
        school = self._of_villages("mart_pendidikan_desa")
        work = self._of_villages("mart_ketenagakerjaan_desa")
        quality = self._of_villages("mart_kualitas_data_desa")
        ranks = _by(self._ask("select * from marts.mart_prioritas_desa where {desa}"), lambda row: row["kode_desa"])
        context = self._context()
        return [
            Facts(
                salinan=Copy.internal,
                wilayah=area,
                rilis=_release(by_area[area.kode]) if area.kode in by_area else None,
                sebab_kosong=None if area.kode in by_area else _why_empty(area, quality),
                definisi=self.definitions,
                tempat=tuple(places[code] for code in _levels(area) if code in places) if area.kode in by_area else (),
                umur=_summed(age, area, ("kelompok_umur", "jenis_kelamin"), "penduduk"),
                **_deciles([row for code in area.desa for row in deciles.get(code, ())]),
                desil_sasaran=_target(targeting),
                nama_kekurangan=names,
                program=tuple(_program(row) for row in programs.get(area.kode, ())),
                rumah=_housing([row for code in area.desa for row in housing.get(code, ())]),
                rentan=_vulnerable([row for code in area.desa for row in vulnerable.get(code, ())]),
                sekolah=_summed(school, area, ("kelompok_umur", "jenis_kelamin", "partisipasi", "ijazah"), "penduduk"),
                kerja=_summed(
                    work, area, ("jenis_kelamin", "kegiatan", "status_pekerjaan", "lapangan_usaha"), "penduduk"
                ),
                peringkat=tuple(_rank(row) for row in ranks.get(area.kode, ())),
                desa=tuple(places[code] for code in area.desa if code in places and code != area.kode),
                mutu=tuple(row for code in area.desa for row in quality.get(code, ())),
                konteks=tuple(context.get(area.kode_kabupaten, ())),
            )
            for area in self.areas
        ]

    def _context(self) -> dict[str, list[Row]]:
        """Official figures only; what the registry counts stands in other columns, which are not public."""
        rows = self._ask(
            "select kode_kabupaten, tahun, garis_kemiskinan, penduduk_miskin_ribu, p0, p1, p2, tpt, penduduk_bps, "
            "penduduk_dukcapil, sumber, keyakinan, catatan from marts.mart_konteks_resmi order by tahun"
        )
        return _by(rows, lambda row: row["kode_kabupaten"])

    def _of_villages(self, mart: str) -> dict[str, list[Row]]:
        return _by(self._ask(f"select * from marts.{mart} where {{desa}}"), lambda row: row["kode_desa"])

    def _ask(self, statement: str) -> list[Row]:
        text = statement.format(wilayah="kode_wilayah = any(%(wilayah)s)", desa="kode_desa = any(%(desa)s)")
        return _rows(self.cursor, text, self.codes)


def _shown(area: Identity) -> tuple[str, ...]:
    return (*_levels(area), *area.desa)


def _levels(area: Identity) -> tuple[str, ...]:
    """The area and those above it."""
    return tuple(dict.fromkeys((area.kode, area.kode_kecamatan, area.kode_kabupaten)))


def _village(row: Row) -> Identity:
    return Identity(
        tingkat="desa", kode=row["kode_desa"], nama=row["nama_desa"], jenis=row["jenis"],
        kode_kemendagri=row["kode_desa_kemendagri"], kecamatan=row["nama_kecamatan"], kabupaten=row["nama_kabupaten"],
        kode_kecamatan=row["kode_kecamatan"], kode_kabupaten=row["kode_kabupaten"], luas_km2=row["luas_km2"],
        klas=row["klas"], desa=(row["kode_desa"],),
    )  # fmt: skip


def _district(members: list[Row]) -> Identity:
    first = members[0]
    sizes = [row["luas_km2"] for row in members]
    return Identity(
        tingkat="kecamatan", kode=first["kode_kecamatan"], nama=first["nama_kecamatan"], jenis="kecamatan",
        kode_kemendagri=first["kode_kecamatan_kemendagri"], kecamatan=first["nama_kecamatan"],
        kabupaten=first["nama_kabupaten"], kode_kecamatan=first["kode_kecamatan"],
        kode_kabupaten=first["kode_kabupaten"], luas_km2=None if None in sizes else sum(sizes), klas=None,
        desa=tuple(row["kode_desa"] for row in members),
    )  # fmt: skip


def _definition(row: Row) -> Definition:
    return Definition(
        kode=row["kode_indikator"], nama=row["nama"], dimensi=row["dimensi"], unit=row["unit_analisis"],
        jenis=row["jenis"], satuan=row["satuan"], semesta=row["semesta"], rumus=row["rumus"],
        tidak_tahu=row["tidak_tahu"], arah=row["arah"], prioritas=row["prioritas"], catatan=row["catatan"],
    )  # fmt: skip


def _places(figures: list[Row], lacks: list[Row]) -> dict[str, Place]:
    deprivations = _by(lacks, lambda row: row["kode_wilayah"])
    return {
        code: Place(
            tingkat=rows[0]["tingkat"],
            kode=code,
            nama=rows[0]["nama_wilayah"],
            desa_masuk=max(row["desa_masuk"] for row in rows),
            desa_seluruh=rows[0]["desa_seluruh"],
            figures={row["kode_indikator"]: _figure(row) for row in rows},
            kekurangan={row["nomor"]: _deprivation(row) for row in deprivations.get(code, ())},
        )
        for code, rows in _by(figures, lambda row: row["kode_wilayah"]).items()
    }


def _figure(row: Row) -> Figure:
    return Figure(
        pembilang=row["pembilang"],
        penyebut=row["penyebut"],
        tidak_tahu=(row["tidak_tahu"] or 0) + (row["semesta_tidak_tahu"] or 0),
        nilai=row["nilai"],
        bawah=row["batas_bawah"],
        atas=row["batas_atas"],
        alasan=row["alasan_kosong"],
    )


def _deprivation(row: Row) -> Figure:
    return Figure(
        pembilang=row["penduduk_kekurangan"],
        penyebut=row["penduduk_diketahui"],
        tidak_tahu=row["penduduk_tidak_tahu"],
        nilai=row["pct_kekurangan"],
        bawah=row["pct_kekurangan_bawah"],
        atas=row["pct_kekurangan_atas"],
    )


def _release(rows: list[Row]) -> Release:
    """The release of an area's rows; a public one can hold figures of several cut-offs."""
    first = rows[0]
    return Release(
        id_rilis=first["id_rilis" if "id_rilis" in first else "id_rilis_sumber"],
        id_publik=first.get("id_rilis_publik"),
        versi_definisi=first["versi_definisi"],
        versi=_only(row["versi"] for row in rows) or "campuran",
        sumber=first["sumber"],
        acuan_min=min((row["tanggal_acuan_min"] for row in rows if row["tanggal_acuan_min"]), default=None),
        acuan_max=max((row["tanggal_acuan_max"] for row in rows if row["tanggal_acuan_max"]), default=None),
        tanpa_tanggal=max(row.get("desa_tanpa_tanggal") or 0 for row in rows),
    )


def _program(row: Row) -> Program:
    return Program(
        program=row["program"], unit=row["unit"], penerima=row["penerima"], bukan_penerima=row["bukan_penerima"],
        tidak_tahu=row["tidak_tahu"], sasaran=row["sasaran"], sasaran_penerima=row["sasaran_penerima"],
        sasaran_terlewat=row["sasaran_terlewat"], sasaran_tidak_tahu=row["sasaran_tidak_tahu"],
        bukan_sasaran_penerima=row["bukan_sasaran_penerima"], exclusion_error=row["exclusion_error"],
        inclusion_error=row["inclusion_error"],
    )  # fmt: skip


def _rank(row: Row) -> Rank:
    return Rank(
        lingkup=row["lingkup"], nama_lingkup=row["nama_lingkup"], kode_indikator=row["kode_indikator"],
        jumlah_desa=row["jumlah_desa"], terbaik=row["peringkat_terbaik"], terburuk=row["peringkat_terburuk"],
        alasan=row["alasan_tanpa_peringkat"],
    )  # fmt: skip


def _target(rows: list[Row]) -> int | None:
    """The last decile that programmes are meant for, as the mart counted; None where no family shows it."""
    peopled = [row for row in rows if row["desil"].isdigit() and row["penerima"] + row["bukan_penerima"]]
    last = max((int(row["desil"]) for row in peopled if row["sasaran"]), default=0)
    beyond = min((int(row["desil"]) for row in peopled if not row["sasaran"]), default=11)
    return last if beyond == last + 1 else None


def _deciles(rows: list[Row]) -> dict[str, Any]:
    """Deciles added up where they are of one scope, and where they come from where that is one thing."""
    scopes = {row["desil_skala"] for row in rows if row["desil"]}
    comparable = len(scopes) <= 1
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows if comparable else ():
        sums[row["desil"]][0] += row["keluarga"]
        sums[row["desil"]][1] += row["penduduk"]
    cut_off: date | None = _only(row["desil_cut_off"] for row in rows)
    return {
        "desil": tuple(Decile(desil, *sums[desil]) for desil in sorted(sums)),
        "desil_skala": scopes.pop() if len(scopes) == 1 else None,
        "desil_model": _only(row["desil_model"] for row in rows),
        "desil_cut_off": cut_off,
    }


def _housing(rows: list[Row]) -> dict[str, dict[str, int]]:
    if not rows:
        return {}
    answers: dict[str, dict[str, int]] = {
        component: {"ya": 0, "tidak": 0, "tidak diketahui": 0} for component in HOUSING
    }
    failures: dict[str, int] = defaultdict(int)
    for row in rows:
        for component in HOUSING:
            answers[component][row[component]] += row["keluarga"]
        failures[str(row["komponen_pasti"])] += row["keluarga"]
    return answers | {"gagal": dict(sorted(failures.items()))}


def _vulnerable(rows: list[Row]) -> dict[str, tuple[int, int]]:
    if not rows:
        return {}
    return {
        kind: (sum(row[kind] for row in rows), sum(row[f"{kind}_tidak_tahu"] for row in rows)) for kind in VULNERABLE
    }


def _summed(villages: dict[str, list[Row]], area: Identity, keys: tuple[str, ...], value: str) -> dict[Any, int]:
    sums: dict[Any, int] = defaultdict(int)
    for code in area.desa:
        for row in villages.get(code, ()):
            sums[tuple(row[key] for key in keys)] += row[value]
    return dict(sums)


def _why_empty(area: Identity, quality: dict[str, list[Row]]) -> str:
    if area.tingkat == "kecamatan":
        return NO_DATA_DISTRICT
    states = [row["keadaan"] for row in quality.get(area.kode, ())]
    return NO_DATA.get(states[0] if states else "", NO_DATA["belum ada kiriman"])


def _only(values: Iterable[Any]) -> Any:
    """The value they all are; None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _by(rows: list[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


def _missing(cursor: psycopg.Cursor, table: str) -> bool:
    return cursor.execute("select to_regclass(%s) is null", (table,)).fetchone() == (True,)


def _rows(cursor: psycopg.Cursor, statement: str, parameters: dict[str, Any] | None = None) -> list[Row]:
    cursor.execute(statement.encode(), parameters)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
