"""The Makefile explains itself, and a wrong Python gets one clear sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from regsosek.settings import PROJECT

COMMANDS = (
    "setup", "run", "test", "up", "bi", "down", "backup", "restore", "upgrade", "clean", "lint", "format", "lock",
    "bench", "docs", "help",
)  # fmt: skip


def environment(folder: Path, python: Path | None, path: Path) -> subprocess.CompletedProcess[str]:
    """Run the script that makes the environment; it finds these commands, and the system's own in ``path/system``."""
    variables = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(folder)}
    if python is not None:
        variables["PYTHON"] = str(python)
    text = (PROJECT / ".ci" / "environment").read_text(encoding="utf-8")
    assert "/usr/bin/python3" in text
    (folder / "environment").write_text(text.replace("/usr/bin/python3", str(path / "system")))
    return subprocess.run(
        ["/bin/sh", str(folder / "environment"), str(folder / ".venv")],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def python_of(folder: Path, name: str, *, version: tuple[int, int], modules: bool = True) -> Path:
    """A Python that claims to be of that version, and to have no venv module if so told."""
    code = f"import sys; sys.version_info = (*{version}, 0, 'final', 0); "
    without = "" if modules else "sys.modules['ensurepip'] = None; "
    path = folder / name
    path.write_text(
        '#!/bin/sh\nif [ "$1" = --version ]; then echo "Python '
        f'{version[0]}.{version[1]}.0"; else exec {sys.executable} -c "{code}{without}exec(sys.argv[1])" "$2"; fi\n'
    )
    path.chmod(0o755)
    return path


def test_help_names_every_command() -> None:
    result = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert {line.split()[1] for line in result.stdout.splitlines() if line.startswith("  make ")} == set(COMMANDS)


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_a_wrong_python_gets_a_clear_sentence(tmp_path: Path, version: tuple[int, int]) -> None:
    for name in ("python3", "python3.13", "python3.12", "python3.11", "python"):
        python_of(tmp_path, name, version=version)
    result = environment(tmp_path, None, tmp_path)
    assert result.returncode == 1
    (sentence,) = result.stderr.splitlines()
    assert f"here is Python {version[0]}.{version[1]}.0" in sentence
    assert "3.11, 3.12 or 3.13 is needed" in sentence and "PYTHON=" in sentence
    assert not (tmp_path / ".venv").exists()


def test_a_wrong_choice_gets_a_clear_sentence(tmp_path: Path) -> None:
    result = environment(tmp_path, python_of(tmp_path, "mine", version=(3, 9)), tmp_path)
    assert result.returncode == 1
    assert result.stderr.strip() == f"PYTHON={tmp_path}/mine is not a Python 3.11, 3.12 or 3.13."


def test_a_python_without_venv_says_which_package_is_missing(tmp_path: Path) -> None:
    chosen = python_of(tmp_path, "mine", version=(3, 12), modules=False)
    result = environment(tmp_path, chosen, tmp_path)
    assert result.returncode == 1
    (sentence,) = result.stderr.splitlines()
    assert "python3-venv" in sentence


@pytest.mark.parametrize(("system", "chosen"), [((3, 12), "system"), ((3, 10), "python3"), (None, "python3")])
def test_the_systems_own_python_comes_first_if_it_will_do(
    tmp_path: Path, system: tuple[int, int] | None, chosen: str
) -> None:
    python_of(tmp_path, "system", version=system or (3, 11), modules=system is not None)
    python_of(tmp_path, "python3", version=(3, 13))
    result = environment(tmp_path, None, tmp_path)
    assert f", {tmp_path / chosen} ..." in result.stdout


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "index" not in lock.split("\n", 3)[2]
    packages = [line for line in lock.splitlines() if line and line[0] not in " #"]
    assert len(packages) > 200
    blocks = lock.split("\n")
    for number, line in enumerate(blocks):
        if line and line[0] not in " #":
            assert blocks[number + 1].startswith("    --hash=sha256:"), line
    assert any(line.startswith("uv==") for line in packages)
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)


def test_python_keeps_what_it_compiled() -> None:
    """Also where the caller's environment forbids it: several processes of Airflow would compile all of Airflow."""
    done = subprocess.run(
        ["make", "--no-print-directory", "--eval", 'told:; @echo "[$$PYTHONDONTWRITEBYTECODE]"', "told"],
        cwd=PROJECT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
