"""Manifest, publishing and rollback on a real server; the candidate's rows are written here instead of by dbt."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from regsosek.gates.expectations import mart_models
from regsosek.release.manifest import choose_candidate
from regsosek.release.publish import publish
from regsosek.release.rollback import NothingToDoError, aktifkan, rollback
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.evolve import ContractBrokenError

A, B, C = "3328010001", "3328010002", "3328010003"
DEFAULTS = {
    "text": "'x'",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
    "boolean": "true",
    "double precision": "1",
    "date": "null",
    "timestamp with time zone": "null",
}


AGGREGATE = b"""
    create schema if not exists agregat;
    create table agregat.agg_indikator_sls (
        id_kiriman bigint, kode_desa text, versi_definisi text, kode_sls text, kode_sub_sls text, kode_indikator text,
        pembilang bigint, penyebut bigint, tidak_tahu bigint, semesta_tidak_tahu bigint,
        nilai double precision, batas_bawah double precision, batas_atas double precision
    )
"""


@pytest.fixture
def cursor(settings: Settings) -> Iterator[psycopg.Cursor]:
    """An autocommit cursor on a warehouse whose candidate has the tables of the contracts, all empty."""
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection, connection.cursor() as cursor:
        make_candidate(cursor)
        yield cursor


def make_candidate(cursor: psycopg.Cursor) -> None:
    cursor.execute("create schema if not exists kandidat")
    cursor.execute(AGGREGATE)
    for model in mart_models():
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
        cursor.execute(f"create table kandidat.{model['name']} ({columns})".encode())


def fill(cursor: psycopg.Cursor, table: str, rows: list[dict[str, Any]]) -> None:
    """Put rows into a candidate table; columns that are not given get something of their type."""
    (model,) = [model for model in mart_models() if model["name"] == table]
    cursor.execute(f"truncate kandidat.{table}".encode())
    for row in rows:
        values = ["%s" if column["name"] in row else DEFAULTS[column["data_type"]] for column in model["columns"]]
        cursor.execute(
            f"insert into kandidat.{table} values ({', '.join(values)})".encode(),
            [row[column["name"]] for column in model["columns"] if column["name"] in row],
        )


def build(cursor: psycopg.Cursor, mark: str = "x") -> None:
    """What dbt would build of the manifest; ``mark`` tells releases apart."""
    villages = [village for (village,) in cursor.execute("select kode_desa from ops.kandidat_desa order by 1")]
    fill(cursor, "dim_wilayah", [{"kode_desa": village, "nama_desa": mark} for village in villages])
    fill(cursor, "mart_profil_desa", [{"kode_desa": village, "sumber": mark} for village in villages])
    fill(cursor, "fct_indikator_desa", [{"kode_desa": village, "sumber": mark} for village in villages])


def deliver(
    cursor: psycopg.Cursor,
    *villages: str,
    versi: str = "final",
    cut_off: date | None = None,
    paksa: bool = False,
    refused: tuple[str, ...] = (),
    keadaan: str = "diterima gerbang 1",
    uji_coba: bool = False,
) -> int:
    """A delivery that passed gate 1."""
    row = cursor.execute(
        """
        insert into ops.kiriman (folder, sidik, versi, cut_off, paksa, keadaan, uji_coba)
        values ('uji', %s, %s, %s, %s, %s, %s) returning id_kiriman
        """,
        (uuid.uuid4().hex, versi, cut_off, paksa, keadaan, uji_coba),
    ).fetchone()
    assert row is not None
    for village in villages:
        cursor.execute(
            "insert into ops.kiriman_desa values (%s, %s, 10, 0, 0, 30, 0, %s)",
            (row[0], village, "ditolak" if village in refused else "diterima"),
        )
    return int(row[0])


def manifest(cursor: psycopg.Cursor, **options: Any) -> dict[str, int]:
    choose_candidate(cursor, versi_definisi="v1", **options)
    return dict(cursor.execute("select kode_desa, id_kiriman from ops.kandidat_desa").fetchall())


def release(cursor: psycopg.Cursor, mark: str = "x", versi_definisi: str = "v1") -> int:
    """Choose, build and publish, as a refresh does; 0 if there is nothing to publish."""
    if not choose_candidate(cursor, versi_definisi=versi_definisi)["perlu_terbit"]:
        return 0
    build(cursor, mark)
    with cursor.connection.transaction():
        return publish(cursor, id_jalan=mark, versi_definisi=versi_definisi)


def states(cursor: psycopg.Cursor) -> dict[int, str]:
    return dict(cursor.execute("select id_kiriman, keadaan from ops.kiriman").fetchall())


def shown(cursor: psycopg.Cursor) -> set[tuple[Any, ...]]:
    return set(cursor.execute("select kode_desa, sumber, id_rilis from marts.mart_profil_desa").fetchall())


def test_final_before_draft_then_cut_off_then_received(cursor: psycopg.Cursor) -> None:
    undated = deliver(cursor, A, B, C)
    assert manifest(cursor) == {A: undated, B: undated, C: undated}
    dated = deliver(cursor, A, B, cut_off=date(2022, 11, 30))
    deliver(cursor, A, cut_off=date(2022, 10, 1))
    deliver(cursor, A)
    deliver(cursor, A, cut_off=date(2024, 1, 1), versi="draft")
    assert manifest(cursor) == {A: dated, B: dated, C: undated}
    corrected = deliver(cursor, B, cut_off=date(2022, 11, 30))
    assert manifest(cursor) == {A: dated, B: corrected, C: undated}


def test_only_what_passed_counts(cursor: psycopg.Cursor) -> None:
    first = deliver(cursor, A, B)
    for keadaan in ("dimuat", "ditolak gerbang 1", "ditolak gerbang 2", "ditarik"):
        deliver(cursor, A, cut_off=date(2023, 1, 1), keadaan=keadaan)
    assert manifest(cursor) == {A: first, B: first}
    partly = deliver(cursor, A, B, cut_off=date(2023, 1, 1), refused=(B,))
    assert manifest(cursor) == {A: partly, B: first}
    tried = deliver(cursor, A, cut_off=date(2023, 2, 1), uji_coba=True)
    assert manifest(cursor) == {A: partly, B: first}
    assert manifest(cursor, dry_run=True) == {A: tried, B: first}


def test_an_older_cut_off_supersedes_only_by_force(cursor: psycopg.Cursor) -> None:
    newer = deliver(cursor, A, cut_off=date(2023, 1, 1))
    deliver(cursor, A, cut_off=date(2022, 1, 1))
    assert manifest(cursor) == {A: newer}
    forced = deliver(cursor, A, cut_off=date(2022, 1, 1), paksa=True)
    assert manifest(cursor) == {A: forced}
    deliver(cursor, A, cut_off=date(2021, 1, 1))
    assert manifest(cursor) == {A: forced}
    later = deliver(cursor, A, cut_off=date(2022, 6, 1))
    assert manifest(cursor) == {A: later}


def test_a_release_is_made_only_if_something_differs(cursor: psycopg.Cursor) -> None:
    assert choose_candidate(cursor, versi_definisi="v1") == {
        "perlu_terbit": False, "desa": 0, "desa_baru": 0, "kiriman": 0,
    }  # fmt: skip
    deliver(cursor, A, B)
    assert choose_candidate(cursor, versi_definisi="v1") == {
        "perlu_terbit": True, "desa": 2, "desa_baru": 2, "kiriman": 1,
    }  # fmt: skip
    assert release(cursor) > 0
    assert release(cursor) == 0
    assert release(cursor, versi_definisi="v2") > 0
    deliver(cursor, A)
    assert choose_candidate(cursor, versi_definisi="v2")["desa_baru"] == 1


def test_published_rows_states_and_history(cursor: psycopg.Cursor) -> None:
    old = deliver(cursor, A, B)
    first = release(cursor, "satu")
    assert shown(cursor) == {(A, "satu", first), (B, "satu", first)}
    partial = deliver(cursor, A)
    second = release(cursor, "dua")
    assert shown(cursor) == {(A, "dua", second), (B, "dua", second)}
    assert states(cursor) == {old: "terbit", partial: "terbit"}
    whole = deliver(cursor, A, B)
    third = release(cursor, "tiga")
    assert states(cursor) == {old: "digantikan", partial: "digantikan", whole: "terbit"}
    assert cursor.execute("select id_rilis, keadaan from ops.rilis order by 1").fetchall() == [
        (first, "digantikan"), (second, "digantikan"), (third, "terbit"),
    ]  # fmt: skip
    assert cursor.execute("select count(*) from terbit.mart_profil_desa").fetchone() == (6,)
    assert cursor.execute(
        "select ringkasan ->> 'desa_baru' from ops.rilis where id_rilis = %s", (second,)
    ).fetchone() == ("1",)


def test_descriptions_reach_the_views(cursor: psycopg.Cursor) -> None:
    deliver(cursor, A)
    release(cursor)
    model = next(each for each in mart_models() if each["name"] == "dim_wilayah")
    said = cursor.execute(
        """
        select attname::text, col_description(attrelid, attnum)
        from pg_attribute where attrelid = 'marts.dim_wilayah'::regclass and attnum > 0
        """
    ).fetchall()
    assert dict(said) == {"id_rilis": "Rilis yang memuat baris ini."} | {
        column["name"]: column["description"].strip() for column in model["columns"]
    }
    assert cursor.execute("select obj_description('marts.dim_wilayah'::regclass)").fetchone() == (
        model["description"].strip(),
    )


def test_the_trend_shows_every_release_that_was_not_withdrawn(cursor: psycopg.Cursor) -> None:
    first, second = figures(cursor, "pertama"), figures(cursor, "kedua")
    assert trend(cursor) == [(first, "digantikan", "pertama"), (second, "terbit", "kedua")]
    rollback(cursor, id_jalan="uji")
    assert trend(cursor) == [(first, "terbit", "pertama")]
    cursor.execute("select obj_description('marts.fct_indikator_rilis'::regclass) is not null")
    assert cursor.fetchone() == (True,)
    cursor.execute("alter table kandidat.fct_indikator_wilayah add column kolom_baru text")
    assert trend(cursor) == [(first, "terbit", "pertama")]
    third = figures(cursor, "ketiga")
    assert trend(cursor)[-1] == (third, "terbit", "ketiga")
    cursor.execute("select kolom_baru from marts.fct_indikator_rilis")


def figures(cursor: psycopg.Cursor, mark: str) -> int:
    """A release of a new delivery, whose areas carry the mark."""
    deliver(cursor, A)
    fill(cursor, "fct_indikator_wilayah", [{"nama_wilayah": mark}])
    return release(cursor, mark)


def trend(cursor: psycopg.Cursor) -> list[tuple[Any, ...]]:
    cursor.execute("select id_rilis, keadaan_rilis, nama_wilayah from marts.fct_indikator_rilis order by 1")
    return cursor.fetchall()


def test_what_others_built_on_marts_survives(cursor: psycopg.Cursor) -> None:
    deliver(cursor, A)
    release(cursor, "satu")
    cursor.execute("create role pembaca_uji")
    cursor.execute("grant usage on schema marts to pembaca_uji")
    cursor.execute("grant select on marts.mart_profil_desa to pembaca_uji")
    cursor.execute("alter view marts.mart_profil_desa set (security_barrier = true)")
    cursor.execute("create schema bi")
    cursor.execute("create view bi.laporan as select kode_desa, sumber from marts.mart_profil_desa")
    deliver(cursor, A, B)
    cursor.execute("alter table kandidat.mart_profil_desa add column pct_baru double precision")
    release_with(
        cursor, "dua", "insert into kandidat.mart_profil_desa (kode_desa, sumber, pct_baru) values (%s, %s, 7)"
    )
    assert set(cursor.execute("select * from bi.laporan").fetchall()) == {(A, "dua"), (B, "dua")}
    assert cursor.execute("select distinct pct_baru from marts.mart_profil_desa").fetchall() == [(7.0,)]
    assert cursor.execute(
        "select has_table_privilege('pembaca_uji', 'marts.mart_profil_desa', 'select'), reloptions::text "
        "from pg_class where oid = 'marts.mart_profil_desa'::regclass"
    ).fetchone() == (True, "{security_barrier=true}")
    cursor.execute("alter table kandidat.mart_profil_desa drop column pct_baru")
    deliver(cursor, A)
    assert release(cursor, "tiga") > 0
    assert cursor.execute("select distinct pct_baru from marts.mart_profil_desa").fetchall() == [(None,)]
    rollback(cursor)
    assert cursor.execute("select distinct pct_baru from marts.mart_profil_desa").fetchall() == [(7.0,)]
    cursor.execute("revoke all on schema marts from pembaca_uji; revoke all on marts.mart_profil_desa from pembaca_uji")
    cursor.execute("drop role pembaca_uji")


def release_with(cursor: psycopg.Cursor, mark: str, insert: str) -> None:
    choose_candidate(cursor, versi_definisi="v1")
    cursor.execute("truncate kandidat.mart_profil_desa")
    for (village,) in cursor.execute("select kode_desa from ops.kandidat_desa").fetchall():
        cursor.execute(insert.encode(), (village, mark))
    with cursor.connection.transaction():
        publish(cursor, id_jalan=mark, versi_definisi="v1")


def test_a_column_that_changes_type_publishes_nothing(cursor: psycopg.Cursor) -> None:
    deliver(cursor, A)
    first = release(cursor, "satu")
    deliver(cursor, A)
    choose_candidate(cursor, versi_definisi="v1")
    cursor.execute("alter table kandidat.mart_profil_desa alter column desil_model type integer using 1")
    with pytest.raises(ContractBrokenError, match=r"mart_profil_desa\.desil_model"), cursor.connection.transaction():
        publish(cursor, id_jalan="dua", versi_definisi="v1")
    assert shown(cursor) == {(A, "satu", first)}
    assert cursor.execute("select count(*) from ops.rilis").fetchone() == (1,)


def test_withdrawn_stays_out_until_called_back(cursor: psycopg.Cursor) -> None:
    good = deliver(cursor, A, B)
    first = release(cursor, "satu")
    bad = deliver(cursor, A)
    second = release(cursor, "dua")
    done = rollback(cursor)
    assert (done.id_rilis, done.rilis_ditarik, done.kiriman_ditarik) == (first, (second,), (bad,))
    assert shown(cursor) == {(A, "satu", first), (B, "satu", first)}
    assert states(cursor) == {good: "terbit", bad: "ditarik"}
    assert release(cursor) == 0

    unrelated = deliver(cursor, C)
    third = release(cursor, "tiga")
    assert manifest(cursor) == {A: good, B: good, C: unrelated}
    assert {village for village, _, _ in shown(cursor)} == {A, B, C}

    aktifkan(cursor, bad)
    assert states(cursor)[bad] == "diterima gerbang 1"
    fourth = release(cursor, "empat")
    assert fourth > third
    assert states(cursor) == {good: "terbit", bad: "terbit", unrelated: "terbit"}
    assert manifest(cursor) == {A: bad, B: good, C: unrelated}


def test_rollback_to_a_release_withdraws_everything_since(cursor: psycopg.Cursor) -> None:
    first = deliver(cursor, A)
    one = release(cursor, "satu")
    second = deliver(cursor, A)
    two = release(cursor, "dua")
    third = deliver(cursor, B)
    three = release(cursor, "tiga")
    done = rollback(cursor, one)
    assert set(done.rilis_ditarik) == {two, three}
    assert states(cursor) == {first: "terbit", second: "ditarik", third: "ditarik"}
    with pytest.raises(NothingToDoError):
        rollback(cursor)


def test_rollback_brings_superseded_deliveries_back(cursor: psycopg.Cursor) -> None:
    first = deliver(cursor, A)
    release(cursor, "satu")
    second = deliver(cursor, A)
    release(cursor, "dua")
    assert states(cursor) == {first: "digantikan", second: "terbit"}
    rollback(cursor)
    assert states(cursor) == {first: "terbit", second: "ditarik"}


def test_what_cannot_be_done_says_why(cursor: psycopg.Cursor) -> None:
    with pytest.raises(NothingToDoError, match="Belum ada rilis"):
        rollback(cursor)
    delivery = deliver(cursor, A)
    only = release(cursor)
    with pytest.raises(NothingToDoError, match=f"sebelum rilis {only}"):
        rollback(cursor)
    deliver(cursor, A)
    release(cursor)
    with pytest.raises(NothingToDoError, match="Rilis 99"):
        rollback(cursor, 99)
    with pytest.raises(NothingToDoError, match="tidak ada"):
        aktifkan(cursor, 99)
    with pytest.raises(NothingToDoError, match="digantikan"):
        aktifkan(cursor, delivery)


def test_a_failed_publish_leaves_nothing(settings: Settings, cursor: psycopg.Cursor) -> None:
    deliver(cursor, A)
    first = release(cursor, "satu")
    deliver(cursor, A)
    choose_candidate(cursor, versi_definisi="v1")
    build(cursor, "dua")
    with pytest.raises(RuntimeError, match="mati"), transaction(settings) as doomed:
        publish(doomed, id_jalan="dua", versi_definisi="v1")
        raise RuntimeError("mati")
    assert shown(cursor) == {(A, "satu", first)}
    assert cursor.execute("select count(*) from ops.rilis").fetchone() == (1,)
    assert cursor.execute("select count(*) from terbit.mart_profil_desa").fetchone() == (1,)
