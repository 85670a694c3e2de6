"""A warehouse that an earlier version left becomes one of this version: nothing is lost, and it goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from regsosek import __version__
from regsosek.cli import app
from regsosek.refresh import refresh
from regsosek.release.rollback import rollback
from regsosek.sample import generate
from regsosek.settings import PROJECT, Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.embedded import OWNER, EmbeddedServer, wheel_binaries
from regsosek.warehouse.evolve import ContractBrokenError, evolve_table, table_columns
from regsosek.warehouse.prepare import prepare

VILLAGE, OTHER = "3328130005", "3328040010"
BEFORE = "0.1.0"
BY_VILLAGE = ("fct_indikator_desa", "mart_profil_desa", "mart_demografi_desa", "mart_rtlh_desa", "mart_desil_desa")
"""Marts of which the rows of a village depend on nothing but its delivery."""

AS_ANOTHER_VERSION_MIGHT_HAVE_LEFT_IT = """
    -- Columns and a mart that it did not have yet, and columns that it had besides.
    drop view marts.mart_rtlh_desa;
    drop table terbit.mart_rtlh_desa;
    alter table agregat.agg_rtlh_desa drop column penduduk;
    alter table agregat.agg_rtlh_desa add column usang text;
    update agregat.agg_rtlh_desa set usang = 'x';
    alter table agregat.agg_rtlh_desa alter usang set not null;
    alter table terbit.mart_desil_desa add column usang text;
    update terbit.mart_desil_desa set usang = 'x';
    alter table terbit.mart_desil_desa alter usang set not null;
    create or replace view marts.mart_desil_desa as select * from terbit.mart_desil_desa
        where id_rilis = (select id_rilis from ops.rilis_terbit);
    alter table registri.keluarga drop column r307b3;
    alter table registri.keluarga add column usang smallint;
    -- Its own definitions.
    update ops.rilis set versi_definisi = '000000000000';
    do $$ declare t regclass; begin
        for t in
            select c.oid from pg_class as c join pg_attribute as a on a.attrelid = c.oid
            where c.relnamespace = 'agregat'::regnamespace and c.relkind = 'r' and a.attname = 'versi_definisi'
        loop
            execute format('update %s set versi_definisi = %L', t, '000000000000');
        end loop;
    end $$;
    -- Somebody reads.
    grant usage on schema marts to pembaca_lama;
    grant select on marts.mart_profil_desa to pembaca_lama;
    create schema bi;
    create view bi.laporan as select kode_desa, sumber from marts.mart_profil_desa;
    create schema antara;
    create table antara.int_keluarga__dbt_backup as select * from registri.keluarga;
    create view antara.int_x__dbt_tmp as select * from antara.int_keluarga__dbt_backup;
"""


@pytest.fixture(scope="module")
def settings(server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The warehouse of that version on the session's server, beside the template, which others need later."""
    folder = tmp_path_factory.mktemp("lama")
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists regsosek")
        admin.execute(f"create database regsosek owner {OWNER}")
        admin.execute("create role pembaca_lama")
    dump = Path(__file__).with_name("fixtures") / f"gudang_{BEFORE}.sql"
    psql = [wheel_binaries() / "bin" / "psql", server.owner_url, "-q", "-v", "ON_ERROR_STOP=1", "-f", dump]
    subprocess.run(psql, check=True, stdout=subprocess.DEVNULL)
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("AIRFLOW", "REGSOSEK", "LANDING"))]:
            patch.delenv(name)
        patch.setenv("REGSOSEK_HOME", str(server.home))
        patch.setenv("REGSOSEK_SECRET_FILE", str(folder / "key"))
        patch.setenv("REGSOSEK_SETTLE_SECONDS", "0")
        patch.setenv("LANDING_URL", str(folder / "landing"))
        yield Settings()
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("drop database regsosek with (force)")
        admin.execute("drop role pembaca_lama")


def published(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Rows of every mart as {column: value}."""
    with transaction(settings) as cursor:
        names = cursor.execute("select table_name from information_schema.views where table_schema = 'marts'")
        found = {}
        for (name,) in names.fetchall():
            cursor.execute(f"select * from marts.{name}".encode())
            columns = [column.name for column in cursor.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            found[name] = sorted(rows, key=lambda row: repr(list(row.values())))
        return found


def test_it_is_of_the_version_before() -> None:
    released = [line for line in (PROJECT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## [")]
    assert released[1].startswith(f"## [{BEFORE}]")
    assert __version__ != BEFORE


def test_everything_that_was_published_stays(settings: Settings, server: EmbeddedServer) -> None:
    with psycopg.connect(settings.warehouse_url or server.owner_url, autocommit=True) as owner:
        owner.execute(AS_ANOTHER_VERSION_MIGHT_HAVE_LEFT_IT.encode())
    before = published(settings)
    result = CliRunner().invoke(app, ["upgrade"])
    assert result.exit_code == 0, result.output
    assert f"program versi {__version__}" in result.output
    for told in ("007_delivery_states", "registri.keluarga.r307b3", "agregat.agg_rtlh_desa.penduduk",
                 "marts.mart_rtlh_desa.keluarga", "Definisi indikator berubah"):  # fmt: skip
        assert told in result.output, result.output
    after = published(settings)
    for name, rows in before.items():
        new = after[name][0].keys() - rows[0].keys() if rows else set()
        assert after[name] == [row | dict.fromkeys(new) for row in rows], name
    assert after["mart_rtlh_desa"] == []
    with transaction(settings) as cursor:
        cursor.execute("select has_table_privilege('pembaca_lama', 'marts.mart_profil_desa', 'select')")
        assert cursor.fetchone() == (True,)
        assert cursor.execute("select count(*) from bi.laporan").fetchone() == (1,)
        cursor.execute("select relname from pg_class where relname ~ '__dbt_(tmp|backup)$'")
        assert cursor.fetchall() == []  # what killed runs of that version had left
        cursor.execute("select rincian ->> 'versi' from ops.kejadian where kejadian = 'pembaruan'")
        assert cursor.fetchone() == (__version__,)
    again = prepare(settings)
    assert (again.migrasi, again.kolom, again.acuan) == ([], [], False)


def test_the_next_refresh_comes_to_the_same_figures(settings: Settings) -> None:
    before = published(settings)
    generate(Path(settings.landing), desa=[OTHER], keluarga=60, seed=5, faults="tanpa", per="desa",
             cut_off=date(2023, 2, 28))  # fmt: skip
    report = refresh(settings, "sesudah-pembaruan")
    assert (report["kiriman"], report["rilis"], report["desa_terbit"]) == (1, 3, 2)
    after = published(settings)
    for name in BY_VILLAGE:
        rows = [row for row in after[name] if row["kode_desa"] == VILLAGE]
        assert rows, name
        same = [column for column in rows[0] if column not in ("id_rilis", "versi_definisi", "usang")]
        if name != "mart_rtlh_desa":  # which the version before did not have
            assert [[row[c] for c in same] for row in rows] == [[row[c] for c in same] for row in before[name]], name
    assert {row["usang"] for row in after["mart_desil_desa"]} == {None}
    assert sum(row["keluarga"] for row in after["mart_rtlh_desa"]) > 60
    with transaction(settings) as cursor:
        assert cursor.execute("select count(*) from bi.laporan").fetchone() == (2,)
        rollback(cursor)
    back = published(settings)
    assert back["fct_indikator_desa"] == before["fct_indikator_desa"]


def test_a_warehouse_of_a_newer_version_is_left_alone(settings: Settings) -> None:
    with transaction(settings) as cursor:
        cursor.execute("insert into public.migrasi (nama) values ('999_later')")
    result = CliRunner().invoke(app, ["upgrade"])
    assert result.exit_code == 1 and "999_later" in result.output and "Traceback" not in result.output
    with transaction(settings) as cursor:
        cursor.execute("delete from public.migrasi where nama = '999_later'")
        assert cursor.execute("select id_jalan from ops.sewa").fetchone() == (None,)


def test_a_key_that_changes_holds_from_then_on(settings: Settings) -> None:
    with transaction(settings) as cursor:
        cursor.execute("create table terbit.coba (id_rilis bigint, lama text, angka int, primary key (id_rilis, lama))")
        cursor.execute("insert into terbit.coba values (1, 'a', 1), (1, 'b', 1)")
        wanted = {"id_rilis": "bigint", "angka": "integer", "baru": "text"}
        # The key that was stays unique with the one that joined it, and one that left may be empty.
        assert evolve_table(cursor, "terbit", "coba", wanted | {"lama": "text"}, ["id_rilis", "lama", "baru"]) == [
            "baru"
        ]
        cursor.execute("insert into terbit.coba values (1, 'a', 1, 'x')")
        with pytest.raises(psycopg.errors.UniqueViolation), cursor.connection.transaction():
            cursor.execute("insert into terbit.coba values (1, 'a', 2, null)")
        cursor.execute("delete from terbit.coba")
        for _ in range(2):
            assert evolve_table(cursor, "terbit", "coba", wanted, ["id_rilis", "baru"]) == []
        cursor.execute("insert into terbit.coba (id_rilis, baru) values (2, 'x'), (2, 'y')")
        with pytest.raises(psycopg.errors.UniqueViolation), cursor.connection.transaction():
            cursor.execute("insert into terbit.coba (id_rilis, baru) values (2, 'x')")
        with pytest.raises(ContractBrokenError, match=r"coba\.angka is bigint now and integer"):
            evolve_table(cursor, "terbit", "coba", wanted | {"angka": "bigint"})
        assert table_columns(cursor, "terbit", "coba").keys() == {"id_rilis", "lama", "angka", "baru"}
        cursor.execute("drop table terbit.coba")
