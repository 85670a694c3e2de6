"""Gate 1 finds the faults that were planted in a sample: no fewer, and no others."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psycopg

from regsosek.codebook import load_codebook
from regsosek.gates.villages import judge_villages
from regsosek.landing.discover import discover
from regsosek.landing.load import load_delivery
from regsosek.landing.refusal import DeliveryRefused
from regsosek.normalise.run import normalise
from regsosek.rules import all_rules
from regsosek.sample import Fault, Summary, generate, pilot_villages, read_faults
from regsosek.sample.generate import Faults, Per, faults_folder, later_folder
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.prepare import prepare

FAMILIES = 6_000


def gate(settings: Settings, landing: Path) -> dict[str, set[Fault]]:
    """Load, normalise and judge every delivery of the landing; folder -> what was found."""
    deliveries, _ = discover(settings, root=str(landing))
    ids = []
    for delivery in deliveries:
        with suppress(DeliveryRefused):
            ids.append(load_delivery(settings, delivery, id_jalan="uji", guard=anyone, root=str(landing)))
    normalise(settings, ids, guard=anyone)
    with transaction(settings) as cursor:
        judge_villages(cursor, settings, load_codebook(), ids)
        rows = cursor.execute(
            """
            select k.folder, t.berkas, t.baris, t.aturan, a.keparahan, t.kode_desa
            from ops.temuan as t join ops.kiriman as k using (id_kiriman) join ops.aturan as a using (aturan)
            where k.folder = any(%s)
            """,
            ([delivery.folder for delivery in deliveries],),
        ).fetchall()
    found: dict[str, set[Fault]] = {}
    for folder, *fault in rows:
        found.setdefault(folder, set()).add(Fault(*fault))
    assert len(rows) == sum(map(len, found.values())), "a fault is listed twice"
    return found


def anyone(cursor: psycopg.Cursor) -> None:
    """The guard of a test: nobody else writes."""


def planted(summary: Summary, folders: list[Path]) -> dict[str, set[Fault]]:
    faults = {folder.name: set(summary.faults[folder]) for folder in folders}
    assert sum(map(len, faults.values())) == sum(len(summary.faults[folder]) for folder in folders)
    return {folder: found for folder, found in faults.items() if found}


def same(found: dict[str, set[Fault]], expected: dict[str, set[Fault]]) -> None:
    for folder in sorted(found.keys() | expected.keys()):
        assert (folder, found.get(folder, set()) - expected.get(folder, set())) == (folder, set())
        assert (folder, expected.get(folder, set()) - found.get(folder, set())) == (folder, set())


def test_every_rule_is_planted_and_found(settings: Settings, tmp_path: Path) -> None:
    prepare(settings)
    landing = tmp_path / "landing"
    summary = generate(landing, desa=pilot_villages(), keluarga=FAMILIES, faults="semua")

    same(gate(settings, landing), planted(summary, summary.folders))
    publish_everything(settings)
    same(gate(settings, later_folder(landing)), planted(summary, summary.later))

    rules = {fault.aturan for faults in summary.faults.values() for fault in faults}
    assert rules == {rule.aturan for rule in all_rules(load_codebook())}
    for folder, faults in summary.faults.items():
        assert sorted(read_faults(faults_folder(landing) / f"{folder.name}.csv"), key=str) == sorted(faults, key=str)


def test_draft_however_it_is_delivered(settings: Settings, tmp_path: Path) -> None:
    prepare(settings)
    villages = pilot_villages()[:12]
    cases: list[tuple[Per, Faults]] = [("desa", "baris"), ("kabupaten", "baris"), ("kecamatan", "tanpa")]
    for per, faults in cases:
        landing = tmp_path / per
        summary = generate(landing, desa=villages, keluarga=3_000, faults=faults, per=per, versi="draft")
        same(gate(settings, landing), planted(summary, summary.folders))


def publish_everything(settings: Settings) -> None:
    """A release of every accepted village, as far as gate 1 looks at it."""
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("insert into ops.rilis (id_jalan, versi_definisi, keadaan) values ('uji', 'uji', 'terbit')")
        connection.execute("insert into ops.rilis_terbit (id_rilis) select max(id_rilis) from ops.rilis")
        connection.execute(
            """
            insert into ops.rilis_desa (id_rilis, kode_desa, id_kiriman)
            select r.id_rilis, d.kode_desa, d.id_kiriman
            from ops.rilis_terbit as r, ops.kiriman_desa as d where d.keadaan = 'diterima'
            """
        )
