"""dbt makes no message that nobody reads, and every other one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regsosek.transform.definition import DBT_PROJECT
from regsosek.transform.invocation import import_dbt, invoke


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Messages that dbt makes of its events from now on."""
    import_dbt()
    from dbt_common.events import event_manager  # noqa: PLC0415 - with dbt, which takes seconds

    messages: list[Any] = []
    as_it_is = event_manager.msg_from_base_event

    def make(*arguments: Any, **named: Any) -> Any:
        messages.append(as_it_is(*arguments, **named))
        return messages[-1]

    monkeypatch.setattr(event_manager, "msg_from_base_event", make)
    return messages


def debug(target: Path, level: str) -> None:
    """The shortest of dbt's commands: it needs no warehouse."""
    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--log-path", str(target)]
    outcome = invoke(["debug", "--config-dir", *folders, "--log-level", level, "--log-level-file", "none"], {})
    assert outcome.failure is None


def test_an_invocation_makes_no_message_unless_it_has_a_log(
    made: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    debug(tmp_path, "none")
    assert made == []
    debug(tmp_path, "info")
    assert len(made) > 0 and str(DBT_PROJECT) in capsys.readouterr().out
    made.clear()
    debug(tmp_path, "none")
    assert made == []


def test_a_warning_that_has_to_be_an_error_is_one(made: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt_common.events import event_manager_client, functions, types  # noqa: PLC0415
    from dbt_common.exceptions.events import EventCompilationError  # noqa: PLC0415

    monkeypatch.setattr(event_manager_client.get_event_manager(), "_warn_error", True)
    with pytest.raises(EventCompilationError, match="dua"):
        functions.warn_or_error(types.Note(msg="dua"))
