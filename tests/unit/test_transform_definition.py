"""The list of indicators, the version of the definitions, what is generated, the environment of dbt."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from regsosek.codebook import load_codebook
from regsosek.refresh.run import DefinitionsChangedError, Run
from regsosek.settings import Settings
from regsosek.transform import dbt, definition_version, generate, invocation
from regsosek.transform.definition import DBT_PROJECT

DIMENSIONS = {
    "kependudukan": 10, "perumahan": 8, "air_sanitasi_energi": 10, "pendidikan": 11, "ketenagakerjaan": 6,
    "kesehatan": 8, "bantuan_sosial": 8, "layanan": 3, "kesejahteraan": 3, "ketepatan_sasaran": 5,
    "kemiskinan_multidimensi": 3,
}  # fmt: skip


def test_the_list_of_indicators_is_complete_and_in_words() -> None:
    rows = generate.indicators()
    assert {row["dimensi"]: 0 for row in rows}.keys() == DIMENSIONS.keys()
    assert {name: sum(row["dimensi"] == name for row in rows) for name in DIMENSIONS} == DIMENSIONS
    assert len({row["kode_indikator"] for row in rows}) == len(rows) == 75
    assert [int(row["urutan"]) for row in rows] == list(range(1, 76))
    for row in rows:
        filled = ("nama", "unit_analisis", "jenis", "satuan", "semesta", "rumus", "arah", "rincian", "prioritas")
        assert all(row[name] for name in filled), row["kode_indikator"]
        assert row["nama"][0].isupper() and not row["rumus"].endswith("."), row["kode_indikator"]


def test_every_indicator_is_a_column_of_the_model_that_the_list_names() -> None:
    for row in generate.indicators():
        model = DBT_PROJECT / "models" / "intermediate" / f"{row['model']}.sql"
        if row["dimensi"] == "kemiskinan_multidimensi":
            macro = DBT_PROJECT / "macros" / "kemiskinan.sql"
            assert model.exists() and f"'{row['kode_indikator']}'" in macro.read_text(encoding="utf-8")
        else:
            assert re.search(rf"\bas {row['kode_indikator']},?$", model.read_text(encoding="utf-8"), re.M), row


def test_every_item_that_an_indicator_names_is_on_the_form() -> None:
    known = {item.kode for item in load_codebook().items} | {"klas"}
    for row in generate.indicators():
        assert set(row["rincian"].split()) <= known, row["kode_indikator"]


def test_generated_files_are_fresh() -> None:
    stale = [path.name for path, text in generate.generated_files().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `regsosek codegen`"


def test_villages_of_the_seed() -> None:
    with (DBT_PROJECT / "seeds" / "ref_desa.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["kode_desa"] for row in rows}) == len({row["kode_desa_kemendagri"] for row in rows})
    assert len(rows) == 287
    assert {row["nama_desa"] for row in rows if row["desa_cantik"] == "true"} == {
        "Pagerwangi",
        "Ujungrusi",
        "Sidapurna",
    }
    for row in rows:
        assert row["kode_desa"].startswith(row["kode_kecamatan"]) and len(row["kode_desa"]) == 10
        assert row["kode_desa_kemendagri"].startswith(row["kode_kecamatan_kemendagri"])
        assert row["klas"] in ("", "1", "2")


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        path = project / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "other"),
    [
        (_replace("dbt_project.yml", "desil_sasaran: 4", "desil_sasaran: 5"), True),
        (_replace("seeds/ref_ijazah.csv", "19,\"D4, S1\",16", "19,\"D4, S1\",17"), True),
        (_replace("seeds/ref_indikator.csv", "pct_lansia", "pct_lanjut_usia"), True),
        (_replace("seeds/ref_desa.csv", "2.868,\n", "2.868,2\n"), True),
        (_replace("macros/hasil.sql", "else -2", "else -3"), True),
        (_replace("models/intermediate/int_keluarga__indikator.sql", "r505 in (1, 2, 3)", "r505 in (1, 2)"), True),
        (_replace("macros/diterima.sql", "alasan_tolak is null", "true"), True),
        (_replace("models/staging/regsosek/stg_regsosek__keluarga.sql", "versi = 'final'", "versi = 'draft'"), True),
        (_replace("models/aggregates/agg_indikator_desa.sql", "coalesce(", "greatest("), True),
        (_replace("seeds/ref_desa.csv", "Sidapurnya", "Sidopurno"), False),
        (_replace("models/marts/profil/mart_profil_desa.sql", "with", "-- lain\nwith"), False),
        (_replace("models/intermediate/_intermediate__models.yml", "Residents", "Persons"), False),
    ],
)  # fmt: skip
def test_version_changes_with_what_a_figure_depends_on(
    tmp_path: Path, change: Callable[[Path], None], other: bool
) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    assert definition_version(project) == definition_version()
    change(project)
    assert (definition_version(project) != definition_version()) == other


def test_version_does_not_depend_on_line_endings(tmp_path: Path) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    for path in (*project.rglob("*.sql"), *project.rglob("*.csv")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert definition_version(project) == definition_version()


def test_the_aggregate_that_tells_what_is_lacking_comes_last() -> None:
    folder = DBT_PROJECT / "models" / "aggregates"
    others = {path.stem for path in folder.glob("agg_*.sql")} - {"agg_indikator_desa"}
    text = (folder / "agg_indikator_desa.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"^-- depends_on: \{\{ ref\('(agg_\w+)'\) \}\}$", text, re.MULTILINE)) == others


def test_a_run_goes_on_only_with_the_definitions_it_began_with() -> None:
    begun = Run(id_jalan="manual", epoch=1)
    Run.model_validate(begun.model_dump()).require_same_definitions()
    with pytest.raises(DefinitionsChangedError, match="Jalankan penyegaran sekali lagi"):
        begun.model_copy(update={"versi_definisi": "0" * 12}).require_same_definitions()


def test_the_environment_of_dbt_is_only_there_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGAPPNAME", "sebelumnya")
    monkeypatch.delenv("DBT_ENV_SECRET_REGSOSEK_PASSWORD", raising=False)
    settings = Settings(warehouse_url="postgresql://pemilik:r%40hasia@127.0.0.1:6543/gudang?sslmode=require")
    environment = dbt._environment(settings, "regsosek:7")
    with pytest.raises(RuntimeError, match="gagal"), invocation._only_now(environment):
        assert os.environ["DBT_ENV_SECRET_REGSOSEK_PASSWORD"] == "r@hasia"
        assert os.environ["REGSOSEK_DBT_PORT"] == "6543"
        assert os.environ["REGSOSEK_DBT_SSLMODE"] == "require"
        assert os.environ["PGAPPNAME"] == "regsosek:7"
        raise RuntimeError("gagal")
    assert os.environ["PGAPPNAME"] == "sebelumnya"
    assert "DBT_ENV_SECRET_REGSOSEK_PASSWORD" not in os.environ
