"""``make bi``: the dashboards in the foreground, until Ctrl-C or ``make down``."""

from __future__ import annotations

import signal
import time

import psutil
from rich.console import Console

from regsosek.bi.environment import is_made, make_environment
from regsosek.bi.server import Superset
from regsosek.local.installation import Installation
from regsosek.warehouse.connection import connect, warehouse_url

FIRST = "/superset/dashboard/ringkasan/"
GOODBYE = 5
"""Seconds in which `make down`, having ended a process, takes note of it; who ends without is reported."""


class NothingPublishedError(RuntimeError):
    """There is no release that dashboards could show."""


def show(installation: Installation, console: Console) -> None:
    """Start Superset over the published marts, say where and as whom to log in, and stay until told to stop.

    The database goes on, as with ``make up``.

    Raises:
        NothingPublishedError: no release.
        EnvironmentMissingError, SupersetError, WarehouseUnavailableError: as their messages say.
    """
    warehouse_url(installation.settings)
    if not installation.settings.warehouse_url:
        installation.server.start()
    _require_release(installation)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    superset = Superset(installation)
    if superset.process.running():
        console.print(f"Dasbor sudah hidup: {superset.url}{FIRST} (`make down` menghentikannya).")
        return
    try:
        if not is_made():
            console.print("Lingkungan Superset dibuat di .venv-superset: 650 MB, sekali saja.")
            make_environment()
        with console.status("Superset dan dasbornya disiapkan"):
            superset.prepare()
        with console.status("Superset dimulai"):
            superset.start()
        _print_address(installation, superset, console)
        psutil.wait_procs(list(superset.process.running().values()))
        time.sleep(GOODBYE)
        superset.process.check()
        console.print("Superset dihentikan oleh `make down`.")
    except KeyboardInterrupt:
        console.print("Superset dihentikan; basis data tetap hidup (`make down` menghentikannya).")
    finally:
        superset.process.stop()


def _require_release(installation: Installation) -> None:
    with connect(installation.settings, purpose="regsosek:bi") as connection:
        row = connection.execute("select 1 from ops.rilis_terbit where id_rilis is not null").fetchone()
    if row is None:
        raise NothingPublishedError("Belum ada rilis yang dapat ditampilkan: jalankan `make run` dulu.")


def _print_address(installation: Installation, superset: Superset, console: Console) -> None:
    console.print(
        f"[bold]Dasbor[/]    {superset.url}{FIRST}\n"
        f"          pengguna perencana (melihat), kata sandi di {superset.password_file('perencana')}\n"
        f"          pengguna admin (mengubah),    kata sandi di {superset.password_file('admin')}\n"
        f"          akun desa (melihat desanya),  kata sandi di {installation.settings.home / 'passwords'}\n"
        "Rilis baru tampil dengan sendirinya. Ctrl-C menghentikan Superset.",
        soft_wrap=True,
        highlight=False,
    )
