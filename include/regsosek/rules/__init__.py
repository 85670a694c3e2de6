"""Every rule once: id, severity, what decides it, and what it says to people.

Rules about one item follow from the codebook; ``rules.yml`` holds the rest. Both gates, the quarantine, the table
``ops.aturan`` and docs/rules.md read them here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from regsosek.codebook import Codebook, Item, Table, load_codebook
from regsosek.yaml_file import read_yaml

Severity = Literal["tolak_kiriman", "tolak_desa", "tolak_keluarga", "kosongkan", "peringatan"]
Scope = Literal["sel", "baris", "keluarga", "desa", "kiriman"]

SEVERITIES: tuple[Severity, ...] = ("tolak_kiriman", "tolak_desa", "tolak_keluarga", "kosongkan", "peringatan")
RULES = Path(__file__).parent / "rules.yml"

CORRECT_CELL = "Perbaiki isian ini lalu kirim ulang; sampai saat itu jawabannya dianggap tidak diketahui."
FILL_CELL = "Lengkapi isian ini bila jawabannya ada; bila tidak, jawabannya dianggap tidak diketahui."
CHECK_CONDITION = "Periksa isian ini dan rincian yang menjadi syaratnya; isiannya dibiarkan apa adanya."


class Rule(BaseModel):
    """One rule.

    ``lingkup`` tells what is looked at: ``sel`` the raw cell, while normalising; ``baris`` one row of registri;
    ``keluarga`` several records of a delivery together, the fault being listed at one; ``desa`` one village of a
    delivery; ``kiriman`` the whole delivery.

    ``predikat``, of every ``baris`` rule and of no other, is an SQL predicate over columns of
    ``registri.keluarga`` or ``registri.anggota``; the fault is there where it is true. A rule ``<item>_kosong`` or
    ``<item>_terisi`` is judged only where the column of its item was delivered and the delivery's version of the
    form has the item, and ``<item>_kosong`` only where the raw cell was empty: a cell that was blanked has its fault
    already. A predicate sees neither, so whoever evaluates it restricts it so.

    ``ketentuan`` says in words what decides all other rules of ``rules.yml``. ``batas`` are fields of Settings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    aturan: str
    berkas: Literal["k_rt", "k_art", "kiriman"]
    item: str | None = None
    keparahan: Severity
    lingkup: Scope
    predikat: str | None = None
    ketentuan: str | None = None
    batas: tuple[str, ...] = ()
    pesan: str
    tindakan: str

    @model_validator(mode="after")
    def _predicate_fits_scope(self) -> Rule:
        if (self.lingkup == "baris") != (self.predikat is not None):
            raise ValueError(f"{self.aturan}: predikat belongs to lingkup baris, and to it alone")
        return self


def asked_of(item: Item) -> str:
    """Who has to answer, in words."""
    if item.ditanya_kepada != "semua":
        return item.ditanya_kepada
    return "semua keluarga" if item.tabel == "k_rt" else "semua anggota yang tinggal bersama"


def all_rules(codebook: Codebook) -> tuple[Rule, ...]:
    """Every rule: those of the items in form order, then those of ``rules.yml``."""
    return (*item_rules(codebook), *_other_rules(codebook))


def item_rules(codebook: Codebook) -> tuple[Rule, ...]:
    """The rules that follow from the codebook.

    An item whose fault rejects the family has none here: one rule of ``rules.yml`` covers all its faults.
    """
    rules: list[Rule] = []
    for item in (*codebook.typed("k_rt"), *codebook.typed("k_art")):
        if item.keparahan == "tolak_keluarga":
            continue
        rules += _cell_rules(item)
        rules += _skip_rules(item, codebook.dasar[item.tabel])
    return tuple(rules)


def rule(aturan: str) -> Rule:
    """The rule with that id; KeyError if there is none."""
    return _by_id()[aturan]


@cache
def _by_id() -> dict[str, Rule]:
    return {each.aturan: each for each in all_rules(load_codebook())}


def _title(item: Item) -> str:
    return item.label if item.nomor is None else f"Rincian {item.nomor} ({item.label})"


def _cell_rules(item: Item) -> list[Rule]:
    domain = f"rentang {item.rentang[0]}–{item.rentang[1]}" if item.rentang else "kode formulir"
    shared: dict[str, Any] = {
        "berkas": item.tabel,
        "item": item.kode,
        "keparahan": item.keparahan,
        "lingkup": "sel",
        "tindakan": CORRECT_CELL,
    }
    return [
        Rule(aturan=f"{item.kode}_bukan_bilangan", pesan=f"{_title(item)} bukan bilangan bulat.", **shared),
        Rule(aturan=f"{item.kode}_di_luar_domain", pesan=f"{_title(item)} di luar {domain}.", **shared),
    ]


def _skip_rules(item: Item, dasar: str) -> list[Rule]:
    shared: dict[str, Any] = {
        "berkas": item.tabel,
        "item": item.kode,
        "keparahan": "peringatan",
        "lingkup": "baris",
    }
    rules: list[Rule] = []
    if item.wajib:
        asked = dasar if item.ditanya == "true" else f"{dasar} and ({item.ditanya})"
        rules.append(
            Rule(
                aturan=f"{item.kode}_kosong",
                predikat=f"{asked} and {item.kode} is null",
                pesan=f"{_title(item)} kosong padahal ditanyakan kepada {asked_of(item)}.",
                tindakan=FILL_CELL,
                **shared,
            )
        )
    if item.ditanya != "true":
        rules.append(
            Rule(
                aturan=f"{item.kode}_terisi",
                predikat=f"{dasar} and not ({item.ditanya}) and {item.kode} is not null",
                pesan=f"{_title(item)} terisi padahal hanya ditanyakan kepada {asked_of(item)}.",
                tindakan=CHECK_CONDITION,
                **shared,
            )
        )
    return rules


def _other_rules(codebook: Codebook) -> tuple[Rule, ...]:
    """The rules of ``rules.yml``; ``{dasar}`` and ``{isian}`` in a predicate come from the codebook."""
    rules: list[Rule] = []
    for entry in read_yaml(RULES):
        if "predikat" in entry:
            tabel: Table = entry["berkas"]
            entry["predikat"] = entry["predikat"].format(
                dasar=codebook.dasar[tabel], isian=", ".join(_answers(codebook, tabel))
            )
        rules.append(Rule.model_validate(entry))
    return tuple(rules)


def _answers(codebook: Codebook, tabel: Table) -> list[str]:
    """Items that only the rows of ``dasar`` have: blocks III and V, and block IV from r405."""
    blocks = ("III", "V") if tabel == "k_rt" else ("IV",)
    outside = ("r401", "r404")
    return [item.kode for item in codebook.typed(tabel) if item.blok in blocks and item.kode not in outside]
