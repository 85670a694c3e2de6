"""Bringing a warehouse to what this version of the code expects; safe to call at every start."""

from __future__ import annotations

from regsosek.access.roles import repair_access
from regsosek.codebook import load_codebook
from regsosek.normalise.tables import create_registry
from regsosek.rules import all_rules
from regsosek.settings import Settings
from regsosek.transform import seed
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.schema import migrate


def prepare(settings: Settings) -> None:
    """Migrate the pipeline's own schema, derive the registry from the codebook, write the rules, load the seeds, and
    bring roles and grants in order."""
    migrate(settings)
    codebook = load_codebook()
    with transaction(settings) as cursor:
        create_registry(cursor, codebook)
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
    seed(settings)
    repair_access(settings)
