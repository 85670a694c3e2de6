"""Another key for the pseudonyms: families still match, a killed rotation converges, the key is in its file alone."""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
from datetime import date
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.keyring import Keyring, keyring, secret_file
from regsosek.local.installation import AirflowSettings, Installation
from regsosek.normalise.pseudonym import mark
from regsosek.normalise.rekey import rotate
from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse import lease
from regsosek.warehouse.embedded import EmbeddedServer

VILLAGE = "3328130005"
FAMILIES = 120

_numbers = itertools.count(1)
_cut_offs = iter([date(2022, 11, 30), date(2023, 1, 31), date(2023, 3, 31), date(2023, 5, 31)])


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


def deliver(settings: Settings) -> None:
    """The same families at a later cut-off, published."""
    generate(Path(settings.landing), desa=[VILLAGE], keluarga=FAMILIES, seed=3, faults="tanpa", cut_off=next(_cut_offs))
    refresh(settings, f"uji-{next(_numbers)}")


def matched(settings: Settings) -> tuple[int, int]:
    """Families of the published delivery that the KK recognised, and families in all that have one of their own."""
    with psycopg.connect(settings.warehouse_url) as connection:
        rows = connection.execute("select cocok_kk, cocok_alamat, keluarga from marts.mart_perubahan_desa").fetchall()
    ((by_kk, by_place, families),) = rows
    assert by_kk + by_place == families
    return by_kk, by_place


def pseudonyms(settings: Settings) -> dict[int, set[str]]:
    with psycopg.connect(settings.warehouse_url) as connection:
        rows = connection.execute(
            "select id_kiriman, nik::text from registri.anggota where nik is not null union all "
            "select id_kiriman, kk::text from registri.keluarga where kk is not null"
        ).fetchall()
    found: dict[int, set[str]] = {}
    for id_kiriman, value in rows:
        found.setdefault(id_kiriman, set()).add(value)
    return found


def keys_in_use(settings: Settings) -> set[str | None]:
    with psycopg.connect(settings.warehouse_url) as connection:
        return {key for (key,) in connection.execute("select distinct kunci from ops.kiriman")}


def test_a_key_file_of_the_older_form_goes_on(settings: Settings) -> None:
    path = secret_file(settings)
    old = bytes(range(32))
    path.write_text(old.hex(), encoding="ascii")
    path.chmod(0o600)
    ring = keyring(settings)
    assert ring.pseudonyms == (old,) and ring.permanent != old
    assert keyring(settings) == ring
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert old.hex() not in repr(ring)


def test_families_match_across_a_rotation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(settings)
    deliver(settings)
    before, ring, found = pseudonyms(settings), keyring(settings), matched(settings)
    assert before[1] == before[2] and found[0] > 0.8 * FAMILIES
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)
    monkeypatch.setenv("REGSOSEK_SECRET_FILE", str(settings.secret_file))
    told = CliRunner().invoke(app, ["ganti-kunci"])
    assert told.exit_code == 0 and "2 kiriman disamarkan ulang" in told.output, told.output
    after, fresh = pseudonyms(settings), keyring(settings)
    assert after[1] == after[2] and after[1].isdisjoint(before[1]) and len(after[1]) == len(before[1])
    assert (len(fresh.pseudonyms), fresh.permanent) == (1, ring.permanent)
    assert fresh.active != ring.active and ring.active.hex() not in secret_file(settings).read_text(encoding="ascii")
    assert keys_in_use(settings) == {mark(fresh.active)}
    deliver(settings)
    assert matched(settings) == found


def test_a_killed_rotation_converges(settings: Settings) -> None:
    """Killed between two partitions: half of the registry is under the new key, and the old one is still there."""
    before, ring = pseudonyms(settings), keyring(settings)
    calls = itertools.count(1)
    with lease.holding(settings, "ganti-kunci") as (id_jalan, epoch):

        def killed(cursor: psycopg.Cursor) -> None:
            lease.guard(epoch)(cursor)
            if next(calls) == 3:  # twice per partition
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotate(settings, guard=killed, id_jalan=id_jalan)
    half = pseudonyms(settings)
    assert [half[n] == before[n] for n in sorted(half)] == [False, True, True]
    assert keyring(settings).earlier == ring.pseudonyms
    with lease.holding(settings, "ganti-kunci") as (id_jalan, epoch):
        done = rotate(settings, guard=lease.guard(epoch), id_jalan=id_jalan)
    after = pseudonyms(settings)
    assert done == 2 and after[1] == half[1] == after[2] == after[3]
    assert not keyring(settings).earlier


def test_a_lost_key_is_made_good_by_the_next_refresh(settings: Settings) -> None:
    found = matched(settings)
    secret_file(settings).unlink()
    deliver(settings)
    assert matched(settings) == found
    assert keys_in_use(settings) == {mark(keyring(settings).active)}
    after = pseudonyms(settings)
    assert all(each == after[1] for each in after.values())


def test_the_key_is_nowhere_but_in_its_file(settings: Settings, server: EmbeddedServer, tmp_path: Path) -> None:
    dump = tmp_path / "regsosek.sql"
    program = server.installation / "bin" / "pg_dump"
    subprocess.run([program, "-f", dump, settings.warehouse_url], check=True)
    ring = keyring(settings)
    given = Installation(settings, AirflowSettings(database_url=server.airflow_url)).environment()
    needles = _forms(ring)
    assert not [name for name, value in given.items() if _holds(os.fsencode(value), needles)]
    some = next(iter(pseudonyms(settings)[1])).encode()
    assert some in dump.read_bytes()  # what is looked for is found where it is
    server.stop()  # what it keeps in memory is in files too, and none comes or goes while they are read
    try:
        places = [dump, settings.home, Path(settings.landing), server.data, server.log]
        files = [
            file for place in places for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file()
        ]
        assert len(files) > 500
        assert not [file for file in files if _holds(file.read_bytes(), needles)]
    finally:
        server.start()
    assert _holds(secret_file(settings).read_bytes(), needles)


def _forms(ring: Keyring) -> list[bytes]:
    """The keys as bytes, as hex, and as PostgreSQL's and Python's literals of the padded keys would begin."""
    keys = [*ring.pseudonyms, ring.permanent]
    padded = [bytes(byte ^ pad for byte in key) for key in keys for pad in (0x36, 0x5C)]
    return [form for key in (*keys, *padded) for form in (key, key.hex().encode(), repr(key)[2:-1].encode())]


def _holds(content: bytes, needles: list[bytes]) -> bool:
    return any(needle in content for needle in needles)


def test_where_a_family_lives_is_not_readable(settings: Settings) -> None:
    with psycopg.connect(settings.warehouse_url) as connection:
        kinds = dict(
            connection.execute(
                "select attname::text, format_type(atttypid, null) from pg_attribute "
                "where attrelid = 'antara.int_keluarga__kunci_padanan'::regclass and attnum > 0"
            ).fetchall()
        )
    assert (kinds["kk"], kinds["alamat"]) == ("uuid", "uuid")
    assert "text" not in {kind for name, kind in kinds.items() if name != "kode_desa"}
