"""What ``make run`` prints when the refresh is over, in the words of those who look at the figures."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from regsosek.gates.page import page_path
from regsosek.local.airflow_api import AirflowApi
from regsosek.local.installation import Installation
from regsosek.warehouse.connection import transaction

FIGURES = """
    select
        (select id_rilis from ops.rilis_terbit),
        (select id_rilis from ops.rilis where id_jalan = %(run)s and keadaan = 'terbit'),
        (select count(*) from ops.kiriman where id_jalan = %(run)s and not uji_coba),
        count(*),
        coalesce(sum(d.keluarga_diterima), 0),
        coalesce(sum(d.keluarga_ditolak), 0),
        coalesce(sum(d.anggota_diterima), 0)
    from ops.rilis_terbit
    join ops.rilis_desa using (id_rilis)
    join ops.kiriman_desa as d using (id_kiriman, kode_desa)
"""
ROWS = ("Desa", "Keluarga", "Keluarga dalam karantina", "Anggota keluarga")


def print_result(installation: Installation, run_id: str, console: Console, *, seconds: float) -> None:
    """A short table of what is published, where to look, and how to go on."""
    with transaction(installation.settings) as cursor:
        figures = cursor.execute(FIGURES, {"run": run_id}).fetchone()
    assert figures is not None
    current, made, deliveries, *counts = figures
    console.print()
    if made is None:
        console.print(f"[green]Tidak ada yang baru[/]: rilis {current or '-'} tetap terbit. ({seconds:.0f} s)")
    else:
        console.print(f"[green]Rilis {made} terbit[/] dari {deliveries} kiriman. ({seconds:.0f} s)")
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in zip(ROWS, counts, strict=True):
        table.add_row(name, f"{value:,}".replace(",", "."))
    console.print(table)
    console.print("\n[bold]Lihat hasilnya[/]")
    for gate in (1, 2):
        page = page_path(installation.settings, run_id, gate)
        if page.exists():
            console.print(f"  gerbang {gate}: {page}", soft_wrap=True)
    console.print(
        '  marts: .venv/bin/psql "$(.venv/bin/regsosek dsn --role planner)" '
        "-c 'select * from marts.mart_profil_desa'\n"
        "  kiriman, gerbang, rilis: .venv/bin/regsosek status\n"
        "[bold]Selanjutnya[/]\n"
        "  make up                        Airflow di browser\n"
        "  LANDING_URL=/folder make run   kiriman sendiri\n"
        "  make help                      semua perintah",
        soft_wrap=True,
        highlight=False,
    )


def print_failure(installation: Installation, api: AirflowApi, run_id: str, console: Console) -> None:
    """Why the run failed: the first error lines of each task that did."""
    console.print("\n[red]Penyegaran gagal.[/] Rilis terakhir tetap terbit.", highlight=False)
    for task in api.tasks(run_id):
        if task.state == "failed":
            console.print(f"[bold]{task.task_id}[/]", highlight=False)
            for line in api.errors(run_id, task):
                console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    for gate in (1, 2):
        page = page_path(installation.settings, run_id, gate)
        if page.exists():
            console.print(f"Halaman gerbang {gate}: {page}", soft_wrap=True, highlight=False)
    console.print(f"Log lengkap: {installation.logs}", soft_wrap=True, highlight=False)
