"""``docs/measures.md``: what every indicator means, for planners, from the seed and the parameters."""

from __future__ import annotations

from typing import Any

from regsosek.codebook import TABLES, Codebook

SUBJECTS = {
    "kependudukan": "Kependudukan",
    "perumahan": "Perumahan",
    "air_sanitasi_energi": "Air, sanitasi, energi",
    "pendidikan": "Pendidikan",
    "ketenagakerjaan": "Ketenagakerjaan",
    "kesehatan": "Kesehatan",
    "bantuan_sosial": "Bantuan sosial",
    "layanan": "Layanan",
    "kesejahteraan": "Kesejahteraan",
    "ketepatan_sasaran": "Ketepatan sasaran",
    "kemiskinan_multidimensi": "Kemiskinan multidimensi",
}
FORMULA = {
    "jumlah": "banyaknya yang dihitung",
    "persen": "100 × yang dihitung / semesta yang diketahui",
    "rasio": "100 × pembilang / penyebut",
    "rata": "jumlah nilai / semesta yang diketahui",
    "indeks": "jumlah skor / (bobot seluruhnya × semesta yang diketahui)",
}
DIRECTION = {"baik": "makin tinggi makin baik", "buruk": "makin tinggi makin buruk", "netral": "netral"}
HEAD = """\
# Ukuran: arti setiap indikator

Dibuat oleh `regsosek codegen` dari `dbt_project/seeds/ref_indikator.csv`; jangan disunting di sini.

Setiap angka berasal dari empat bilangan bulat per desa: `pembilang`, `penyebut`, `tidak_tahu` (jawabannya tidak
diketahui), dan `semesta_tidak_tahu` (tidak diketahui apakah termasuk semesta). Angka kecamatan dan kabupaten dihitung
dari jumlah keempat bilangan itu, tidak pernah dari rata-rata persen. `batas_bawah` dan `batas_atas` adalah angkanya
seandainya semua jawaban yang hilang berarti tidak, atau ya: angka yang benar terletak di antaranya, sejauh jawaban yang
ada memang benar.

**Yang tidak dapat dikatakan data ini.** Pengeluaran tidak ditanyakan, maka tidak ada garis kemiskinan, P0, P1, P2,
Gini, atau kemiskinan ekstrem. Pencarian kerja tidak ditanyakan, maka tidak ada TPT dan TPAK. Desil adalah urutan, bukan
status miskin. Salah sasaran diukur terhadap desil, bukan terhadap keadaan sebenarnya, dan jawaban tentang bantuan
menyangkut setahun sebelum wawancara. Datanya dari tahun 2022: sebutkan selalu tanggal acuannya.

Keluarga: diterima gerbang, berhasil diwawancarai, dan paling sedikit satu anggotanya penduduk. Penduduk: anggota
keluarga yang tinggal bersama atau anggota baru (404).
"""


def formula(row: dict[str, str]) -> str:
    """How an indicator's figure comes of the four integers; the intensity is a share that adds up scores."""
    return f"100 × {FORMULA['indeks']}" if row["kode_indikator"] == "ikm_a" else FORMULA[row["jenis"]]


def measures_document(rows: list[dict[str, str]], parameters: dict[str, Any], codebook: Codebook) -> str:
    """The page: a table of parameters, then a section for each indicator by subject."""
    labels = {
        item.kode: f"{item.nomor or item.kode} {item.label}" for table in TABLES for item in codebook.typed(table)
    }
    parts = [HEAD, "## Parameter\n", "Variabel proyek dbt; perubahan menghitung ulang semua angka.\n"]
    parts.append("| parameter | nilai |\n| --- | --- |")
    parts += [f"| `{name}` | {value} |" for name, value in parameters.items()]
    for subject, title in SUBJECTS.items():
        parts.append(f"\n## {title}")
        parts += [_indicator(row, labels) for row in rows if row["dimensi"] == subject]
    return "\n".join(parts) + "\n"


def _indicator(row: dict[str, str], labels: dict[str, str]) -> str:
    source = "; ".join(labels.get(code, code) for code in row["rincian"].split())
    entries = {
        "Satuan": row["satuan"],
        "Semesta": row["semesta"],
        "Dihitung": row["rumus"],
        "Rumus": formula(row),
        "Tidak diketahui bila": row["tidak_tahu"] or "tidak pernah",
        "Semesta tidak diketahui bila": row["semesta_tidak_tahu"],
        "Arah": DIRECTION[row["arah"]],
        "Sumber": source,
        "Catatan": row["catatan"],
    }
    lines = [f"- {name}: {text}" for name, text in entries.items() if text]
    return f"\n### {row['nama']}\n\n`{row['kode_indikator']}`\n\n" + "\n".join(lines)
