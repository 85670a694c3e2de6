"""``regsosek explain`` and the completion of the shell: every indicator, and whoever mistypes one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.settings import PROJECT
from regsosek.transform.explain import explain
from regsosek.transform.generate import indicators

runner = CliRunner()
REGSOSEK = Path(sys.executable).with_name("regsosek")


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row["kode_indikator"])
def test_every_indicator_is_explained_from_item_to_mart(row: dict[str, str]) -> None:
    told = explain(row["kode_indikator"])
    assert [item.kode for item in told.sumber] == row["rincian"].split()
    assert told.silsilah.antara[-1] == row["model"]
    assert {"agg_indikator_desa", "agg_indikator_sls"} <= set(told.silsilah.agregat)
    assert {"fct_indikator_desa", "mart_profil_desa"} <= set(told.silsilah.marts)
    assert ("fct_indikator_desa_kelompok" in told.silsilah.marts) == bool(told.kelompok)
    path, _, line = told.silsilah.letak.partition(":")
    assert row["kode_indikator"] in (PROJECT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_a_person_reads_it_and_so_does_a_program() -> None:
    shown = runner.invoke(app, ["explain", "exclusion_error_pkh_komponen"])
    assert shown.exit_code == 0
    for text in (
        "komponen PKH",
        "registri.anggota, registri.keluarga",
        "Semesta tidak diketahui bila",
        "r428a",
        "letak",
    ):
        assert text in shown.output, text
    told = json.loads(runner.invoke(app, ["explain", "exclusion_error_pkh_komponen", "--json"]).output)
    assert told["silsilah"]["staging"] == ["stg_regsosek__anggota", "stg_regsosek__keluarga"]
    assert {"kode": "r501b", "nomor": "501b", "berkas": "k_rt"}.items() <= told["sumber"][-1].items()
    listed = json.loads(runner.invoke(app, ["explain", "--json"]).output)
    assert list(listed) == [row["kode_indikator"] for row in indicators()]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pct_rtl", "pct_rtlh"), ("pct_rthl", "pct_rtlh"), ("rumah tidak layak", "pct_rtlh"), ("PCT_BABS", "pct_babs")],
)
def test_a_wrong_code_gets_a_suggestion(typed: str, meant: str) -> None:
    result = runner.invoke(app, ["explain", typed])
    assert result.exit_code == 1
    assert "Maksud Anda" in result.output and meant in result.output
    assert "Maksud Anda" not in runner.invoke(app, ["explain", "zzzzzzzz"]).output


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["regsosek", "expl"], {"explain"}),
        (["regsosek", "explain", "ikm_"], {"ikm_h", "ikm_a", "ikm_m0"}),
        (["regsosek", "quarantine", "--keparahan", "tolak_"], {"tolak_kiriman", "tolak_desa", "tolak_keluarga"}),
    ],
)
def test_bash_completes_commands_options_and_indicators(words: list[str], expected: set[str]) -> None:
    asked = {"_REGSOSEK_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run([REGSOSEK], env=os.environ | asked, capture_output=True, text=True, check=False, timeout=60)
    assert set(done.stdout.split()) == expected
