"""Bringing a warehouse to what this version of the code expects; safe to call at every start."""

from __future__ import annotations

from dataclasses import dataclass

from regsosek.access.roles import repair_access
from regsosek.codebook import load_codebook
from regsosek.normalise.tables import create_registry
from regsosek.release.published import grow_published_tables
from regsosek.rules import all_rules
from regsosek.settings import Settings
from regsosek.transform import seed
from regsosek.transform.contracts import grow_aggregates
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.schema import migrate


@dataclass(frozen=True)
class Prepared:
    """What a warehouse lacked: migrations, columns (``schema.table.column``), and whether seeds were loaded."""

    migrasi: list[str]
    kolom: list[str]
    acuan: bool


def prepare(settings: Settings) -> Prepared:
    """Migrate the pipeline's own schema, let the tables that are kept grow, write the rules, load the seeds, and
    bring roles and grants in order.

    Raises:
        SchemaNewerError: a newer version of this program set the warehouse up.
        ContractBrokenError: a column that is kept would change its type.
    """
    migrated = migrate(settings)
    codebook = load_codebook()
    with transaction(settings) as cursor:
        grown = create_registry(cursor, codebook)
        grown += grow_aggregates(cursor)
        grown += grow_published_tables(cursor)
        cursor.execute("create temporary table aturan_baru (like ops.aturan) on commit drop")
        with cursor.copy("copy aturan_baru (aturan, berkas, item, keparahan, pesan, tindakan) from stdin") as copy:
            for rule in all_rules(codebook):
                copy.write_row((rule.aturan, rule.berkas, rule.item, rule.keparahan, rule.pesan, rule.tindakan))
        cursor.execute(
            """
            insert into ops.aturan select * from aturan_baru
            on conflict (aturan) do update set
                berkas = excluded.berkas, item = excluded.item, keparahan = excluded.keparahan,
                pesan = excluded.pesan, tindakan = excluded.tindakan
            """
        )
    seeded = seed(settings)
    repair_access(settings)
    return Prepared(migrated, grown, seeded)
