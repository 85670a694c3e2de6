"""The task of the DAG ``regsosek_profil``: profiles of the pilot villages from the release that ``marts`` shows."""

from __future__ import annotations

import logging
from typing import Any

from regsosek.settings import Settings

log = logging.getLogger(__name__)

DAG_ID = "regsosek_profil"
TASK_ID = "make_profiles"


class ProfilesMissingError(RuntimeError):
    """Some profiles could not be made; the log names them. The release and the other profiles stand."""


def make_profiles() -> dict[str, Any]:
    """Write the internal and the public copy of every pilot village; returns where they lie and how many files."""
    from regsosek.profile import Order  # noqa: PLC0415 - plots, typesetting
    from regsosek.profile import make_profiles as make  # noqa: PLC0415

    made = make(Settings(), Order())
    for stem, reason in made.gagal.items():
        log.error("%s: %s", stem, reason)
    log.info("%s berkas di %s; %s salinan publik menunggu persetujuan.", len(made.berkas), made.folder, made.menunggu)
    if made.gagal:
        raise ProfilesMissingError(f"{len(made.gagal)} profil tidak dapat dibuat. Sebabnya di awal log ini.")
    return {"folder": str(made.folder), "berkas": len(made.berkas), "menunggu_persetujuan": made.menunggu}
