"""The command itself: instant help, errors in one line, generated files current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.cli.reasons import reason_of
from regsosek.gates.failure import GateFailed
from regsosek.spreadsheet import defused
from regsosek.warehouse.embedded import free_port

runner = CliRunner()


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REGSOSEK_HOME", str(tmp_path))
    monkeypatch.delenv("AIRFLOW_CONN_REGSOSEK", raising=False)


def test_stopping_imports_next_to_nothing() -> None:
    heavy = ("httpx", "jinja2", "dbt", "pandas", "airflow", "numpy", "sqlalchemy", "fsspec", "regsosek.site")
    code = f"import sys; from regsosek.local.down import down; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    stopped = runner.invoke(app, ["down"])
    assert (stopped.exit_code, stopped.output) == (0, "Nothing was running.\n")


def test_help_imports_nothing_heavy() -> None:
    heavy = ("great_expectations", "dbt", "pandas", "airflow", "numpy", "sqlalchemy", "psycopg", "pydantic")
    code = f"import sys, regsosek.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    result = runner.invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in (
        "dsn",
        "status",
        "quarantine",
        "ekspor",
        "rollback",
        "aktifkan",
        "refresh",
        "sample",
        "codegen",
        "up",
    ):
        assert command in result.output


@pytest.mark.parametrize("arguments", [["status"], ["dsn"], ["quarantine"], ["rollback"], ["aktifkan", "1"]])
def test_no_warehouse_is_one_line_with_a_remedy(arguments: list[str]) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    assert result.output.startswith("Belum ada gudang data") and "make setup" in result.output
    assert "Traceback" not in result.output


WITHOUT_DATABASE = {"dsn", "explain", "sample", "docs", "codegen", "down", "clean", "airflow"}
WITHOUT_DATABASE |= {"restore", "perbaikan impor"}  # which read the backup, or the workbook, first
STARTS_IT = {"setup", "run", "up", "upgrade"}
REQUIRED = {"folder": "tiada", "program": "rtlh", "nama": "rtlh", "item": "r407"}
"""Values of arguments that must be given; of any other it is 1."""


def every_command() -> dict[str, Any]:
    """Commands by the words that call them, those of groups included."""
    found = {}
    for name, command in get_command(app).commands.items():
        within = getattr(command, "commands", None)
        found |= {f"{name} {each}": sub for each, sub in within.items()} if within else {name: command}
    return found


@pytest.mark.parametrize("command", sorted(every_command().keys() - WITHOUT_DATABASE - STARTS_IT))
def test_a_stopped_database_is_one_sentence_and_no_traceback(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", f"postgresql://owner:rahasia@127.0.0.1:{free_port()}/regsosek")
    monkeypatch.chdir(tmp_path)
    needed = [each for each in every_command()[command].params if each.required]
    words = command.split()
    for each in needed:
        option = each.opts[:1] if each.param_type_name == "option" else []
        words += [*option, REQUIRED.get(each.name, "1")]
    result = runner.invoke(app, words, input="9900014101800017\n")  # who is asked for a NIK gives one
    said = result.output.strip()
    assert result.exit_code == 1, said
    assert said.startswith("Gudang data di 127.0.0.1:") and said.endswith(".") and "\n" not in said
    assert "rahasia" not in said


def test_wrong_usage_is_exit_code_2() -> None:
    assert runner.invoke(app, ["aktifkan", "tujuh"]).exit_code == 2


def test_every_generated_file_is_current() -> None:
    result = runner.invoke(app, ["codegen", "--check"])
    assert (result.exit_code, result.output) == (0, "")


def test_dsn_of_a_role(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", "postgresql://owner:a@127.0.0.1:5433/regsosek?sslmode=disable")
    assert runner.invoke(app, ["dsn"]).output.strip().endswith("owner:a@127.0.0.1:5433/regsosek?sslmode=disable")
    unknown = runner.invoke(app, ["dsn", "--role", "perencana"])
    assert unknown.exit_code == 1
    assert "perencana" in unknown.output
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "perencana").write_text("p@ss/w")
    known = runner.invoke(app, ["dsn", "--role", "perencana"])
    assert known.output.strip() == "postgresql://perencana:p%40ss%2Fw@127.0.0.1:5433/regsosek?sslmode=disable"


def test_sample_is_not_overwritten(tmp_path: Path) -> None:
    arguments = ["sample", str(tmp_path / "landing"), "--keluarga", "40", "--desa", "3328130005", "--faults", "tanpa"]
    first = runner.invoke(app, arguments)
    assert first.exit_code == 0, first.output
    assert "1 kiriman sintetis" in first.output
    again = runner.invoke(app, arguments)
    assert again.exit_code == 1
    assert "Traceback" not in again.output


def test_a_reason_is_told_and_a_bug_is_not_hidden() -> None:
    assert reason_of(GateFailed(["satu", "dua"])) == "satu\ndua"
    assert reason_of(KeyError("bug")) is None
    refused = psycopg.errors.InvalidTextRepresentation('invalid input syntax for type integer: "3328010101700001"')
    said = reason_of(refused)
    assert said is not None
    assert "InvalidTextRepresentation" in said
    assert "3328010101700001" not in said


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\r=1"])
def test_formulas_are_defused(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused("Sidapurna") == "Sidapurna"
