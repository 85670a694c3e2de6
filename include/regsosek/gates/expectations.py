"""The Great Expectations suites in ``expectations/``, generated from codebook, rules and the contracts of the marts.

Gate 1 judges three small relations of the deliveries it is given (``regsosek.gates.relations``):

- ``keluarga`` and ``anggota`` have the columns of the registry's tables. Of every item they hold the least and the
  greatest answer in the delivery and, where the codes have a gap, the least answer beyond it: they fit the domains if
  and only if every row of the registry does. One scan of millions of rows serves a hundred expectations that way, and
  no row of a family reaches Great Expectations. Beside them stand the registry's own checks, per delivery or village.
- ``temuan`` has a column per rule with the number of its faults.

Gate 2 judges the candidate's tables themselves and ``neraca``, a column per check with the number of figures that
break it.

What a failed expectation does follows from its severity: ``critical`` shuts the gate; ``warning`` says that data
stayed outside or became unknown (``tolak_desa``, ``tolak_keluarga``, ``kosongkan``); ``info`` that it was kept as it
came (``peringatan``). ``meta.versi`` limits an expectation to deliveries of that version of the form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from regsosek.codebook import Codebook, Item, Table, Version, load_codebook
from regsosek.normalise.tables import ENTITY, columns
from regsosek.rules import Severity, all_rules
from regsosek.settings import PROJECT
from regsosek.yaml_file import read_yaml

EXPECTATIONS = PROJECT / "expectations"
MARTS_MODELS = PROJECT / "dbt_project" / "models" / "marts"

GX_SEVERITY: Mapping[Severity, str] = {
    "tolak_kiriman": "critical",
    "tolak_desa": "warning",
    "tolak_keluarga": "warning",
    "kosongkan": "warning",
    "peringatan": "info",
}

JUDGED_TESTS = ("unik", "unik_gabungan", "salah_satu_dari")
"""The dbt tests on a mart that its suite repeats: gate 2 judges them, dbt need not do it before."""

Expectation = dict[str, Any]
Suite = dict[str, Any]

REGISTRY_CHECKS: Mapping[Table, Mapping[str, str]] = {
    "k_rt": {
        "selisih_baris": "Jumlah keluarga di registri berbeda dari jumlah baris berkas.",
        "baris_kembar": "Satu record berkas menjadi lebih dari satu keluarga.",
        "diterima_tanpa_desa": "Keluarga yang diterima tidak bertempat di desa daftar acuan.",
    },
    "k_art": {
        "selisih_baris": "Jumlah anggota di registri berbeda dari jumlah baris berkas.",
        "baris_kembar": "Satu record berkas menjadi lebih dari satu anggota.",
        "diterima_tanpa_desa": "Anggota yang diterima tidak bertempat di desa daftar acuan.",
        "diterima_tanpa_keluarga": "Anggota yang diterima tidak punya keluarga.",
    },
}
"""Columns that the relations of the registry have beside its own, each a number that must be 0."""

BALANCE_CHECKS: Mapping[str, str] = {
    "desa_tanpa_indikator": "Desa manifes tidak punya semua indikator di fct_indikator_desa.",
    "desa_tanpa_profil": "Desa manifes tidak ada di mart_profil_desa atau mart_kualitas_data_desa.",
    "desa_di_luar_manifes": "Desa di luar manifes punya angka.",
    "bilangan_tidak_sah": "Pembilang, penyebut, atau jumlah tidak tahu kosong atau negatif.",
    "pembilang_melebihi_penyebut": "Pembilang persentase melebihi penyebutnya.",
    "nilai_tidak_sah": "Nilai bukan hasil rumusnya, atau persentase di luar 0 sampai 100.",
    "batas_tidak_mengapit": "Batas bawah dan batas atas tidak berurutan atau tidak mengapit nilai.",
    "keluarga_tidak_seimbang": "Keluarga diterima tidak sama dengan yang di mart, tanpa penduduk, dan tanpa wawancara.",
    "keluarga_registri_beda": "Keluarga di registri tidak sama dengan yang diterima dan ditolak gerbang 1.",
    "anggota_registri_beda": "Anggota di registri tidak sama dengan yang diterima dan ditolak gerbang 1.",
    "penduduk_tidak_seimbang": "Penduduk di mart tidak sama dengan penduduk keluarga yang diterima.",
    "profil_beda": "Angka di mart_profil_desa berbeda dari fct_indikator_desa.",
    "jumlah_wilayah_beda": "Angka kecamatan atau kabupaten tidak sama dengan jumlah desanya.",
    "kelengkapan_beda": "Jumlah desa masuk atau seluruhnya suatu wilayah tidak benar.",
}
"""Columns of the relation ``neraca``, each a number of villages or figures that must be 0."""


def generated_files() -> dict[Path, str]:
    """Every generated file with its content; `regsosek codegen` writes them, a test compares them."""
    codebook = load_codebook()
    suites = {
        "delivery/keluarga": registry_suite(codebook, "k_rt"),
        "delivery/anggota": registry_suite(codebook, "k_art"),
        "delivery/temuan": fault_suite(codebook),
        "marts/neraca": balance_suite(),
        **{f"marts/{model['name']}": contract_suite(model) for model in mart_models()},
    }
    return {EXPECTATIONS / f"{name}.json": suite_json(name, suite) for name, suite in suites.items()}


def registry_suite(codebook: Codebook, table: Table) -> Suite:
    """Columns, domains by version, keys and geography of ``registri.keluarga`` or ``registri.anggota``."""
    head = [
        expectation(
            "expect_table_columns_to_match_set",
            "critical",
            "Kolom registri lengkap menurut buku kode.",
            column_set=sorted([*columns(codebook, table), *REGISTRY_CHECKS[table]]),
            exact_match=False,
        )
    ]
    domains = [each for item in codebook.typed(table) for each in _domain_expectations(item)]
    checks = [_zero(name, "critical", text) for name, text in REGISTRY_CHECKS[table].items()]
    return {
        "notes": f"registri.{ENTITY[table]} per kiriman: jawaban terkecil dan terbesar, dan pemeriksaan registri.",
        "expectations": head + domains + checks,
    }


def fault_suite(codebook: Codebook) -> Suite:
    """One expectation per rule: no faults; and no delivery without an accepted village."""
    accepted = expectation(
        "expect_column_min_to_be_between",
        "critical",
        "Tidak ada desa kiriman ini yang diterima.",
        {"tindakan": "Perbaiki desa yang ditolak (lihat temuan di bawah), lalu kirim ulang."},
        column="desa_diterima",
        min_value=1,
    )
    return {
        "notes": "Banyaknya temuan tiap aturan per kiriman; keparahan aturan menentukan apakah gerbang tertutup.",
        "expectations": [
            accepted,
            *(
                _zero(rule.aturan, GX_SEVERITY[rule.keparahan], rule.pesan, keparahan=rule.keparahan)
                for rule in all_rules(codebook)
            ),
        ],
    }


def balance_suite() -> Suite:
    """Reconciliation, ranges and coverage of the candidate: every check counts what breaks it."""
    return {
        "notes": "Neraca kandidat per wilayah: setiap kolom menghitung angka yang tidak sesuai.",
        "expectations": [_zero(name, "critical", text) for name, text in BALANCE_CHECKS.items()],
    }


def contract_suite(model: dict[str, Any]) -> Suite:
    """What the dbt contract and tests of a mart say of it: columns, not-null columns, keys, closed lists."""
    found = [
        expectation(
            "expect_table_columns_to_match_set",
            "critical",
            "Kolom sesuai dengan kontraknya.",
            column_set=sorted(column["name"] for column in model["columns"]),
            exact_match=True,
        )
    ]
    for key in _arguments(model, "unik_gabungan", "kolom"):
        found.append(
            expectation("expect_compound_columns_to_be_unique", "critical", "Kunci tidak berulang.", column_list=key)
        )
    for column in model["columns"]:
        found += _column_expectations(column)
    return {"notes": f"kandidat.{model['name']}, menurut kontrak dbt.", "expectations": found}


@cache
def mart_models() -> tuple[dict[str, Any], ...]:
    """What the YAML files beside the marts say of each model, by name."""
    files = sorted(MARTS_MODELS.rglob("*.yml"))
    contents = [read_yaml(file) for file in files]
    models = [model for content in contents for model in content.get("models", [])]
    return tuple(sorted(models, key=lambda model: str(model["name"])))


def mart_key(model: dict[str, Any]) -> list[str]:
    """Columns that tell the rows of a mart apart, by the dbt tests on it."""
    for key in _arguments(model, "unik_gabungan", "kolom"):
        return key
    return [column["name"] for column in model["columns"] if "unik" in column.get("data_tests", [])][:1]


def expectation(
    kind: str, severity: str, text: str, /, meta: dict[str, Any] | None = None, **kwargs: Any
) -> Expectation:
    """One expectation as Great Expectations reads it, without a random id."""
    found: Expectation = {"type": kind, "kwargs": kwargs, "severity": severity, "notes": text}
    return {**found, "meta": meta} if meta else found


def suite_json(name: str, suite: Suite) -> str:
    """A suite file: one expectation a line, keys sorted, so that a change shows as what it is."""
    head = json.dumps({"name": name, "notes": suite["notes"]}, ensure_ascii=False, sort_keys=True)
    lines = [json.dumps(each, ensure_ascii=False, sort_keys=True) for each in suite["expectations"]]
    return head[:-1] + ', "expectations": [\n  ' + ",\n  ".join(lines) + "\n]}\n"


def read_suite(name: str, versi: Version | None = None) -> Suite:
    """The checked-in suite ``delivery/keluarga`` and so on, with the expectations that hold for that version."""
    suite: Suite = json.loads((EXPECTATIONS / f"{name}.json").read_text(encoding="utf-8"))
    if versi is not None:
        suite["expectations"] = [
            each for each in suite["expectations"] if versi in each.get("meta", {}).get("versi", (versi,))
        ]
    return suite


def _domain_expectations(item: Item) -> list[Expectation]:
    """One expectation, or one per version of the form where the domains differ."""
    final, draft = list(item.domain("final")), list(item.domain("draft"))
    if final == draft:
        return [_domain_expectation(item, final, None)]
    return [_domain_expectation(item, final, "final"), _domain_expectation(item, draft, "draft")]


def _domain_expectation(item: Item, domain: list[int], versi: Version | None) -> Expectation:
    meta = {"versi": [versi]} if versi else None
    if not domain:
        text = f"{item.label}: tidak ada pada formulir ini."
        return expectation("expect_column_values_to_be_null", "critical", text, meta, column=item.kode)
    if item.rentang:
        text = f"{item.label}: {domain[0]} sampai {domain[-1]}."
        return expectation(
            "expect_column_values_to_be_between",
            "critical",
            text,
            meta,
            column=item.kode,
            min_value=domain[0],
            max_value=domain[-1],
        )
    text = f"{item.label}: hanya kode formulir."
    return expectation("expect_column_values_to_be_in_set", "critical", text, meta, column=item.kode, value_set=domain)


def _zero(column: str, severity: str, text: str, **meta: Any) -> Expectation:
    return expectation("expect_column_max_to_be_between", severity, text, meta or None, column=column, max_value=0)


def _column_expectations(column: dict[str, Any]) -> list[Expectation]:
    name = column["name"]
    found = []
    if {"type": "not_null"} in column.get("constraints", []):
        found.append(
            expectation("expect_column_values_to_not_be_null", "critical", f"{name} selalu terisi.", column=name)
        )
    if "unik" in column.get("data_tests", []):
        found.append(
            expectation("expect_column_values_to_be_unique", "critical", f"{name} tidak berulang.", column=name)
        )
    for values in _arguments(column, "salah_satu_dari", "nilai"):
        text = f"{name} hanya {', '.join(values)}."
        found.append(expectation("expect_column_values_to_be_in_set", "critical", text, column=name, value_set=values))
    return found


def _arguments(tested: dict[str, Any], test: str, argument: str) -> list[list[str]]:
    """That argument of every dbt test of that name on a model or column."""
    return [
        each[test]["arguments"][argument]
        for each in tested.get("data_tests", [])
        if isinstance(each, dict) and test in each
    ]
