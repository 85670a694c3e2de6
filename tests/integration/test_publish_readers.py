"""Readers that join three marts while fifty releases are published and rolled back never see two at once."""

from __future__ import annotations

import threading

import psycopg
from test_publish import A, B, build, deliver, make_candidate, release

from regsosek.release.manifest import choose_candidate
from regsosek.release.publish import publish
from regsosek.release.rollback import rollback
from regsosek.settings import Settings

PUBLISHES = 50
READERS = 3
JOINED = """
    select p.id_rilis, w.id_rilis, f.id_rilis, p.sumber, w.nama_desa, f.sumber
    from marts.mart_profil_desa as p
    join marts.dim_wilayah as w using (kode_desa)
    join marts.fct_indikator_desa as f using (kode_desa)
"""


def test_readers_see_one_release_at_a_time(settings: Settings) -> None:
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection, connection.cursor() as cursor:
        make_candidate(cursor)
        deliver(cursor, A, B)
        release(cursor, "r0")
        stop = threading.Event()
        seen: list[set[str]] = [set() for _ in range(READERS)]
        problems: list[str] = []
        readers = [
            threading.Thread(target=read, args=(settings, stop, seen[number], problems)) for number in range(READERS)
        ]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, PUBLISHES + 1):
                choose_candidate(cursor, versi_definisi=f"v{number}")
                build(cursor, f"r{number}")
                with connection.transaction():
                    publish(cursor, id_jalan=f"r{number}", versi_definisi=f"v{number}")
                if number % 10 == 0:
                    with connection.transaction():
                        rollback(cursor)
        finally:
            stop.set()
            for reader in readers:
                reader.join(timeout=60)
        assert problems == []
        assert all(len(marks) > 1 for marks in seen), "every reader met several releases"
        assert cursor.execute("select count(*) from ops.rilis").fetchone() == (PUBLISHES + 1,)


def read(settings: Settings, stop: threading.Event, seen: set[str], problems: list[str]) -> None:
    """Read until told to stop; note every answer that is not both villages of one release."""
    try:
        with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
            while not stop.is_set():
                rows = connection.execute(JOINED).fetchall()
                releases = {number for row in rows for number in row[:3]}
                marks = {mark for row in rows for mark in row[3:]}
                if len(rows) != 2 or len(releases) != 1 or len(marks) != 1:
                    problems.append(f"{len(rows)} rows, releases {releases}, marks {marks}")
                seen |= marks
                stop.wait(0.002)
    except psycopg.Error as error:
        problems.append(type(error).__name__)
