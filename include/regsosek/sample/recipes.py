"""How each fault of a cell, a row or a family is made: one recipe a rule.

A recipe changes as few cells as it can, keeps everything else of the family in order, and names every fault that
follows. Recipes of the item rules derive from the codebook; the others are written out, under the name of the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from regsosek.codebook import Codebook, Item, Table, Version
from regsosek.rules import Rule, all_rules
from regsosek.sample.draws import EMPTY, Booleans, Integers
from regsosek.sample.families import NEEDS_ELECTRICITY
from regsosek.sample.households import HEAD, MARRIED, OTHER, PARENT, SPOUSE
from regsosek.sample.planting import Recipe, Site
from regsosek.sample.targets import DIFFICULTY_DOMAINS

UNKNOWN_VILLAGE = "999"
"""r104 that no village has."""
NOBODY = 900_000_000
"""Family ids from here on belong to no family."""
SPREADSHEET_NUMBER = "9.90001E+15"

_OWN: dict[str, Recipe] = {}


def recipes(codebook: Codebook, versi: Version) -> Iterator[tuple[str, Recipe]]:
    """A recipe for every rule of lingkup sel, baris and keluarga that the version of the form can break.

    The rules that only a few families can break come first.
    """
    rules = [rule for rule in all_rules(codebook) if rule.lingkup in ("sel", "baris", "keluarga")]
    for rule in rules:
        if rule.aturan in _OWN:
            yield rule.aturan, _OWN[rule.aturan]
    for rule in rules:
        if rule.aturan not in _OWN:
            item = codebook.item(str(rule.item), _table(rule))
            if versi in item.versi:
                yield rule.aturan, _item_recipe(rule, item, versi)


def _table(rule: Rule) -> Table:
    assert rule.berkas != "kiriman", rule.aturan
    return rule.berkas


def _item_recipe(rule: Rule, item: Item, versi: Version) -> Recipe:
    """The recipe of ``<item>_<kind>``."""
    kind = rule.aturan.removeprefix(f"{item.kode}_")
    text, where = {
        "bukan_bilangan": ("x", _anybody),
        "di_luar_domain": (str(max(item.domain(versi)) + 1), _anybody),
        "kosong": ("", _answered),
        "terisi": (str(item.domain(versi)[0]), _not_asked),
    }[kind]

    def plant(site: Site) -> bool:
        rows = _of(site, item.tabel, where(site, item) & _harmless(site, item))
        if not len(rows):
            return False
        row = int(rows[0])
        site.set(item.tabel, item.kode, row, text)
        site.found(item.tabel, row, rule.aturan)
        site.take(row if item.tabel == "k_rt" else int(site.part.family[row]))
        return True

    return plant


def _of(site: Site, tabel: Table, where: Booleans) -> Integers:
    return site.families(where & site.interviewed) if tabel == "k_rt" else site.persons(where & site.resident)


def _column(site: Site, item: Item) -> Integers:
    return site.rt(item.kode) if item.tabel == "k_rt" else site.art(item.kode)


def _anybody(site: Site, item: Item) -> Booleans:
    return np.full(len(_column(site, item)), True)


def _answered(site: Site, item: Item) -> Booleans:
    return np.asarray(_column(site, item) != EMPTY)


def _not_asked(site: Site, item: Item) -> Booleans:
    """An empty cell was not asked for; of the items that may stay empty it takes a further look to know that."""
    where = ~_answered(site, item)
    if item.kode in ("r307b2", "r307b3"):
        where &= site.rt("r307a") != 1
    if item.kode == "r427":
        where &= site.art("r407") >= 5
    if item.kode == "r429":
        where &= site.art("r407") < 60
        for domain in DIFFICULTY_DOMAINS:
            where &= ~_between(site.art(domain), 1, 2)
    return where


def _harmless(site: Site, item: Item) -> Booleans:
    """Rows where losing this very answer breaks no other rule."""
    where = _anybody(site, item)
    if item.kode == "r409":
        where &= site.art("r409") != HEAD
    if item.kode == "r115":
        where &= site.rt("r115") == 0
    return where


def _between(column: Integers, low: int, high: int) -> Booleans:
    return np.asarray((column >= low) & (column <= high))


def _recipe(function: Callable[[Site], bool]) -> Callable[[Site], bool]:
    """Register the recipe of the rule that the function is named after."""
    _OWN[function.__name__] = function
    return function


def _first(rows: Integers) -> int | None:
    return int(rows[0]) if len(rows) else None


def _family_of(site: Site, person: int) -> int:
    return int(site.part.family[person])


def _head(site: Site, family: int) -> int:
    return int(site.members(family)[0])


def _whole_families(site: Site) -> Integers:
    """Interviewed families with a KK of their own."""
    return site.families(site.interviewed & (site.rt("r115") == 0))


# The family is rejected ---------------------------------------------------------------------------------------


@_recipe
def id_keluarga_hilang(site: Site) -> bool:
    """The family loses its id, so that nobody finds it."""
    family = _first(_whole_families(site))
    if family is None or not site.can_reject(1):
        return False
    site.set("k_rt", "id", family, "")
    site.found("k_rt", family, "id_keluarga_hilang")
    for person in site.members(family):
        site.found("k_art", person, "anggota_tanpa_keluarga")
    site.take(family, rejects=True)
    return True


@_recipe
def id_keluarga_ganda(site: Site) -> bool:
    """A family and its persons take the id of another."""
    families = _whole_families(site)[:2]
    if len(families) < 2 or not site.can_reject(2):
        return False
    one, other = (int(family) for family in families)
    number = int(site.rt("id")[one])
    site.set("k_rt", "id", other, number)
    for person in site.members(other):
        site.set("k_art", "id_rt", person, number)
    for family in (one, other):
        site.found("k_rt", family, "id_keluarga_ganda")
        site.take(family, rejects=True)
    return True


@_recipe
def desa_tidak_dikenal(site: Site) -> bool:
    """The whole family moves to a village that does not exist."""
    family = _first(_whole_families(site))
    if family is None:
        return False
    site.set("k_rt", "r104", family, UNKNOWN_VILLAGE)
    for person in site.members(family):
        site.set("k_art", "r104", person, UNKNOWN_VILLAGE)
    site.found("k_rt", family, "desa_tidak_dikenal", kode_desa=None)
    site.planted.astray[site.kode_desa] += 1
    site.take(family)
    return True


@_recipe
def desa_anggota_berbeda(site: Site) -> bool:
    """One person carries the code of another village of the delivery, or of none."""
    person = _first(site.persons(site.resident & (site.art("r409") != HEAD)))
    if person is None or not site.can_reject(1):
        return False
    elsewhere = next((each.kode_desa for each in site.part.villages if each.kode_desa != site.kode_desa), None)
    if site.alone:
        elsewhere = None
    site.set("k_art", "r104", person, elsewhere[-3:] if elsewhere else UNKNOWN_VILLAGE)
    site.found("k_art", person, "desa_anggota_berbeda", kode_desa=elsewhere)
    site.take(_family_of(site, person), rejects=True)
    return True


@_recipe
def anggota_tanpa_keluarga(site: Site) -> bool:
    """One person refers to a family that does not exist, and 112 does without that person."""
    person = _first(site.persons(site.resident & (site.art("r409") != HEAD)))
    if person is None:
        return False
    family = _family_of(site, person)
    site.set("k_art", "id_rt", person, NOBODY + person)
    site.set("k_rt", "r112", family, site.rt("r112")[family] - 1)
    site.found("k_art", person, "anggota_tanpa_keluarga")
    site.take(family)
    return True


@_recipe
def keberadaan_tidak_sah(site: Site) -> bool:
    """Nobody knows whether the person is a resident: the family is rejected whole."""
    person = _first(site.persons(site.resident & (site.art("r409") != HEAD)))
    if person is None or not site.can_reject(1):
        return False
    site.set("k_art", "r404", person, "9")
    site.found("k_art", person, "keberadaan_tidak_sah")
    site.take(_family_of(site, person), rejects=True)
    return True


# Identities ---------------------------------------------------------------------------------------------------


def _kk_becomes(aturan: str, text: str) -> Recipe:
    def plant(site: Site) -> bool:
        family = _first(_whole_families(site))
        if family is None:
            return False
        site.set("k_rt", "r114", family, text)
        site.found("k_rt", family, aturan)
        site.take(family)
        return True

    return plant


def _nik_becomes(aturan: str, text: Callable[[int], str]) -> Recipe:
    def plant(site: Site) -> bool:
        person = _first(site.persons(site.resident))
        if person is None:
            return False
        site.set("k_art", "r403", person, text(int(site.art("r403")[person])))
        site.found("k_art", person, aturan)
        site.take(_family_of(site, person))
        return True

    return plant


def _of_the_other_sex(nik: int) -> str:
    day = 10**8 * 40
    return str(nik - day if nik // 10**8 % 100 > 40 else nik + day)


_OWN["kk_kosong"] = _kk_becomes("kk_kosong", "")
_OWN["kk_tidak_sah"] = _kk_becomes("kk_tidak_sah", SPREADSHEET_NUMBER)
_OWN["nik_kosong"] = _nik_becomes("nik_kosong", lambda _: "")
_OWN["nik_tidak_sah"] = _nik_becomes("nik_tidak_sah", lambda _: SPREADSHEET_NUMBER)
_OWN["nik_tidak_cocok"] = _nik_becomes("nik_tidak_cocok", _of_the_other_sex)


@_recipe
def kk_ganda(site: Site) -> bool:
    """A family takes the KK of another."""
    families = _whole_families(site)[:2]
    if len(families) < 2:
        return False
    one, other = (int(family) for family in families)
    site.set("k_rt", "r114", other, site.rt("r114")[one])
    for family in (one, other):
        site.found("k_rt", family, "kk_ganda")
        site.take(family)
    return True


@_recipe
def nik_ganda(site: Site) -> bool:
    """Two of the same sex and age, the second with the birth date of the first."""
    persons = site.persons(site.resident)
    kin = 2 * site.art("r407")[persons] + site.art("r405")[persons]
    family = site.part.family[persons]
    for index in range(len(persons)):
        twins = np.nonzero((kin == kin[index]) & (family != family[index]))[0]
        if not len(twins):
            continue
        one, other = int(persons[index]), int(persons[twins[0]])
        for item in ("r403", "r406tgl", "r406bln", "r406thn"):
            site.set("k_art", item, other, site.art(item)[one])
        for person in (one, other):
            site.found("k_art", person, "nik_ganda")
            site.take(_family_of(site, person))
        return True
    return False


# Answers that do not go together ------------------------------------------------------------------------------


def _one_answer(aturan: str, tabel: Table, item: str, value: object, where: Callable[[Site], Booleans]) -> None:
    """Register a recipe that changes one answer of a family or person for which the condition holds."""

    def plant(site: Site) -> bool:
        row = _first(site.families(where(site)) if tabel == "k_rt" else site.persons(where(site)))
        if row is None:
            return False
        site.set(tabel, item, row, value)
        site.found(tabel, row, aturan)
        site.take(row if tabel == "k_rt" else _family_of(site, row))
        return True

    _OWN[aturan] = plant


_one_answer("isian_tanpa_wawancara", "k_rt", "r301a", 1, lambda site: ~site.interviewed)
_one_answer("isian_bukan_penduduk", "k_art", "r405", 1, lambda site: ~site.resident)
_one_answer("tabung_gas_bahan_bakar", "k_rt", "r502a", 2, lambda site: _between(site.rt("r308"), 2, 3))
_one_answer(
    "peralatan_tanpa_listrik",
    "k_rt",
    "r307a",
    4,
    lambda site: _between(site.rt("r307a"), 2, 3) & np.any([site.rt(item) == 1 for item in NEEDS_ELECTRICITY], axis=0),
)
_one_answer(
    "ijazah_melebihi_jenjang",
    "k_art",
    "r415",
    13,
    lambda site: _between(site.art("r413"), 6, 10) & _between(site.art("r415"), 1, 5),
)
_one_answer("kawin_di_bawah_10", "k_art", "r408", MARRIED, lambda site: _between(site.art("r407"), 5, 9))


@_recipe
def umur_tidak_cocok(site: Site) -> bool:
    """Birth date three years later, in the NIK too."""
    person = _first(site.persons(_between(site.art("r407"), 25, 59)))
    if person is None:
        return False
    year, nik = int(site.art("r406thn")[person]), int(site.art("r403")[person])
    site.set("k_art", "r406thn", person, year + 3)
    site.set("k_art", "r403", person, nik + ((year + 3) % 100 - year % 100) * 10**4)
    site.found("k_art", person, "umur_tidak_cocok")
    site.take(_family_of(site, person))
    return True


@_recipe
def kepala_di_bawah_10(site: Site) -> bool:
    """Head and child change places."""
    child = _first(site.persons(_between(site.art("r407"), 0, 9)))
    if child is None:
        return False
    family = _family_of(site, child)
    site.set("k_art", "r409", _head(site, family), PARENT)
    site.set("k_art", "r409", child, HEAD)
    site.found("k_art", child, "kepala_di_bawah_10")
    site.take(family)
    return True


# The family as a whole ----------------------------------------------------------------------------------------


@_recipe
def kepala_tidak_ada(site: Site) -> bool:
    """The head becomes some other relative."""
    family = _first(site.families(site.interviewed))
    if family is None:
        return False
    site.set("k_art", "r409", _head(site, family), OTHER)
    site.found("k_rt", family, "kepala_tidak_ada")
    site.take(family)
    return True


@_recipe
def kepala_ganda(site: Site) -> bool:
    """Another adult becomes head as well."""
    adult = site.resident & (site.art("r409") != HEAD) & (site.art("r407") >= 17)
    person = _first(site.persons(adult))
    if person is None:
        return False
    site.set("k_art", "r409", person, HEAD)
    site.found("k_rt", _family_of(site, person), "kepala_ganda")
    site.take(_family_of(site, person))
    return True


@_recipe
def pasangan_ganda(site: Site) -> bool:
    """Another adult becomes spouse as well."""
    for wife in site.persons(site.art("r409") == SPOUSE):
        family = _family_of(site, int(wife))
        others = [
            each for each in site.members(family) if site.art("r409")[each] > SPOUSE and site.art("r407")[each] >= 17
        ]
        if others:
            site.set("k_art", "r409", others[0], SPOUSE)
            site.found("k_rt", family, "pasangan_ganda")
            site.take(family)
            return True
    return False


@_recipe
def jumlah_anggota_berbeda(site: Site) -> bool:
    """112 counts one too many."""
    family = _first(site.families(site.interviewed))
    if family is None:
        return False
    site.set("k_rt", "r112", family, site.rt("r112")[family] + 1)
    site.found("k_rt", family, "jumlah_anggota_berbeda")
    site.take(family)
    return True


@_recipe
def keluarga_tanpa_penduduk(site: Site) -> bool:
    """The only member has died: nothing is answered for him or her."""
    family = _first(site.families(site.rt("r112") == 1))
    if family is None:
        return False
    for person in site.members(family):
        site.set("k_art", "r404", person, 2)
        for item in site.part.answers:
            site.set("k_art", item, person, "")
    site.found("k_rt", family, "keluarga_tanpa_penduduk")
    site.take(family)
    return True
