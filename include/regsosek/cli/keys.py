"""``regsosek ganti-kunci``."""

from __future__ import annotations

import typer

from regsosek.keyring import secret_file
from regsosek.normalise.rekey import rotate
from regsosek.settings import Settings
from regsosek.warehouse import lease


def rotate_key(settings: Settings) -> None:
    """Rotate under the lease and say what to do with copies of the old key."""
    with lease.holding(settings, "ganti-kunci") as (id_jalan, epoch):
        guard, purpose = lease.guard(epoch), lease.backend_name(epoch)
        count = rotate(settings, guard=guard, id_jalan=id_jalan, purpose=purpose)
    typer.echo(f"Kunci samaran diganti; {count} kiriman disamarkan ulang, kunci lama dihapus.")
    typer.echo(f"Cadangkan {secret_file(settings)} lagi, dan musnahkan salinan kunci yang lama.")
