"""A skipped test is listed with its reason for a user, and fails in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

ONE_TEST = "import pytest\n\ndef test_it():\n    pytest.skip('no chromium here')\n"
WHOLE_MODULE = "import pytest\n\npytest.skip('no namespaces here', allow_module_level=True)\n"
EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    assert False\n"


def run(folder: Path, code: str, *, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_one.py").write_text(code)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-c", os.devnull, "-rs", str(folder)],
        cwd=folder,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("code", "reason"), [(ONE_TEST, "no chromium here"), (WHOLE_MODULE, "no namespaces here")])
def test_a_skip_is_a_failure_in_ci_only(tmp_path: Path, code: str, reason: str) -> None:
    local = run(tmp_path, code, ci="")
    assert local.returncode in (0, 5) and reason in local.stdout
    in_ci = run(tmp_path, code, ci="true")
    assert in_ci.returncode in (1, 2) and f"{reason}: in CI nothing may be skipped." in in_ci.stdout


def test_an_expected_failure_is_none_in_ci_either(tmp_path: Path) -> None:
    assert run(tmp_path, EXPECTED_FAILURE, ci="true").returncode == 0
