"""dbt's events, of which no message is made where nobody reads it (decision 15)."""

from __future__ import annotations

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager, get_event_manager


class OnlyWhatIsRead(EventManager):
    """Makes a message of an event where a log is written, or where a warning has to become an error.

    The one callback that dbt itself adds reports changes of behaviour to its maker: it hears nothing either.
    """

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        """What dbt calls for every event."""
        if self.loggers or self.require_warn_or_error_handling or force_warn_or_error_handling:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def be_quiet() -> None:
    """Let dbt in this process, and in its forks, make no other messages."""
    if not isinstance(get_event_manager(), OnlyWhatIsRead):
        ctx_set_event_manager(OnlyWhatIsRead())
