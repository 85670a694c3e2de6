"""What dbt is spared in this process, and what it is not."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest

from regsosek.transform.invocation import import_dbt


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Messages that dbt makes of its events from now on."""
    import_dbt()
    from dbt_common.events import event_manager  # noqa: PLC0415 - with dbt, which takes seconds

    messages: list[Any] = []
    as_it_is = event_manager.msg_from_base_event
    monkeypatch.setattr(
        event_manager, "msg_from_base_event", lambda *a, **k: messages.append(as_it_is(*a, **k)) or messages[-1]
    )
    return messages


def test_no_message_is_made_that_nobody_reads(made: list[Any]) -> None:
    from dbt_common.events import event_manager_client, functions, types  # noqa: PLC0415
    from dbt_common.events.base_types import EventLevel  # noqa: PLC0415
    from dbt_common.events.logger import LineFormat, LoggerConfig  # noqa: PLC0415

    functions.fire_event(types.Note(msg="satu"), level=EventLevel.INFO)
    assert made == []
    written = StringIO()
    event_manager_client.add_logger_to_manager(
        LoggerConfig(name="uji", line_format=LineFormat.PlainText, level=EventLevel.INFO, output_stream=written)
    )
    try:
        functions.fire_event(types.Note(msg="dua"), level=EventLevel.INFO)
    finally:
        event_manager_client.cleanup_event_logger()
    assert len(made) == 1 and "dua" in written.getvalue()


def test_a_warning_that_has_to_be_an_error_is_one(made: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt_common.events import event_manager_client, functions, types  # noqa: PLC0415
    from dbt_common.exceptions.events import EventCompilationError  # noqa: PLC0415

    monkeypatch.setattr(event_manager_client.get_event_manager(), "_warn_error", True)
    with pytest.raises(EventCompilationError, match="tiga"):
        functions.warn_or_error(types.Note(msg="tiga"))
