"""From the header of a delivered file to its columns in ``raw`` and the items they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regsosek.codebook import Codebook, Naming, Table, header_key
from regsosek.landing.refusal import DeliveryRefused, refusal

MAX_NAME = 63
"""Bytes of a PostgreSQL identifier."""
MAX_COLUMNS = 1500
"""PostgreSQL allows 1600; a form of some 80 items never comes near."""
TAKEN = frozenset({"baris", "ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})
"""Names no delivered column may have in ``raw``: the record number and PostgreSQL's own."""


@dataclass(frozen=True)
class Header:
    """The columns of one delivered file.

    Attributes:
        columns: names in ``raw``, in file order.
        kolom: item code -> name in ``raw``, for every item delivered.
        sumber_kode: whose codes the answers are in: ``opensid`` where an item that OpenSID codes differently came
            under its OpenSID name, else ``bps``.
    """

    columns: tuple[str, ...]
    kolom: dict[str, str]
    sumber_kode: str


def resolve_header(
    header: Sequence[str], table: Table, codebook: Codebook, *, nama_berkas: str, kolom_desil: str | None = None
) -> Header:
    """Find the items of a header in any naming, and give every column a safe name.

    ``kolom_desil`` is the column that ``kiriman.yml`` names as the decile. Unknown columns are kept.

    Raises:
        DeliveryRefused: ``judul_kolom_ganda``, ``kolom_kunci_hilang``, ``kiriman_yml_tidak_sah`` (the decile's column
            is not there) or ``berkas_tidak_terbaca`` (too many columns). Only names of the codebook are quoted: a file
            without a header shows data in its place.
    """
    if len(header) > MAX_COLUMNS:
        raise refusal("berkas_tidak_terbaca", table, f"{nama_berkas} berisi lebih dari {MAX_COLUMNS} kolom.", baris=1)
    keys = [header_key(name) for name in header]
    known = codebook.headers(table)
    items = {position: known[key] for position, key in enumerate(keys) if key in known}
    there = {code for code, _ in items.values()}
    if missing := [code for code in codebook.wajib_kolom[table] if code not in there]:
        pesan = f"{nama_berkas} tidak memuat kolom kunci {', '.join(missing)} dengan nama mana pun yang dikenal."
        raise refusal("kolom_kunci_hilang", table, pesan, baris=1)
    if kolom_desil is not None and table == "k_rt":
        items = _with_decile(items, keys, kolom_desil)
    positions: dict[str, int] = {}
    for position, (code, _) in items.items():
        if code in positions:
            raise _twice(table, nama_berkas, code, positions[code], position)
        positions[code] = position
    columns = _safe_names(keys)
    return Header(
        columns=columns,
        kolom={code: columns[position] for code, position in positions.items()},
        sumber_kode=_source_of_codes(table, codebook, items),
    )


def _with_decile(
    items: dict[int, tuple[str, Naming | None]], keys: list[str], kolom_desil: str
) -> dict[int, tuple[str, Naming | None]]:
    """The items, with the declared column as the only decile."""
    there = [position for position, key in enumerate(keys) if key == header_key(kolom_desil)]
    if len(there) != 1:
        how = "tidak ada" if not there else "ada lebih dari sekali"
        pesan = f"Kolom yang disebut kunci `peringkat.kolom` pada kiriman.yml {how} di berkas k_rt."
        raise refusal("kiriman_yml_tidak_sah", "kiriman", pesan)
    others = {position: item for position, item in items.items() if item[0] != "desil"}
    return dict(sorted((others | {there[0]: ("desil", None)}).items()))


def _twice(table: Table, nama_berkas: str, code: str, first: int, second: int) -> DeliveryRefused:
    pesan = f"{nama_berkas}: kolom ke-{first + 1} dan ke-{second + 1} sama-sama berarti rincian {code}."
    return refusal("judul_kolom_ganda", table, pesan, baris=1)


def _safe_names(keys: list[str]) -> tuple[str, ...]:
    """Unique identifiers of at most 63 bytes, as close to the file's own names as possible."""
    names: list[str] = []
    used = set(TAKEN)
    for position, key in enumerate(keys, start=1):
        stem = key[:MAX_NAME] or f"kolom_{position}"
        name, number = stem, 1
        while name in used:
            number += 1
            suffix = f"_{number}"
            name = stem[: MAX_NAME - len(suffix)] + suffix
        used.add(name)
        names.append(name)
    return tuple(names)


def _source_of_codes(table: Table, codebook: Codebook, items: dict[int, tuple[str, Naming | None]]) -> str:
    families = {family for code, family in items.values() if family and codebook.item(code, table).recode(family)}
    return min(families, default="bps")
