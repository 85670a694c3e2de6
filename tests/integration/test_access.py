"""Who may see what, from outside: every role logs in and tries every table, after a refresh and after a rollback."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from regsosek.access.declaration import declaration
from regsosek.access.roles import AccessError, repair_access
from regsosek.access.villages import give_villages, take_login
from regsosek.backup.roles import Role, create_missing
from regsosek.cli import app
from regsosek.cli.dsn import role_url
from regsosek.refresh import refresh
from regsosek.release.rollback import rollback
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.embedded import OWNER, EmbeddedServer

A, B = "3328130005", "3328040009"
CLOSED = {"raw", "registri", "agregat", "antara", "kandidat", "kandidat_publik", "staging", "terbit", "restricted"}
"""Schemas of which nobody but the owner reads a table."""
READS = {
    "engineer": {"ops", "acuan"},
    "planner": {"marts", "acuan"},
    "public_reader": {"publik"},
}
FOR_ENGINEERS = {"marts.dim_wilayah", "marts.mart_kualitas_data_desa"}


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """A warehouse with one published release of two villages and a public table."""
    deliver(module_settings, 1)
    repair_access(module_settings)
    with transaction(module_settings) as cursor:
        cursor.execute("create table publik.fct_indikator_desa (nilai integer)")
    return module_settings


def deliver(settings: Settings, number: int) -> None:
    """The next delivery of both villages, refreshed to a release."""
    generate(Path(settings.landing), desa=[A, B], keluarga=60, faults="tanpa", cut_off=date(2022 + number, 1, 1))
    refresh(settings, f"uji-{number}")


@pytest.fixture
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        yield connection


def log_in(settings: Settings, role: str) -> psycopg.Connection:
    return psycopg.connect(role_url(settings, role), autocommit=True)


def readable(settings: Settings, role: str) -> set[str]:
    """Every table and view of the database that this login can select from, tried one by one."""
    with psycopg.connect(settings.warehouse_url) as connection:
        relations = connection.execute(
            "select relnamespace::regnamespace::text, relname::text from pg_class "
            "where relkind in ('r', 'p', 'v', 'm') and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'"
        ).fetchall()
    found = set()
    with log_in(settings, role) as connection:
        for schema, name in relations:
            try:
                connection.execute(f'select from "{schema}"."{name}" limit 1'.encode())
            except psycopg.errors.InsufficientPrivilege:
                continue
            found.add(f"{schema}.{name}")
    assert relations
    return found


def assert_everybody_sees_what_is_theirs(settings: Settings, owner: psycopg.Connection) -> None:
    names = {
        f"{schema}.{name}"
        for schema, name in owner.execute(
            "select schemaname::text, tablename::text from pg_tables union select schemaname, viewname from pg_views"
        ).fetchall()
    }
    for role, schemas in READS.items():
        mine = {name for name in names if name.partition(".")[0] in schemas}
        assert mine, role
        assert readable(settings, role) == mine | (FOR_ENGINEERS if role == "engineer" else set()), role
    assert {name.partition(".")[0] for name in names} >= CLOSED - {"kandidat_publik"}


def test_each_login_reads_what_it_should_after_a_refresh_and_after_a_rollback(
    settings: Settings, owner: psycopg.Connection
) -> None:
    assert_everybody_sees_what_is_theirs(settings, owner)
    deliver(settings, 2)
    assert_everybody_sees_what_is_theirs(settings, owner)
    with transaction(settings) as cursor:
        rollback(cursor)
    assert_everybody_sees_what_is_theirs(settings, owner)


@pytest.mark.parametrize("role", sorted(READS))
def test_readers_change_nothing(settings: Settings, owner: psycopg.Connection, role: str) -> None:
    table = sorted(readable(settings, role))[0]
    for statement in (
        f"delete from {table}", f"truncate {table}", "create table marts.x ()", "create table public.x ()",
        "create temporary table x ()", "create schema x", "create role x", "set role regsosek_owner",
        f"begin; lock table {table} in exclusive mode",
    ):  # fmt: skip
        with log_in(settings, role) as connection, pytest.raises(psycopg.Error) as refused:
            connection.execute(statement.encode())
        assert refused.value.sqlstate in ("42501", "55000"), statement


@pytest.mark.parametrize("role", sorted(READS))
def test_limits_hold(settings: Settings, server: EmbeddedServer, role: str) -> None:
    limits = declaration().roles[role]
    with log_in(settings, role) as connection:
        for name, value in limits.settings.items():
            assert connection.execute("select current_setting(%s)", (name,)).fetchone() == (value,)
    with psycopg.connect(server.url("postgres", "postgres")) as admin:
        row = admin.execute("select rolconnlimit from pg_roles where rolname = %s", (role,)).fetchone()
        assert row == (limits.connections,)
        with pytest.raises(psycopg.OperationalError):  # another role's database
            psycopg.connect(role_url(settings, role).replace("/regsosek", "/airflow"))


def test_readers_at_their_limit_leave_room_for_the_pipeline(server: EmbeddedServer) -> None:
    declared = declaration()
    readers = sum(role.connections for role in declared.roles.values() if not role.group)
    assert {declared.roles[name].connections for name in ("planner", "public_reader")} == {250}
    with psycopg.connect(server.url("postgres", "postgres")) as admin:
        row = admin.execute("select current_setting('max_connections')::int").fetchone()
    assert row == (declared.max_connections,)
    assert readers + 130 + 100 <= declared.max_connections  # five villages at their limit


def test_lost_and_extra_rights_are_repaired(
    settings: Settings, owner: psycopg.Connection, server: EmbeddedServer
) -> None:
    assert repair_access(settings) == []
    owner.execute(
        """
        grant select on registri.keluarga to planner;
        grant usage on schema registri to planner, public;
        grant select (kk) on registri.keluarga to public_reader with grant option;
        grant create on schema marts to planner;
        grant select on all tables in schema raw to public;
        grant temporary on database regsosek to public;
        alter default privileges in schema raw grant select on tables to engineer;
        alter default privileges in schema marts revoke select on tables from planner;
        revoke select on marts.mart_profil_desa from planner;
        revoke usage on schema ops from engineer;
        grant engineer to planner;
        alter role planner nologin connection limit 3;
        alter role planner in database regsosek set statement_timeout = 0;
        alter role public_reader reset statement_timeout;
        alter role engineer password 'lain'
        """
    )
    done = repair_access(settings)
    assert len(done) >= 14
    assert repair_access(settings) == []
    with psycopg.connect(settings.warehouse_url) as connection:
        row = connection.execute(
            "select rincian -> 'diubah' from ops.kejadian where kejadian = 'akses' order by waktu desc limit 1"
        ).fetchone()
    assert row == (done,)
    assert_everybody_sees_what_is_theirs(settings, owner)
    for role in READS:
        test_limits_hold(settings, server, role)


def test_what_only_an_administrator_can_take_away_is_said(settings: Settings, server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("grant pg_read_all_data to planner")
        try:
            with pytest.raises(AccessError, match="planner a member of pg_read_all_data"):
                repair_access(settings)
        finally:
            admin.execute("revoke pg_read_all_data from planner")
        admin.execute("alter role engineer createdb")
        try:
            with pytest.raises(AccessError, match="engineer"):
                repair_access(settings)
        finally:
            admin.execute("alter role engineer nocreatedb")
    assert repair_access(settings) == []


def test_passwords_are_kept_for_the_owner_of_the_installation(settings: Settings, server: EmbeddedServer) -> None:
    kept = settings.home / "passwords"
    assert {path.name for path in kept.iterdir()} >= set(READS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o600}
    secrets = {path.read_text() for path in kept.iterdir()}
    assert len(secrets) == len(list(kept.iterdir()))
    for role in READS:
        url = role_url(settings, role)
        assert conninfo_to_dict(url)["user"] == role
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url.replace(str(conninfo_to_dict(url)["password"]), "salah"))
    with psycopg.connect(server.url("postgres", "postgres")) as admin:
        row = admin.execute(
            "select bool_and(rolpassword like 'SCRAM-SHA-256%%') from pg_authid where rolcanlogin"
        ).fetchone()
    assert row == (True,)
    log = server.log.read_text(encoding="utf-8", errors="replace")
    assert not any(secret in log for secret in secrets)


def test_readers_connect_where_the_office_says(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"reader_address": "gudang.kantor:5432"})
    assert "@gudang.kantor:5432/regsosek" in role_url(elsewhere, "planner")
    assert role_url(elsewhere, "planner", here=True) == role_url(settings, "planner")
    assert role_url(elsewhere, "regsosek_owner") == role_url(elsewhere, None) == settings.warehouse_url


def test_dashboards_have_an_index(owner: psycopg.Connection) -> None:
    row = owner.execute(
        "select count(*) from pg_indexes where schemaname = 'terbit' and tablename = 'fct_indikator_wilayah' "
        "and indexdef like '%%(kode_indikator, tingkat, id_rilis)'"
    ).fetchone()
    assert row == (1,)


# Villages ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def logins(settings: Settings) -> dict[str, list[str]]:
    """A login of village A, and one of both."""
    return {give_villages(settings, A, [A]): [A], give_villages(settings, "binaan", [A, B]): [A, B]}


def test_a_village_sees_its_rows_of_every_mart_that_has_any(
    settings: Settings, owner: psycopg.Connection, logins: dict[str, list[str]]
) -> None:
    assert_villages_see_what_is_theirs(settings, owner, logins)
    deliver(settings, 3)
    assert_villages_see_what_is_theirs(settings, owner, logins)
    with transaction(settings) as cursor:
        rollback(cursor)
    assert_villages_see_what_is_theirs(settings, owner, logins)


def assert_villages_see_what_is_theirs(
    settings: Settings, owner: psycopg.Connection, logins: dict[str, list[str]]
) -> None:
    marts = views(owner, "marts")
    assert set(views(owner, "marts_desa")) == set(marts) - {"mart_konteks_resmi"} | {"mart_indikator_sls"}
    for login, villages in logins.items():
        assert readable(settings, login) == {f"marts_desa.{name}" for name in views(owner, "marts_desa")}
        with log_in(settings, login) as connection:
            for name, columns in views(owner, "marts_desa").items():
                source = f"marts.{name}" if name in marts else f"restricted.{name}"
                own = "true" if name == "dim_indikator" else "kode_desa = any(%(desa)s)"
                if "kode_wilayah" in columns:
                    own = "kode_wilayah = any(%(desa)s)"
                query = f"select to_jsonb(t)::text from {{}} as t where {own} order by 1"
                wanted = owner.execute(query.format(source).encode(), {"desa": villages}).fetchall()
                got = connection.execute(f"select to_jsonb(t)::text from marts_desa.{name} as t order by 1".encode())
                assert got.fetchall() == wanted, (login, name)
                assert wanted or name in SOMETIMES_EMPTY, name


SOMETIMES_EMPTY = {"mart_perubahan_desa", "mart_perubahan_perumahan_desa", "mart_penyebab_perubahan"}
"""Of a first release."""


def views(owner: psycopg.Connection, schema: str) -> dict[str, list[str]]:
    rows = owner.execute(
        "select table_name::text, array_agg(column_name::text) from information_schema.columns "
        "where table_schema = %s group by 1",
        (schema,),
    )
    return dict(rows.fetchall())


def test_nothing_of_other_villages_leaks(
    settings: Settings, owner: psycopg.Connection, logins: dict[str, list[str]]
) -> None:
    (other,) = owner.execute("select nama_desa from marts.dim_wilayah where kode_desa = %s", (B,)).fetchone() or ("",)
    with log_in(settings, f"desa_{A}") as connection:
        # Were the reader's condition tried on rows of others, the error would tell of them.
        trap = (
            "select count(*) from marts_desa.dim_wilayah "
            "where case when nama_desa = %s then nama_desa::int > 0 else true end"
        )
        assert connection.execute(trap.encode(), (other,)).fetchone() == (1,)
        connection.execute("set role village")
        assert connection.execute("select kode_desa from marts_desa.dim_wilayah").fetchall() == [(A,)]
        connection.execute("reset role")
        for statement in (
            "set session authorization regsosek_owner",
            "insert into ops.hak_desa values (session_user, '1')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
    with psycopg.connect(settings.warehouse_url) as connection:
        row = connection.execute("select count(*) from marts_desa.dim_wilayah").fetchone()
        assert row == (0,)  # even the owner sees villages there only by a grant


def test_village_logins_by_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)

    def invoke(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["desa-akun", *arguments])
        assert result.exit_code == code, result.output
        return result.output

    assert f"Akun desa_{B} melihat desa {B}" in invoke(B)
    assert f"desa_{B}" in invoke()
    assert readable(settings, f"desa_{B}")
    assert "Tidak ada desa dengan kode 3328999999" in invoke("3328999999", code=1)
    assert "Nama akun hanya" in invoke(B, "--nama", "Desa B", code=1)
    url = role_url(settings, f"desa_{B}")
    assert f"Akun desa_{B} dicabut" in invoke(B, "--cabut")
    assert f"desa_{B}" not in invoke()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert not (settings.home / "passwords" / f"desa_{B}").exists()
    assert "Tidak ada akun" in invoke(B, "--cabut", code=1)


def test_a_village_login_is_repaired(
    settings: Settings, owner: psycopg.Connection, logins: dict[str, list[str]]
) -> None:
    owner.execute(f"revoke village from desa_{A}; alter role desa_{A} nologin; create role desa_palsu in role village")
    owner.execute(f"grant select on marts.mart_profil_desa to desa_{A}")
    try:
        assert set(repair_access(settings)) == {
            f"alter role desa_{A}", f"grant village to desa_{A}", "revoke village from desa_palsu",
            f"revoke select, table marts.mart_profil_desa, desa_{A}",
        }  # fmt: skip
    finally:
        owner.execute("drop role desa_palsu")
    assert repair_access(settings) == []
    assert_villages_see_what_is_theirs(settings, owner, logins)


def test_a_village_login_that_a_restore_made_is_ours_again(
    settings: Settings, owner: psycopg.Connection, server: EmbeddedServer
) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        create_missing(admin.cursor(), [Role(nama="desa_pulih", login=True, anggota_dari=("village",))], OWNER)
    owner.execute("insert into ops.hak_desa (pengguna, kode_desa) values ('desa_pulih', %s)", (A,))
    repair_access(settings)
    with log_in(settings, "desa_pulih") as connection:
        assert connection.execute("select kode_desa from dim_wilayah").fetchall() == [(A,)]
    assert take_login(settings, "pulih") == "desa_pulih"
