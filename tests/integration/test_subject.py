"""One person: found everywhere, corrected, erased for good, and not brought back by a delivery or a backup."""

from __future__ import annotations

import io
import itertools
import shutil
import stat
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
import yaml
from psycopg import sql
from typer.testing import CliRunner, Result

from oracle import recompute
from regsosek.cli import app
from regsosek.correction import export_workbook
from regsosek.keyring import KeyFileError, secret_file
from regsosek.normalise.buried import Buried
from regsosek.refresh import refresh, steps
from regsosek.release.rollback import rollback
from regsosek.retention.deliveries import by_family_or_person
from regsosek.sample import generate
from regsosek.settings import PROJECT, Settings
from regsosek.subject import tombstones
from regsosek.subject.find import holds_in_stream
from regsosek.subject.tombstones import tombstone_file
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.embedded import EmbeddedServer

VILLAGE, OTHER = "3328130005", "3328130004"
FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


class People:
    """Persons of the first delivery: one of a large family, a head with others, one who lives alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.families, self.persons = (
            pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("k_rt", "k_art")
        )
        here = self.persons[(self.persons["r104"] == VILLAGE[7:])]
        once = here[~here["r403"].duplicated(keep=False) & here["r403"].str.fullmatch(r"\d{16}")]
        size = here.groupby("id_rt").size()
        resident = once[once["r404"].isin(["1", "5"])]
        large = resident[resident["id_rt"].map(size) >= 3]
        self.member = str(large[large["r409"] != "1"].iloc[0]["r403"])
        used = set(here[here["r403"] == self.member]["id_rt"])
        self.head = str(large[(large["r409"] == "1") & ~large["id_rt"].isin(used)].iloc[0]["r403"])
        alone = resident[resident["id_rt"].map(size) == 1]
        self.alone = str(alone.iloc[0]["r403"])
        self.corrected = str(large[(large["r409"] != "1") & ~large["id_rt"].isin(used)].iloc[-1]["r403"])

    def family_of(self, nik: str) -> str:
        return str(self.persons[self.persons["r403"] == nik]["id_rt"].iloc[0])


@pytest.fixture(scope="module")
def people(settings: Settings) -> People:
    (folder,) = generate(Path(settings.landing), desa=[VILLAGE, OTHER], keluarga=160, seed=5, faults="tanpa").folders
    go(settings)
    return People(folder)


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("LANDING_URL", settings.landing)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)
    monkeypatch.setenv("REGSOSEK_SECRET_FILE", str(settings.secret_file))

    def run(*arguments: str, nik: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["subjek", *arguments], input=nik)
        assert result.exit_code == code, result.output
        assert nik.split("\n", maxsplit=1)[0] not in result.output
        return result

    return run


def go(settings: Settings) -> None:
    refresh(settings, f"uji-{next(_numbers)}")


def query(settings: Settings, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(settings.warehouse_url) as connection:
        return connection.execute(statement.encode(), parameters).fetchall()


def dump(settings: Settings, server: EmbeddedServer, path: Path) -> bytes:
    subprocess.run([server.installation / "bin" / "pg_dump", "-f", path, settings.warehouse_url], check=True)
    return path.read_bytes()


def assert_reconciled(settings: Settings) -> None:
    """Received = accepted + rejected, in every delivery that is kept, by file and by village."""
    rows = query(
        settings,
        """
        select b.id_kiriman,
            sum(jumlah_baris) filter (where berkas = 'k_rt') - (select count(*) from registri.keluarga as k
                where k.id_kiriman = b.id_kiriman),
            sum(jumlah_baris) filter (where berkas = 'k_art') - (select count(*) from registri.anggota as a
                where a.id_kiriman = b.id_kiriman),
            sum(jumlah_baris) filter (where berkas = 'k_rt') - (select sum(keluarga_diterima + keluarga_ditolak)
                from ops.kiriman_desa as d where d.id_kiriman = b.id_kiriman),
            sum(jumlah_baris) filter (where berkas = 'k_art') - (select sum(anggota_diterima + anggota_ditolak)
                from ops.kiriman_desa as d where d.id_kiriman = b.id_kiriman)
        from ops.berkas as b group by 1
        """,
    )
    assert rows and all(row[1:] == (0, 0, 0, 0) for row in rows), rows


def assert_figures_without(settings: Settings, people: People, erased: list[str], tmp_path: Path) -> None:
    """The published integers equal a recomputation from the files without these persons."""
    folder = tmp_path / "tanpa"
    folder.mkdir()
    persons = people.persons[~people.persons["r403"].isin(erased)]
    families, members = people.families, people.persons

    def key(rows: pd.DataFrame, name: str) -> pd.Series:
        return rows["r104"] + "." + rows[name]

    emptied = set(key(members, "id_rt")) - set(key(persons, "id_rt"))
    families = families[~key(families, "id").isin(emptied)]
    families.to_csv(folder / "k_rt.csv", index=False)
    persons.to_csv(folder / "k_art.csv", index=False)
    shutil.copy(people.folder / "kiriman.yml", folder)
    with (PROJECT / "dbt_project" / "seeds" / "ref_desa.csv").open(encoding="utf-8") as file:
        villages = pd.read_csv(file, dtype=str, keep_default_na=False)
    classes = {row["kode_desa"]: int(row["klas"]) if row["klas"] else None for row in villages.to_dict("records")}
    keys = ["kode_desa", "kode_indikator"]
    expected = recompute(folder, classes).set_index(keys)[FOUR].astype("Int64").sort_index()
    rows = query(settings, f"select {', '.join(keys + FOUR)} from marts.fct_indikator_desa")
    got = pd.DataFrame(rows, columns=keys + FOUR).set_index(keys).astype("Int64").sort_index()
    assert got.index.equals(expected.index)
    differing = got.compare(expected, result_names=("warehouse", "oracle"))
    assert differing.empty, differing.to_string()


def test_a_person_is_found_wherever_they_are(settings: Settings, people: People, command: Any) -> None:
    listed = command("cari", nik=people.member + "\n").output
    for place in ("raw.k_art_1", "raw.k_rt_1", "registri.anggota", "registri.keluarga", "k_art.csv", "terbit", VILLAGE):
        assert place in listed.replace("\n", ""), place
    assert "tidak ditemukan" in command("cari", nik="9999999999999999\n").output
    assert "16 angka" in command("cari", nik="123\n", code=1).output
    requests = query(settings, "select permintaan, rincian from ops.permintaan_subjek")
    assert [each[0] for each in requests] == ["cari", "cari"] and people.member not in str(requests)


def test_what_cannot_be_searched_is_said_so(
    settings: Settings, people: People, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken workbook stops nothing, and a landing elsewhere is not called searched."""
    broken = Path(settings.landing) / "catatan" / "rusak.xlsx"
    broken.parent.mkdir()
    with zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lembar.xml", people.member * 1000)
    whole = broken.read_bytes()
    for damaged in (whole[:60] + b"\xff" * 8 + whole[68:], whole.replace(b"\x08\x00", b"\x63\x00")):
        broken.write_bytes(damaged)
        told = command("cari", nik=people.member + "\n").output
        assert f"Tidak terbaca, jadi tidak diketahui isinya: {broken}" in told
        assert "k_art.csv" in told and "TIDAK dicari" not in told
    shutil.rmtree(broken.parent)
    for elsewhere in (
        "memory://landing",
        "s3://rahasia@wadah/landing",
        "apa://wadah",
        str(settings.home / "tidak-ada"),
    ):
        monkeypatch.setenv("LANDING_URL", elsewhere)
        for told in (
            command("cari", nik="9999999999999999\n").output,
            command("hapus", "--alasan", "uji", "--ya", nik="9999999999999999\n").output,
        ):
            assert "Landing TIDAK dicari" in told and "landing yang terbaca" not in told and "rahasia" not in told
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("truncate ops.permintaan_subjek, ops.nisan")
    tombstone_file(settings).unlink()


def test_a_number_is_found_however_little_a_read_gives() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(3)

    assert holds_in_stream(Slow(b"nama;1234567890123456;lagi"), b"1234567890123456")
    assert not holds_in_stream(Slow(b"nama;123456789012345;6;lagi"), b"1234567890123456")


def test_an_item_is_corrected_through_a_delivery(settings: Settings, people: People, command: Any) -> None:
    """First, so that the later tests erase from what this made too."""
    assert "hanya menerima" in command("perbaiki", "--item", "r405", nik=f"{people.corrected}\n7\n", code=1).output
    assert (
        "tidak ada pada formulir"
        in command("perbaiki", "--item", "r999", nik=f"{people.corrected}\n7\n", code=1).output
    )
    told = command("perbaiki", "--item", "r414", nik=f"{people.corrected}\n3\n").output
    assert "perbaikan_" in told
    go(settings)
    rows = query(settings, "select id_kiriman_baru, item, aturan, keadaan_baru from ops.perbaikan_jejak")
    assert rows == [(2, "r414", None, "terbit")]
    ((value,),) = query(settings, "select r414 from raw.k_art_2 where r403 = %s", people.corrected)
    assert value == "3"
    assert_reconciled(settings)
    # Undone for the tests below, whose oracle reads the first files.
    with transaction(settings) as cursor:
        rollback(cursor)
    shutil.rmtree(next(Path(settings.landing).glob("perbaikan_*")))


def test_an_erased_person_is_gone(
    settings: Settings, people: People, command: Any, server: EmbeddedServer, tmp_path: Path
) -> None:
    book = export_workbook_naming(settings, people)
    name = people.persons.loc[people.persons["r403"] == people.head, "r402"].iloc[0]
    erased = [people.member, people.head, people.alone]
    before = dump(settings, server, tmp_path / "sebelum.sql")
    assert all(nik.encode() in before for nik in erased)
    assert "Perhatian" not in command("hapus", "--alasan", "uji", nik=f"{people.member}\n\n", code=1).output
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        spare = connection.execute(
            "select r403, baris from raw.k_art_1 where r403 <> all(%s) limit 1", ([*erased, people.corrected],)
        ).fetchone()
        assert spare is not None
        connection.execute("update raw.k_art_1 set r403 = %s where baris = %s", (people.corrected, spare[1]))
        asked = command("hapus", "--alasan", "uji", nik=f"{people.corrected}\n\n", code=1).output
        assert "NIK ini ada pada 2 record di kiriman 1" in asked
        connection.execute("update raw.k_art_1 set r403 = %s where baris = %s", spare)
    assert "Dibatalkan" in command("hapus", "--alasan", "uji", nik=f"{people.member}\ntidak\n", code=1).output
    for nik in erased:
        told = command("hapus", "--alasan", "permintaan tertulis", "--ya", nik=nik + "\n").output
        # In the first delivery and in its withdrawn correction.
        assert "Dihapus: 2 record" in told, told
        assert "k_art.csv" in told.replace("\n", "")  # the district's own file is the district's
    assert not book.exists()
    go(settings)

    ids = query(settings, "select id_kiriman from ops.kiriman where dibersihkan_pada is not null")
    assert ids
    with psycopg.connect(settings.warehouse_url) as connection:
        tables = by_family_or_person(connection.cursor())
        assert {table.as_string() for table in tables} >= {
            '"agregat"."agg_daftar_desa"', '"antara"."int_anggota__indikator"', '"antara"."int_keluarga__indikator"'
        }  # fmt: skip
        for table in tables:
            held = connection.execute(
                sql.SQL("select count(*) from {} where id_kiriman = any(%s)").format(table), ([i for (i,) in ids],)
            )
            assert held.fetchone() == (0,), table.as_string()

    after = dump(settings, server, tmp_path / "sesudah.sql")
    assert not [nik for nik in erased if nik.encode() in after]
    table, family = f"raw.k_rt_{newest(settings)}", people.family_of(people.head)
    heads = query(settings, f"select r108 from {table} where id = %s and r104 = %s", family, VILLAGE[7:])
    assert heads == [("",)], name
    assert_figures_without(settings, people, erased, tmp_path)
    assert_reconciled(settings)
    assert stat.S_IMODE(tombstone_file(settings).stat().st_mode) == 0o600
    requests = query(settings, "select permintaan from ops.permintaan_subjek where permintaan = 'hapus'")
    assert len(requests) == 3
    # Deleted rows are gone from the files of the tables, not only marked: the tables were written anew.
    rewritten = query(
        settings, "select relname::text from pg_class where relnamespace = 'raw'::regnamespace and relfilenode <> oid"
    )
    assert {(f"k_art_{newest(settings)}",), (f"k_rt_{newest(settings)}",)} <= set(rewritten)
    paths = query(settings, "select pg_relation_filepath(oid) from pg_class where relnamespace = 'raw'::regnamespace")
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("checkpoint")
    held = b"".join((server.data / path).read_bytes() for (path,) in paths if path)
    assert people.corrected.encode() in held and not [nik for nik in erased if nik.encode() in held]


def uphold(settings: Settings, *, everything: bool = False) -> list[Buried]:
    with lease.holding(settings, "nisan") as (id_jalan, epoch):
        return tombstones.uphold(
            settings,
            guard=lease.guard(epoch),
            id_jalan=id_jalan,
            purpose=lease.backend_name(epoch),
            everything=everything,
        )


def newest(settings: Settings) -> int:
    ((number,),) = query(
        settings,
        "select id_kiriman from ops.rilis_desa join ops.rilis_terbit using (id_rilis) where kode_desa = %s",
        VILLAGE,
    )
    return int(number)


def export_workbook_naming(settings: Settings, people: People) -> Path:
    """A workbook with a fault of the person who is erased."""
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute(
            "insert into ops.temuan select 1, 'k_art', baris, %s, 'r414_kosong' from raw.k_art_1 where r403 = %s",
            (VILLAGE, people.member),
        )
    return export_workbook(settings, VILLAGE, by="uji", purpose="uji", path=None).path


def test_a_later_delivery_does_not_bring_them_back(settings: Settings, people: People) -> None:
    later = Path(settings.landing) / "2023-06-30_lagi"
    shutil.copytree(people.folder, later)
    told = yaml.safe_load((later / "kiriman.yml").read_text(encoding="utf-8"))
    (later / "kiriman.yml").write_text(yaml.safe_dump({**told, "cut_off": "2023-06-30"}), encoding="utf-8")
    go(settings)
    erased = [people.member, people.head, people.alone]
    table = f"raw.k_art_{newest(settings)}"
    assert query(settings, f"select r403 from {table} where r403 = any(%s)", erased) == []
    ((event,),) = query(
        settings,
        "select rincian from ops.kejadian where kejadian = 'orang terhapus tidak dimuat' order by waktu desc limit 1",
    )
    assert event == {"id_kiriman": newest(settings), "anggota": 3, "keluarga": 1}
    # Held against the traces when it was normalised, so the next refresh need not look into it again.
    assert query(settings, "select nisan is not null from ops.kiriman where id_kiriman = %s", newest(settings)) == [
        (True,)
    ]
    assert_reconciled(settings)


def test_a_rollback_to_before_the_erasure_keeps_the_village(settings: Settings, people: People) -> None:
    with transaction(settings) as cursor:
        rollback(cursor, 1)
    go(settings)
    ((origin,),) = query(settings, "select id_asal from ops.kiriman where id_kiriman = %s", newest(settings))
    assert origin == 1


def test_a_restored_backup_does_not_bring_them_back(
    settings: Settings, people: People, server: EmbeddedServer, tmp_path: Path
) -> None:
    """As after a restore from before the erasure: the person is in raw, and the warehouse knows no trace."""
    number = newest(settings)
    with psycopg.connect(settings.warehouse_url) as connection:
        columns = [
            column.name for column in connection.execute(f"select * from raw.k_art_{number} limit 0").description or ()
        ]
        row = connection.execute(f"select * from raw.k_art_{number} limit 1".encode()).fetchone()
        assert row is not None
        values = dict(zip(columns, row, strict=True)) | {"baris": 900_000, "r403": people.member, "r402": "PULIH"}
        places = ", ".join(["%s"] * len(columns))
        connection.execute(
            f"insert into raw.k_art_{number} ({', '.join(columns)}) values ({places})".encode(), list(values.values())
        )
        connection.execute(
            "update ops.berkas set jumlah_baris = jumlah_baris + 1 where tabel = %s", (f"k_art_{number}",)
        )
        connection.execute("delete from ops.nisan")
    assert uphold(settings) == []  # the same traces as when the delivery was looked into: it is not again
    (buried,) = uphold(settings, everything=True)
    assert buried.anggota == 1
    assert people.member.encode() not in dump(settings, server, tmp_path / "pulih.sql")
    assert query(settings, "select count(*) from ops.nisan") == [(3,)]
    assert uphold(settings) == []
    tombstone_file(settings).unlink()  # lost with the key's disk: the warehouse knows them
    run = steps.start(settings, "uji-nisan")
    steps.finish(settings, run)
    assert len(tombstone_file(settings).read_text(encoding="ascii").split()) == 3
    assert secret_file(settings).exists()
    go(settings)
    assert_reconciled(settings)


def test_another_permanent_key_is_refused_before_it_forgets_them(settings: Settings, people: People) -> None:
    """Under it no trace would match anybody, and the next delivery would bring everybody back."""
    key = secret_file(settings)
    kept = key.read_text(encoding="ascii")
    key.unlink()
    with pytest.raises(KeyFileError, match="Kembalikan berkas kunci"):
        go(settings)
    assert query(settings, "select id_jalan from ops.sewa") == [(None,)]  # the next run need not wait
    key.write_text(kept, encoding="ascii")
    key.chmod(0o600)
    go(settings)
    assert uphold(settings) == []


def test_an_edition_is_withdrawn_with_the_delivery_it_comes_from(
    settings: Settings, people: People, command: Any
) -> None:
    """Erased between a bad release and its rollback: the bad delivery does not come back as its own edition."""
    resent = generate(
        Path(settings.landing), desa=[VILLAGE], keluarga=60, seed=9, faults="tanpa", cut_off=date(2023, 5, 31)
    ).folders[0]
    go(settings)
    bad = newest(settings)
    nik = str(pd.read_csv(resent / "k_art.csv", dtype=str, keep_default_na=False)["r403"].iloc[5])
    command("hapus", "--alasan", "uji", "--ya", nik=nik + "\n")
    ((edition,),) = query(settings, "select id_kiriman from ops.kiriman where id_asal = %s", bad)
    with transaction(settings) as cursor:
        rollback(cursor)
    assert query(settings, "select keadaan from ops.kiriman where id_kiriman = %s", edition) == [("ditarik",)]
    go(settings)
    assert newest(settings) not in (bad, edition)


def test_a_refused_release_does_not_take_an_edition_along(settings: Settings, people: People, command: Any) -> None:
    """Erased in the night of a bad delivery: what is published has to stay current, without the erased."""
    nik = str(people.persons["r403"].iloc[-1])
    before = newest(settings)
    command("hapus", "--alasan", "uji", "--ya", nik=nik + "\n")
    run = steps.start(settings, "uji-gerbang-2")
    try:
        steps.choose(settings, run)
        with transaction(settings) as cursor:
            steps._refuse_new(cursor, run)
    finally:
        steps.finish(settings, run)
    asal = "select coalesce(id_asal, id_kiriman) from ops.kiriman where id_kiriman = %s"
    ((origin,),) = query(settings, asal, before)
    go(settings)
    assert newest(settings) != before
    assert query(settings, asal, newest(settings)) == [(origin,)]
