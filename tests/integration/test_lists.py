"""Lists of families: nothing without a record that stays, exactly the rows the marts count, by village."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from regsosek.access.lists import LISTS as NAMES
from regsosek.access.lists import SLS_FIGURES
from regsosek.access.roles import repair_access
from regsosek.access.villages import give_villages
from regsosek.cli import Listed, app
from regsosek.cli.dsn import role_url
from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.embedded import EmbeddedServer

A, B = "3328130005", "3328040009"
PURPOSE = "Verifikasi lapangan bantuan"
ASK = "select tiket, jumlah_baris from restricted.minta(%s, %s, %s)"
TAKE = "select * from restricted.ambil(%s)"
BOTH = "select t.* from restricted.minta(%s, %s, %s) as m, restricted.ambil(m.tiket) as t"
LISTS = ("desil_1_2_tanpa_bantuan", "rtlh", "anak_tidak_sekolah", "lansia_tunggal")


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """A published release of two villages; a login of village A."""
    generate(Path(module_settings.landing), desa=[A, B], keluarga=400, faults="tanpa")
    refresh(module_settings, "uji")
    give_villages(module_settings, A, [A])
    return module_settings


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def planner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(role_url(settings, "planner"), autocommit=True) as connection:
        yield connection


def requests(owner: psycopg.Connection) -> int:
    ((count,),) = owner.execute("select count(*) from restricted.permintaan").fetchall()
    return int(count)


def refused(connection: psycopg.Connection, statement: str, *parameters: object) -> str:
    with pytest.raises(psycopg.Error) as error:
        connection.execute(statement.encode(), parameters)
    return error.value.sqlstate or ""


@pytest.mark.parametrize("village", [A, B])
def test_a_list_has_the_rows_the_marts_count(
    owner: psycopg.Connection, planner: psycopg.Connection, village: str
) -> None:
    figures = dict(
        owner.execute(
            "select kode_indikator, pembilang from marts.fct_indikator_desa where kode_desa = %s", (village,)
        ).fetchall()
    )
    ((without,),) = owner.execute(
        "select coalesce(sum(keluarga), 0)::int from marts.mart_komplementaritas_bantuan "
        "where kode_wilayah = %s and desil in ('1', '2') and banyak_bantuan = '0'", (village,),
    ).fetchall()  # fmt: skip
    wanted = {
        "desil_1_2_tanpa_bantuan": without,
        "rtlh": figures["pct_rtlh"],
        "anak_tidak_sekolah": figures["pct_ats_7_18"],
        "lansia_tunggal": figures["pct_keluarga_lansia_tunggal"],
    }
    assert sum(wanted.values()) > 0
    for name in LISTS:
        tiket, count = planner.execute(ASK, (name, village, PURPOSE)).fetchone() or (None, 0)
        rows = planner.execute(TAKE, (tiket,)).fetchall()
        assert len(rows) == count == wanted[name], name


def test_names_are_those_of_the_file(
    settings: Settings, owner: psycopg.Connection, planner: psycopg.Connection
) -> None:
    """Each row of a list is the record it says it is, with the answers that put it there."""
    tiket, _ = planner.execute(ASK, ("anak_tidak_sekolah", A, PURPOSE)).fetchone() or (None, 0)
    rows = planner.execute(
        "select baris_keluarga, nama, nama_kepala_keluarga, alamat, umur from restricted.ambil(%s)", (tiket,)
    )
    listed = rows.fetchall()
    assert listed
    families, persons = file_of(owner, "k_rt"), file_of(owner, "k_art")
    there = {baris: cells for baris, *cells in raw_cells(owner, families, "r108", "r107")}
    named = {name for _, name in raw_cells(owner, persons, "r402")}
    for baris, nama, kepala, alamat, umur in listed:
        assert there[baris] == [kepala, alamat]
        assert nama in named
        assert 7 <= umur <= 18


def file_of(owner: psycopg.Connection, berkas: str) -> tuple[str, dict[str, str]]:
    """Raw table of village A's file and its columns by item."""
    row = owner.execute(
        "select tabel, kolom from ops.berkas join ops.rilis_desa using (id_kiriman) "
        "join ops.rilis_terbit using (id_rilis) where kode_desa = %s and berkas = %s",
        (A, berkas),
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def raw_cells(owner: psycopg.Connection, file: tuple[str, dict[str, str]], *items: str) -> list[tuple[Any, ...]]:
    """Record number and trimmed cells of every record."""
    table, columns = file
    chosen = ", ".join(f'btrim("{columns[item]}")' for item in items)
    return owner.execute(f"select baris, {chosen} from raw.{table}".encode()).fetchall()


def test_the_record_is_there_before_the_first_row(owner: psycopg.Connection, planner: psycopg.Connection) -> None:
    before = requests(owner)
    tiket, count = planner.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None, 0)
    row = owner.execute(
        "select pengguna, daftar, kode_desa, keperluan, jumlah_baris, waktu > now() - interval '1 minute' "
        "from restricted.permintaan where tiket = %s", (tiket,),
    ).fetchone()  # fmt: skip
    assert row == ("planner", "rtlh", A, PURPOSE, count, True)
    assert requests(owner) == before + 1


def test_a_ticket_of_this_transaction_gives_nothing(owner: psycopg.Connection, planner: psycopg.Connection) -> None:
    before = requests(owner)
    for isolation in ("read committed", "repeatable read", "serializable"):
        planner.execute(f"begin isolation level {isolation}".encode())
        tiket = (planner.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None,))[0]
        planner.execute("savepoint s")
        assert refused(planner, TAKE, tiket) == "RS006"
        planner.execute("rollback to savepoint s")
        assert refused(planner, BOTH, "rtlh", A, PURPOSE) in ("RS005", "RS006")
        planner.execute("rollback")
        assert refused(planner, TAKE, tiket) == "RS005"
    assert refused(planner, BOTH, "rtlh", A, PURPOSE) in ("RS005", "RS006")
    assert requests(owner) == before


def test_the_record_stays_when_the_taking_is_rolled_back(
    owner: psycopg.Connection, planner: psycopg.Connection
) -> None:
    tiket, count = planner.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None, 0)
    planner.execute("begin")
    assert len(planner.execute(TAKE, (tiket,)).fetchall()) == count > 0
    planner.execute("rollback")
    row = owner.execute("select jumlah_baris from restricted.permintaan where tiket = %s", (tiket,)).fetchone()
    assert row == (count,)


def test_who_may_not_write_is_given_nothing(owner: psycopg.Connection, planner: psycopg.Connection) -> None:
    before = requests(owner)
    planner.execute("begin read only")
    assert refused(planner, ASK, "rtlh", A, PURPOSE) == "25006"
    planner.execute("rollback")
    assert requests(owner) == before
    tiket, count = planner.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None, 0)
    planner.execute("begin read only")  # reading on a record that is there is fine
    assert len(planner.execute(TAKE, (tiket,)).fetchall()) == count
    planner.execute("rollback")


def test_taking_is_in_the_servers_log_without_identities(server: EmbeddedServer, planner: psycopg.Connection) -> None:
    tiket, count = planner.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None, 0)
    rows = planner.execute("select nama_kepala_keluarga, alamat from restricted.ambil(%s)", (tiket,)).fetchall()
    for _ in range(50):
        text = server.log.read_text(encoding="utf-8", errors="replace")
        if str(tiket) in text:
            break
        time.sleep(0.1)
    (line,) = [line for line in text.splitlines() if str(tiket) in line]
    assert f"planner mengambil daftar rtlh desa {A}, paling banyak {count} baris" in line
    assert not any(cell in text for row in rows for cell in row if cell)
    assert PURPOSE not in text


def test_a_ticket_is_for_one_login_one_release_and_a_short_time(
    settings: Settings, owner: psycopg.Connection, planner: psycopg.Connection
) -> None:
    tiket = (planner.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None,))[0]
    with psycopg.connect(role_url(settings, f"desa_{A}"), autocommit=True) as village:
        assert refused(village, TAKE, tiket) == "RS005"
    owner.execute("update restricted.permintaan set jumlah_baris = 1 where tiket = %s", (tiket,))
    assert len(planner.execute(TAKE, (tiket,)).fetchall()) == 1  # never more than was recorded
    owner.execute("update restricted.permintaan set waktu = waktu - interval '16 minutes' where tiket = %s", (tiket,))
    assert refused(planner, TAKE, tiket) == "RS007"
    owner.execute("update restricted.permintaan set waktu = now(), id_rilis = id_rilis + 1 where tiket = %s", (tiket,))
    assert refused(planner, TAKE, tiket) == "RS008"


def test_a_village_gets_its_own_lists_only(settings: Settings, owner: psycopg.Connection) -> None:
    before = requests(owner)
    with psycopg.connect(role_url(settings, f"desa_{A}"), autocommit=True) as village:
        assert refused(village, ASK, "rtlh", B, PURPOSE) == "RS001"
        assert requests(owner) == before
        tiket, count = village.execute(ASK, ("rtlh", A, PURPOSE)).fetchone() or (None, 0)
        owner.execute("delete from ops.hak_desa where pengguna = %s", (f"desa_{A}",))
        assert refused(village, TAKE, tiket) == "RS001"
        give_villages(settings, A, [A])
        assert len(village.execute(TAKE, (tiket,)).fetchall()) == count


def test_there_is_no_other_way_in(settings: Settings, owner: psycopg.Connection) -> None:
    query = "select oid::regprocedure::text from pg_proc where pronamespace = 'restricted'::regnamespace"
    functions = [name for (name,) in owner.execute(query.encode()).fetchall()]
    for role, allowed in (
        ("planner", {"minta", "ambil", "ambil_sls"}), (f"desa_{A}", {"minta", "ambil", "ambil_sls"}),
        ("engineer", set()), ("public_reader", set()),
    ):  # fmt: skip
        with psycopg.connect(role_url(settings, role), autocommit=True) as connection:
            for table in ("permintaan", "mart_indikator_sls"):
                assert refused(connection, f"select from restricted.{table}") == "42501"
        may = {name for name in functions if owner.execute(
            "select has_schema_privilege(%s, 'restricted', 'usage') and has_function_privilege(%s, %s, 'execute')",
            (role, role, name)).fetchone() == (True,)}  # fmt: skip
        assert {name.removeprefix("restricted.").partition("(")[0] for name in may} == allowed
    owner.execute("grant execute on all functions in schema restricted to public, engineer")
    owner.execute("grant select on restricted.permintaan to planner")
    assert len(repair_access(settings)) == 2 * len(functions) + 1
    assert repair_access(settings) == []


def test_bad_requests_are_refused_in_words(owner: psycopg.Connection, planner: psycopg.Connection) -> None:
    before = requests(owner)
    for arguments, state in (
        (("rtlh", A, "  cek     "), "RS002"), (("rtlh", A, None), "RS002"),
        (("rtlh", "3328999999", PURPOSE), "RS003"), (("semua", A, PURPOSE), "RS004"),
    ):  # fmt: skip
        assert refused(planner, ASK, *arguments) == state
    assert requests(owner) == before


def test_the_command_knows_every_list() -> None:
    assert [each.value for each in Listed] == list(NAMES) == [*LISTS, SLS_FIGURES]


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)
    yield CliRunner()


def test_the_command_on_the_screen_and_as_a_workbook(
    command: CliRunner, owner: psycopg.Connection, tmp_path: Path
) -> None:
    table, columns = file_of(owner, "k_rt")
    name, address = columns["r108"], columns["r107"]
    owner.execute(f"""update raw.{table} set "{name}" = '=cmd|calc', "{address}" = E'[red]Jalan\\x1b[2J' """.encode())
    shown = command.invoke(app, ["daftar", "rtlh", "--desa", A, "--keperluan", PURPOSE])
    assert shown.exit_code == 0, shown.output
    assert "[red]Jalan" in shown.output
    assert "\x1b" not in shown.output
    assert "Tercatat: planner, tiket" in shown.output

    path = tmp_path / "rtlh.xlsx"
    path.touch(mode=0o644)
    before = requests(owner)
    done = command.invoke(app, ["daftar", "rtlh", "--desa", A, "--keperluan", PURPOSE, "--xlsx", str(path)])
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = load_workbook(path)
    rows = list(book["Daftar"].iter_rows(values_only=True))
    assert "Kepala keluarga" in rows[0]
    assert {row[rows[0].index("Kepala keluarga")] for row in rows[1:]} == {"'=cmd|calc"}
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert (len(rows) - 1,) == owner.execute(
        "select jumlah_baris from restricted.permintaan order by waktu desc limit 1"
    ).fetchone()
    assert requests(owner) == before + 1
    application = owner.execute("select aplikasi from restricted.permintaan order by waktu desc limit 1").fetchone()
    assert application is not None and application[0].startswith("regsosek daftar: ")


def test_figures_by_sls_go_the_same_way(command: CliRunner, owner: psycopg.Connection) -> None:
    before = requests(owner)
    shown = command.invoke(app, ["daftar", "indikator_sls", "--desa", A, "--keperluan", PURPOSE])
    assert shown.exit_code == 0, shown.output
    assert "pct_rtlh" in shown.output
    assert requests(owner) == before + 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--desa", A, "--keperluan", "cek"], "Sebutkan keperluannya"),
        (["--desa", "3328999999", "--keperluan", PURPOSE], "tidak ada pada rilis yang terbit"),
        (["--desa", B, "--keperluan", PURPOSE, "--sebagai", f"desa_{A}"], f"Akun desa_{A} tidak berhak atas desa {B}."),
        (["--desa", A, "--keperluan", PURPOSE, "--sebagai", "engineer"], "tidak berhak meminta daftar keluarga"),
        (["--desa", A, "--keperluan", PURPOSE, "--xlsx", "/tiada/x.xlsx"], "tidak dapat ditulis"),
    ],
)
def test_the_command_says_why_not(
    command: CliRunner, owner: psycopg.Connection, arguments: list[str], said: str
) -> None:
    before = requests(owner)
    done = command.invoke(app, ["daftar", "rtlh", *arguments])
    assert done.exit_code == 1
    assert said in done.output
    assert requests(owner) == before
