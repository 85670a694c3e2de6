"""Superset gets a Python it has packages for, or one clear sentence."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from regsosek.bi.environment import LOCK, EnvironmentMissingError, find_python
from regsosek.bi.server import Superset
from regsosek.local.installation import Installation
from regsosek.settings import Settings


def python(folder: Path, version: tuple[int, int]) -> str:
    """A Python that claims to be of that version."""
    path = folder / f"python{version[0]}.{version[1]}"
    real = f"import sys; sys.version_info = (*{version}, 0, 'final', 0); exec(sys.argv[1])"
    path.write_text(f'#!/bin/sh\nexec "$REAL" -c "{real}" "$2"\n')
    path.chmod(0o755)
    return str(path)


def test_the_first_python_that_suits_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REAL", sys.executable)
    newer, good = python(tmp_path, (3, 13)), python(tmp_path, (3, 12))
    assert find_python(["", "no-such-python", newer, good]) == good
    with pytest.raises(EnvironmentMissingError, match=r"Python 3\.11 atau 3\.12; untuk 3\.13"):
        find_python([newer])


def test_the_lock_has_hashes_and_no_addresses() -> None:
    text = LOCK.read_text(encoding="utf-8")
    packages = re.findall(r"^([a-z0-9-]+)==[^ ]+ .*\\$\n    --hash=sha256:", text, re.MULTILINE)
    assert "apache-superset" in packages and len(packages) == len(
        re.findall(r"^[a-z0-9-]+(\[.+\])?==", text, re.MULTILINE)
    )
    assert "://" not in text


def test_it_is_served_to_this_machine_only(tmp_path: Path) -> None:
    assert Superset(Installation(Settings(home=tmp_path))).url == "http://127.0.0.1:8088"
