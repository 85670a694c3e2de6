"""The command ``regsosek``. Whatever is heavy is imported by the command that needs it, so that help is instant.

Exit codes: 0 done, 1 refused or failed with a reason, 2 wrong usage. An error with a reason is one line (what, where,
what to do); a traceback is a bug.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from regsosek.settings import Settings


class Commands(TyperGroup):
    """The group of all commands: an expected error ends one with its reason and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from regsosek.cli.reasons import reason_of  # noqa: PLC0415

            reason = reason_of(error)
            if reason is None:
                raise
            typer.secho(reason, err=True, fg="red")
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Commands,
    help="Village poverty marts from Regsosek extracts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class Severity(StrEnum):
    """Severities of rules, as an option."""

    tolak_kiriman = "tolak_kiriman"
    tolak_desa = "tolak_desa"
    tolak_keluarga = "tolak_keluarga"
    kosongkan = "kosongkan"
    peringatan = "peringatan"


class Planted(StrEnum):
    """Faults of a sample, as an option."""

    tanpa = "tanpa"
    baris = "baris"
    semua = "semua"


class Form(StrEnum):
    """Versions of the form, as an option."""

    final = "final"
    draft = "draft"


class Paper(StrEnum):
    """Papers of a profile, as an option."""

    a4 = "a4"
    f4 = "f4"


class Per(StrEnum):
    """What one delivery of a sample holds, as an option."""

    kecamatan = "kecamatan"
    desa = "desa"
    kabupaten = "kabupaten"


class Listed(StrEnum):
    """Lists of families, as an option."""

    desil_1_2_tanpa_bantuan = "desil_1_2_tanpa_bantuan"
    rtlh = "rtlh"
    anak_tidak_sekolah = "anak_tidak_sekolah"
    lansia_tunggal = "lansia_tunggal"
    indikator_sls = "indikator_sls"


@app.command()
def dsn(
    role: Annotated[
        str | None, typer.Option(help="planner, engineer, public_reader or a village login; default: the owner.")
    ] = None,
) -> None:
    """Print the libpq URL of the warehouse."""
    from regsosek.cli.dsn import role_url  # noqa: PLC0415

    typer.echo(role_url(_settings(), role))


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    last: Annotated[int, typer.Option("--last", min=1, help="How many deliveries, runs and releases.")] = 15,
    periksa: Annotated[bool, typer.Option("--periksa", help="Exit code 1 if something needs attention.")] = False,
) -> None:
    """Show deliveries, what the gates said, releases, and what needs attention."""
    from regsosek.cli.status import show_status  # noqa: PLC0415

    if not show_status(_settings(), as_json=as_json, last=last) and periksa:
        raise typer.Exit(1)


def _indicator_codes(incomplete: str) -> list[tuple[str, str]]:
    """Completions of the shell; typer asks only when somebody presses the key."""
    from regsosek.cli.explain import suggest_codes  # noqa: PLC0415

    return suggest_codes(incomplete)


@app.command()
def explain(
    indikator: Annotated[
        str | None, typer.Argument(help="Code, as pct_rtlh; none: the list.", autocompletion=_indicator_codes)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what an indicator means, and its way from the items of the form to the marts."""
    from regsosek.cli.explain import show_indicator  # noqa: PLC0415

    show_indicator(indikator, as_json=as_json)


@app.command()
def quarantine(
    desa: Annotated[str | None, typer.Option(help="BPS code of a village.")] = None,
    aturan: Annotated[str | None, typer.Option(help="Id of a rule.")] = None,
    kiriman: Annotated[int | None, typer.Option(help="Id of a delivery, current or not.")] = None,
    keparahan: Annotated[Severity | None, typer.Option(help="Severity of the rules.")] = None,
    records: Annotated[bool, typer.Option("--records", help="List every record, not only counts.")] = False,
    xlsx: Annotated[Path | None, typer.Option(help="Write counts and records to this workbook.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs; with --records a line per fault.")] = False,
) -> None:
    """List faults by village and rule: file and record numbers, never an identity."""
    from regsosek.cli.quarantine import show_faults  # noqa: PLC0415
    from regsosek.gates.quarantine import Selection  # noqa: PLC0415

    chosen = Selection(kiriman, desa, aturan, keparahan.value if keparahan else None)
    show_faults(_settings(), chosen, records=records, xlsx=xlsx, as_json=as_json)


@app.command()
def ekspor(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    mart: Annotated[list[str] | None, typer.Option(help="Only this mart; repeatable.")] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx/--no-xlsx", help="A workbook of each.")] = True,
    as_csv: Annotated[bool, typer.Option("--csv/--no-csv", help="A CSV of each.")] = True,
) -> None:
    """Write the published marts with definitions as XLSX and CSV, and the metadata Satu Data Indonesia asks for."""
    from regsosek.cli.ekspor import write_marts  # noqa: PLC0415

    chosen = {name for name, wanted in (("xlsx", xlsx), ("csv", as_csv)) if wanted}
    write_marts(_settings(), folder, mart or [], chosen)


@app.command()
def simulasi(
    program: Annotated[str, typer.Option(help="rtlh, jamban, air_minum, bpnt, pkh, blt_desa, pbi_jkn, ...")],
    kuota: Annotated[int, typer.Option(min=0, help="Families or residents that can be served.")],
    desil: Annotated[str, typer.Option(help="Deciles of the target, as 1-3.")] = "1-4",
    wilayah: Annotated[list[str] | None, typer.Option(help="BPS code of kecamatan or village; repeatable.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write village and decile to this workbook.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Hand out a programme's quota over the published figures: who qualifies, where, who is missed."""
    from regsosek.cli.simulasi import show_simulation  # noqa: PLC0415

    show_simulation(_settings(), program, desil, kuota, wilayah or [], xlsx=xlsx, as_json=as_json)


@app.command()
def profile(
    kode: Annotated[list[str] | None, typer.Argument(help="BPS codes of villages or kecamatan; none: pilots.")] = None,
    semua: Annotated[bool, typer.Option("--semua", help="Every village and kecamatan.")] = False,
    kertas: Annotated[list[Paper] | None, typer.Option(help="Paper of the PDF; repeatable, default both.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Where the files go.")] = None,
    publik: Annotated[bool | None, typer.Option("--publik/--internal", help="Only this copy; default both.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Make "Profil Kemiskinan dan Kesejahteraan Desa" of the published release: PDF, page, workbook, picture."""
    from regsosek.cli.profile import make  # noqa: PLC0415

    papers = [paper.value for paper in kertas or Paper]
    make(_settings(), kode or [], semua=semua, papers=papers, folder=folder, publik=publik, as_json=as_json)


@app.command()
def daftar(
    nama: Annotated[Listed, typer.Argument(help="Which list; indikator_sls: figures by SLS.")],
    desa: Annotated[str, typer.Option(help="BPS code of the village.")],
    keperluan: Annotated[str, typer.Option(help="What it is for; recorded.")],
    sebagai: Annotated[str, typer.Option(help="Login that asks: planner or a village login.")] = "planner",
    xlsx: Annotated[Path | None, typer.Option(help="Write it to this workbook, which only you can read.")] = None,
) -> None:
    """List families of a village by name and address, for a purpose; who asked, when and how many rows is recorded."""
    from regsosek.cli.daftar import show_list  # noqa: PLC0415

    show_list(_settings(), nama.value, desa, keperluan, sebagai, xlsx=xlsx)


@app.command(name="desa-akun")
def desa_akun(
    kode: Annotated[list[str] | None, typer.Argument(help="BPS codes of villages; none: list the logins.")] = None,
    nama: Annotated[str | None, typer.Option(help="One login desa_NAMA for all of them, not one each.")] = None,
    cabut: Annotated[bool, typer.Option("--cabut", help="Take the logins away.")] = False,
) -> None:
    """Make database logins of village offices, each seeing only its villages."""
    from regsosek.cli.desa_akun import manage  # noqa: PLC0415

    manage(_settings(), kode or [], name=nama, take=cabut)


@app.command()
def rollback(
    ke: Annotated[int | None, typer.Option(help="Release to go back to; default: the one before.")] = None,
) -> None:
    """Show an earlier release again; what came with the bad one stays out until `aktifkan`."""
    from regsosek.cli.releases import roll_back  # noqa: PLC0415

    roll_back(_settings(), ke)


@app.command()
def aktifkan(id_kiriman: Annotated[int, typer.Argument(help="Id of the delivery, see `regsosek status`.")]) -> None:
    """Let a withdrawn delivery take part again, from the next refresh on."""
    from regsosek.cli.releases import activate  # noqa: PLC0415

    activate(_settings(), id_kiriman)


perbaikan = typer.Typer(help="Correct the faults of a village: out as a workbook, back as a delivery.")
app.add_typer(perbaikan, name="perbaikan", no_args_is_help=True)


@perbaikan.command("ekspor")
def perbaikan_ekspor(
    desa: Annotated[str, typer.Option(help="BPS code of the village.")],
    keluaran: Annotated[Path | None, typer.Option(help="The workbook; default: in the folder perbaikan.")] = None,
    tujuan: Annotated[str, typer.Option(help="What for; kept in the books.")] = "Perbaikan temuan kiriman",
    kiriman: Annotated[int | None, typer.Option(help="Id of a delivery; default: the current one.")] = None,
) -> None:
    """Write the faults of a village to a workbook that only its owner reads: it names persons."""
    from regsosek.cli.perbaikan import export  # noqa: PLC0415

    export(_settings(), desa, path=keluaran, purpose=tujuan, delivery=kiriman)


@perbaikan.command("impor")
def perbaikan_impor(berkas: Annotated[Path, typer.Argument(help="The filled workbook.")]) -> None:
    """Make a filled workbook a delivery in the landing, or refuse it as a whole."""
    from regsosek.cli.perbaikan import bring_in  # noqa: PLC0415

    bring_in(_settings(), berkas)


@perbaikan.command("jejak")
def perbaikan_jejak(desa: Annotated[str | None, typer.Option(help="BPS code of a village.")] = None) -> None:
    """Show what became of imported answers: which faults are gone."""
    from regsosek.cli.perbaikan import show_trace  # noqa: PLC0415

    show_trace(_settings(), desa)


subjek = typer.Typer(help="Requests of one person; the NIK is asked for, or read from standard input.")
app.add_typer(subjek, name="subjek", no_args_is_help=True)


@subjek.command("cari")
def subjek_cari() -> None:
    """List every place that holds data of a person."""
    from regsosek.cli.subjek import search  # noqa: PLC0415

    search(_settings())


@subjek.command("perbaiki")
def subjek_perbaiki(item: Annotated[str, typer.Option(help="Item of the form, as r407.")]) -> None:
    """Correct one item of a person; the new value is asked for as well."""
    from regsosek.cli.subjek import correct  # noqa: PLC0415

    correct(_settings(), item)


@subjek.command("hapus")
def subjek_hapus(
    alasan: Annotated[str, typer.Option(help="Why; kept in the books, without names.")],
    ya: Annotated[bool, typer.Option("--ya", help="Do not ask again.")] = False,
) -> None:
    """Erase a person from raw, registry and workbooks, and from whatever is delivered or restored later."""
    from regsosek.cli.subjek import remove  # noqa: PLC0415

    remove(_settings(), reason=alasan, sure=ya)


@app.command()
def bersihkan(
    uji_coba: Annotated[bool, typer.Option("--uji-coba", help="Only say what would be dropped.")] = False,
) -> None:
    """Drop raw deliveries, logs, gate pages and workbooks that are older than the settings REGSOSEK_KEEP_* say."""
    from regsosek.cli.bersihkan import clean_up  # noqa: PLC0415

    clean_up(_settings(), dry_run=uji_coba)


@app.command(name="ganti-kunci")
def ganti_kunci() -> None:
    """Give the pseudonyms a new key; families still match, and the old key is destroyed."""
    from regsosek.cli.keys import rotate_key  # noqa: PLC0415

    rotate_key(_settings())


@app.command()
def backup(
    ke: Annotated[
        Path | None, typer.Option(help="Folder of the backup, which must not exist; default: a new one.")
    ] = None,
) -> None:
    """Back up the warehouse, the keys of its pseudonyms, and the list of files of the landing."""
    from regsosek.cli.backup import back_up  # noqa: PLC0415

    back_up(_settings(), ke)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of the backup.")],
    timpa: Annotated[bool, typer.Option("--timpa", help="Replace a warehouse that holds data.")] = False,
    kunci: Annotated[Path | None, typer.Option(help="Folder of its keys, where they are kept elsewhere.")] = None,
) -> None:
    """Restore a backup; the warehouse of now is replaced only when the new one is whole."""
    from regsosek.cli.backup import restore as restore_here  # noqa: PLC0415

    restore_here(_settings(), folder, timpa=timpa, keys=kunci)


@app.command()
def refresh(
    deliveries: Annotated[list[str] | None, typer.Option(help="Only this folder of the landing; repeatable.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Judge refused deliveries again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Everything through gate 2, nothing published.")] = False,
) -> None:
    """Refresh from the landing in this process, without Airflow."""
    from regsosek.cli.refresh import refresh_here  # noqa: PLC0415

    refresh_here(_settings(), only=deliveries or None, force=force, dry_run=dry_run)


@app.command()
def sample(  # noqa: PLR0913, PLR0917 - the options of one command
    folder: Annotated[Path, typer.Argument(help="Landing to write to.")],
    keluarga: Annotated[int, typer.Option(help="Families of all villages together.")] = 30_000,
    desa: Annotated[list[str] | None, typer.Option(help="BPS code of a village; repeatable.")] = None,
    kabupaten: Annotated[bool, typer.Option("--kabupaten", help="All villages, not the pilots' kecamatan.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 2022,
    faults: Annotated[Planted, typer.Option(help="Faults to plant.")] = Planted.baris,
    versi: Annotated[Form, typer.Option(help="Version of the form.")] = Form.final,
    cut_off: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Cut-off of the deliveries.")] = None,
    per: Annotated[Per, typer.Option(help="What one delivery holds.")] = Per.kecamatan,
) -> None:
    """Write synthetic deliveries: no person in them exists."""
    from regsosek.cli.sample import write_sample  # noqa: PLC0415

    day: date | None = cut_off.date() if cut_off else None
    write_sample(
        folder,
        keluarga=keluarga,
        desa=desa or ([] if kabupaten else None),
        seed=seed,
        faults=faults.value,
        versi=versi.value,
        cut_off=day,
        per=per.value,
    )


@app.command()
def docs() -> None:
    """Write the documentation as pages that need no network: texts, columns of the marts, dbt's models."""
    from regsosek.cli.docs import write_docs  # noqa: PLC0415

    write_docs(_settings())


@app.command()
def codegen(check: Annotated[bool, typer.Option("--check", help="Only say which are stale.")] = False) -> None:
    """Write every file that is generated from codebook, rules and contracts."""
    from regsosek.cli.codegen import write_generated  # noqa: PLC0415

    if not write_generated(check=check):
        raise typer.Exit(1)


@app.command()
def setup() -> None:
    """Make the database and Airflow's metadata of this installation, or bring them up to date."""
    from regsosek.local.installation import Installation  # noqa: PLC0415
    from regsosek.local.setup import setup as set_up  # noqa: PLC0415

    set_up(Installation(_settings()))


@app.command()
def upgrade() -> None:
    """Bring an installation of an earlier version, with its data, to this one."""
    from regsosek.cli.upgrade import upgrade_here  # noqa: PLC0415

    upgrade_here(_settings())


@app.command()
def run() -> None:
    """Refresh once with Airflow, from synthetic deliveries if there is no landing."""
    from rich.console import Console  # noqa: PLC0415

    from regsosek.local.installation import Installation  # noqa: PLC0415
    from regsosek.local.run import run as run_once  # noqa: PLC0415

    if not run_once(Installation(_settings()), Console()):
        raise typer.Exit(1)


@app.command()
def up() -> None:
    """Run database and Airflow in the foreground."""
    from rich.console import Console  # noqa: PLC0415

    from regsosek.local.installation import Installation  # noqa: PLC0415
    from regsosek.local.up import up as stand_up  # noqa: PLC0415

    stand_up(Installation(_settings()), Console())


@app.command()
def bi() -> None:
    """Run the dashboards (Superset) in the foreground."""
    from rich.console import Console  # noqa: PLC0415

    from regsosek.bi.show import show  # noqa: PLC0415
    from regsosek.local.installation import Installation  # noqa: PLC0415

    show(Installation(_settings()), Console())


@app.command()
def down() -> None:
    """Stop everything of this installation."""
    from regsosek.local.down import down as stand_down  # noqa: PLC0415
    from regsosek.local.installation import Installation  # noqa: PLC0415

    stopped = stand_down(Installation(_settings()))
    typer.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command()
def clean() -> None:
    """Stop this installation and delete it, data included, but not its backups."""
    from regsosek.local.installation import Installation  # noqa: PLC0415
    from regsosek.local.setup import clean as remove  # noqa: PLC0415

    for removed in remove(Installation(_settings())):
        typer.echo(f"Removed {removed}")


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
def airflow(ctx: typer.Context) -> None:
    """Airflow's own command line on this installation, for example `airflow dags list`."""
    from regsosek.local.installation import Installation  # noqa: PLC0415
    from regsosek.local.processes import become_airflow  # noqa: PLC0415

    become_airflow(Installation(_settings()), ctx.args)


def _settings() -> Settings:
    from regsosek.settings import Settings  # noqa: PLC0415

    return Settings()
