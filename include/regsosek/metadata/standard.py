"""The three tables of the standard, a row per thing, in the words of the seed, the contracts and the codebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regsosek.codebook import TABLES, Codebook, load_codebook
from regsosek.gates.expectations import mart_models
from regsosek.transform.generate import indicators
from regsosek.transform.measures import SUBJECTS, formula
from regsosek.yaml_file import read_yaml

HERE = Path(__file__).parent
LEVELS = "desa/kelurahan, kecamatan, kabupaten"
NONE = "tidak ada"
INTERPRETATION = {
    "baik": "Makin tinggi makin baik keadaannya.",
    "buruk": "Makin tinggi makin buruk keadaannya.",
    "netral": "Menggambarkan keadaan; tinggi atau rendahnya tidak baik atau buruk dengan sendirinya.",
}


@dataclass(frozen=True)
class Table:
    """A table of the standard: its short name, headings, and rows of texts."""

    name: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]


def metadata_tables() -> list[Table]:
    """MS-Keg, MS-Ind and MS-Var."""
    codebook = load_codebook()
    return [
        _table("ms_keg", [{"atribut": name, "isi": str(text)} for name, text in _read("kegiatan.yml").items()]),
        _table("ms_ind", [_indicator(row, codebook) for row in indicators()]),
        _table("ms_var", [*_published(), *_asked(codebook)]),
    ]


def _table(name: str, rows: list[dict[str, str]]) -> Table:
    return Table(name, tuple(rows[0]), [tuple(row.values()) for row in rows])


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(HERE / name)
    return content


def _indicator(row: dict[str, str], codebook: Codebook) -> dict[str, str]:
    labels = {item.kode: item.label for table in TABLES for item in codebook.typed(table)}
    goals, dimensions = _goals(row)
    return {
        "kode_indikator": row["kode_indikator"],
        "nama_indikator": row["nama"],
        "konsep": SUBJECTS[row["dimensi"]],
        "definisi": f"{row['rumus'][0].upper()}{row['rumus'][1:]}, di antara {row['semesta']}.",
        "interpretasi": INTERPRETATION[row["arah"]],
        "metode_rumus": formula(row),
        "ukuran": row["jenis"],
        "satuan": row["satuan"],
        "klasifikasi": "desil keluarga" if "desil" in row["rincian"].split() else NONE,
        "variabel_pembangun": "; ".join(labels.get(code, code) for code in row["rincian"].split()),
        "tidak_diketahui_bila": row["tidak_tahu"] or NONE,
        "level_estimasi": LEVELS,
        "dapat_diakses_umum": "setelah penyembunyian sel kecil",
        "sdgs_desa": goals,
        "indeks_desa": dimensions,
    }


def _goals(row: dict[str, str]) -> tuple[str, str]:
    mapping = _read("sdgs.yml")
    goals = [
        f"{number} {goal['nama']}"
        for number, goal in mapping["sdgs_desa"].items()
        if row["dimensi"] in goal.get("dimensi", ()) or row["kode_indikator"] in goal.get("indikator", ())
    ]
    dimensions = [name for name, subjects in mapping["indeks_desa"].items() if row["dimensi"] in subjects]
    return "; ".join(goals) or NONE, "; ".join(dimensions) or NONE


def _variable(name: str, alias: str, definition: str, kind: str, *, domain: str, question: str) -> dict[str, str]:
    return {
        "variabel": name,
        "nama_pada_tabel": alias,
        "definisi": " ".join(definition.split()),
        "tipe_data": kind,
        "klasifikasi_isian": domain,
        "kalimat_pertanyaan": question,
        "referensi_waktu": "saat pendataan; program 501 setahun sebelumnya",
    }


def _published() -> Iterator[dict[str, str]]:
    """Every column of every mart."""
    for model in mart_models():
        for column in model["columns"]:
            yield _variable(
                column["name"], f"marts.{model['name']}.{column['name']}", column["description"],
                column["data_type"], domain=NONE, question=NONE,
            )  # fmt: skip


def _asked(codebook: Codebook) -> Iterator[dict[str, str]]:
    """Every item of the form that figures are computed from."""
    for table in TABLES:
        for item in codebook.typed(table):
            domain = "; ".join(f"{code} {label}" for code, label in item.nilai.items()) if item.nilai else NONE
            yield _variable(
                item.label, f"{table}.{item.kode}", item.label, item.jenis, domain=domain,
                question=f"{item.nomor or item.kode} {item.label}",
            )  # fmt: skip
