"""``regsosek desa-akun``: logins of village offices."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from regsosek.access.villages import VillageLoginError, give_villages, take_login, village_logins
from regsosek.cli.screen import screen
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction


def manage(settings: Settings, villages: Sequence[str], *, name: str | None, take: bool) -> None:
    """Make logins, one a village or one by that name for all of them; take them away; or list them.

    Raises:
        VillageLoginError: it cannot be done as asked.
        AccessError: the owner may not make roles.
    """
    if take:
        names = [name] if name else list(villages)
        if not names:
            raise VillageLoginError("Sebutkan kode desa atau --nama dari akun yang dicabut.")
        for each in names:
            screen().print(f"Akun {take_login(settings, each)} dicabut.", highlight=False)
        return
    if name and not villages:
        raise VillageLoginError("Sebutkan kode desa yang boleh dilihat akun ini.")
    if not villages:
        _show(settings)
        return
    wanted = {name: list(villages)} if name else {code: [code] for code in villages}
    for each, codes in wanted.items():
        login = give_villages(settings, each, codes)
        screen().print(
            f"Akun {login} melihat desa {', '.join(codes)}. Alamatnya: regsosek dsn --role {login}",
            soft_wrap=True,
            highlight=False,
        )


def _show(settings: Settings) -> None:
    with transaction(settings) as cursor:
        logins = village_logins(cursor)
    if not logins:
        screen().print("Belum ada akun desa. `regsosek desa-akun KODE` membuatnya.", highlight=False)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("akun")
    table.add_column("desa", overflow="fold")
    for login, codes in logins.items():
        table.add_row(login, ", ".join(codes))
    screen().print(table, highlight=False)
