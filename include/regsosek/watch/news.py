"""Telling somebody of a change, once: what was told last is kept in a file of the installation."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from regsosek.private_file import keep
from regsosek.settings import Settings
from regsosek.watch.findings import Finding

Send = Callable[[str, str, bool], bool]
"""(title, text, whether something is wrong) -> whether the message was taken, or nobody is to be told."""


def told_file(settings: Settings) -> Path:
    """Codes of the findings that were told last."""
    return settings.home / "pengawasan.json"


def tell_changes(settings: Settings, found: Sequence[Finding], send: Send) -> bool:
    """Send one message if other things are wrong than last time; returns whether one was taken.

    A message that was not taken counts as not sent: it is tried again next time.
    """
    path = told_file(settings)
    before = set(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else set()
    now = {each.kode for each in found if not each.dikabarkan}
    if now == before:
        return False
    if not send(*message([each for each in found if not each.dikabarkan])):
        return False
    keep(path, json.dumps(sorted(now)))
    return True


def message(found: Sequence[Finding]) -> tuple[str, str, bool]:
    """Title and text of the message, and whether something is wrong."""
    if not found:
        return "Regsosek: semuanya baik kembali", "Tidak ada lagi yang perlu perhatian.", False
    lines = [f"- {each.pesan} {each.tindakan}" for each in found]
    return f"Regsosek: {len(found)} hal perlu perhatian", "\n".join(lines), True
