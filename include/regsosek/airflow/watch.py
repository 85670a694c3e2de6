"""The task of the DAG ``regsosek_watch``: look at the installation, and tell somebody when that changed."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from regsosek.airflow.notice import send_notice
from regsosek.settings import Settings

log = logging.getLogger(__name__)

DAG_ID = "regsosek_watch"


def watch_installation() -> list[dict[str, Any]]:
    """Look for what needs somebody; send one notice when it changed since the last one."""
    from regsosek.watch import look  # noqa: PLC0415
    from regsosek.watch.news import tell_changes  # noqa: PLC0415

    settings = Settings()
    found = look(settings)
    for each in found:
        log.warning("%s %s", each.pesan, each.tindakan)
    if tell_changes(settings, found, send_notice):
        log.info("Pemberitahuan terkirim.")
    return [asdict(each) for each in found]
