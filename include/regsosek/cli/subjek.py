"""``regsosek subjek``: requests of one person. The NIK comes from a prompt or standard input, never from arguments."""

from __future__ import annotations

import getpass
import sys
from collections import Counter

import typer

from regsosek.codebook import load_codebook
from regsosek.correction import find_base, import_answers
from regsosek.correction.cells import Cell
from regsosek.settings import Settings
from regsosek.subject.erase import erase
from regsosek.subject.find import Searched, find, find_records
from regsosek.subject.request import SubjectRefused, checked, note
from regsosek.warehouse.connection import transaction


def ask(what: str) -> str:
    """What is typed unseen, or the next line of standard input."""
    text: str = typer.prompt(what, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    return text.strip()


def search(settings: Settings) -> None:
    """List the places where the person's data is."""
    nik = checked(ask("NIK"))
    places, searched = find(settings, nik)
    with transaction(settings) as cursor:
        note(cursor, "cari", getpass.getuser(), {"tempat": len(places)})
    certain = [place for place in places if place.jenis != "cadangan"]
    if not certain:
        where = ["gudang data", "buku perbaikan"] + ["berkas landing yang terbaca"] * searched.dicari
        typer.echo(f"NIK ini tidak ditemukan di {', '.join(where)}.")
    for place in places:  # not a table: a path that is cut short helps nobody
        typer.echo(f"{place.jenis}: {place.lokasi} ({place.rincian})")
    _tell_unsearched(searched)


def correct(settings: Settings, item: str) -> None:
    """Correct one item of the person's current record, as a delivery in the landing."""
    nik = checked(ask("NIK"))
    cell, kode_desa, id_kiriman = _current_cell(settings, nik, item)
    answer = ask(f"Nilai baru untuk {item}")
    done = import_answers(
        settings, kode_desa, id_kiriman, {cell: answer}, by=getpass.getuser(), purpose="Permintaan subjek data"
    )
    with transaction(settings) as cursor:
        note(cursor, "perbaiki", getpass.getuser(), {"item": item, "id_impor": done.id_impor})
    typer.echo(f"Perbaikan ditaruh di landing sebagai {done.folder}; berlaku setelah penyegaran berikutnya.")


def remove(settings: Settings, *, reason: str, sure: bool) -> None:
    """Erase the person, and say what is left to others."""
    nik = checked(ask("NIK"))
    _warn_of_others(settings, nik)
    if not sure and ask("Tulis HAPUS untuk menghapus semua data orang ini") != "HAPUS":
        raise SubjectRefused("Dibatalkan; tidak ada yang dihapus.")
    done = erase(settings, nik, by=getpass.getuser(), reason=reason)
    typer.echo(
        f"Dihapus: {done.record} record orang ini, {done.keluarga} record keluarga tanpa anggota lain, "
        f"{len(done.buku)} buku perbaikan. Kiriman berikutnya yang memuatnya dimuat tanpa orang ini."
    )
    typer.echo("Angka desanya dihitung ulang pada penyegaran berikutnya (`regsosek refresh`, atau pukul 01.00).")
    for path in done.landing.berkas:
        typer.echo(f"Masih ada di berkas pengirim: {path}. Minta pengirim menghapusnya, atau hapus foldernya.")
    _tell_unsearched(done.landing)
    if done.cadangan:
        typer.echo(
            f"{len(done.cadangan)} cadangan mungkin memuatnya: hapus menurut jadwalnya. Yang dipulihkan darinya "
            "dihapus lagi."
        )


def _tell_unsearched(searched: Searched) -> None:
    """Where nobody looked, the person may still be."""
    if not searched.dicari:
        typer.echo(
            "Landing TIDAK dicari: bukan folder di mesin ini, atau tidak ada. Jalankan `regsosek subjek cari` dengan "
            "LANDING_URL yang dipakai penyegaran di mesin yang menyimpannya, atau minta pengelola penyimpanan mencari "
            "NIK ini di sana."
        )
    for path in searched.tak_terbaca:
        typer.echo(
            f"Tidak terbaca, jadi tidak diketahui isinya: {path}. Buka dengan tangan, atau hapus berkas rusak itu."
        )


def _warn_of_others(settings: Settings, nik: str) -> None:
    """A NIK that one delivery has more than once may be another person's by mistake; all its records go."""
    with transaction(settings) as cursor:
        counts = Counter(record.id_kiriman for record in find_records(cursor, nik))
    for id_kiriman, count in counts.items():
        if count > 1:
            typer.echo(
                f"Perhatian: NIK ini ada pada {count} record di kiriman {id_kiriman}; semuanya akan dihapus. "
                "Bila salah satunya orang lain, perbaiki NIK-nya lebih dulu (`regsosek perbaikan`)."
            )


def _current_cell(settings: Settings, nik: str, item: str) -> tuple[Cell, str, int]:
    """The cell of that item in the record that counts for the person's village."""
    tables = {each.tabel for each in load_codebook().items if each.kode == item}
    if not tables:
        raise SubjectRefused(f"Rincian {item} tidak ada pada formulir. Daftarnya: docs/data-dictionary.md.")
    with transaction(settings) as cursor:
        for record in find_records(cursor, nik):
            if record.kode_desa is None:
                continue
            base = find_base(cursor, record.kode_desa)
            if base.id_kiriman != record.id_kiriman:
                continue
            if "k_art" in tables:
                return Cell("k_art", record.baris, item), record.kode_desa, record.id_kiriman
            if record.baris_keluarga is not None:
                return Cell("k_rt", record.baris_keluarga, item), record.kode_desa, record.id_kiriman
    raise SubjectRefused(
        "Tidak ada record orang ini pada kiriman yang berlaku. `regsosek subjek cari` menyebut tempatnya."
    )
