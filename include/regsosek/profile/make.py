"""Making the files of many profiles: read at once, set one by one, beside each other where there are many."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path

from regsosek.profile.charts import svg
from regsosek.profile.compose import compose
from regsosek.profile.facts import Copy, Facts, Identity
from regsosek.profile.read import ProfileRefusedError, identities, pilots, read_facts
from regsosek.profile.typeset import Paper, TypesettingError, pdf, picture
from regsosek.profile.web import KINDS, html
from regsosek.profile.workbook import write_workbook
from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import transaction

PER_PROCESS = 8
"""Copies that are worth another process: each imports the libraries anew."""

EMBLEM_BYTES = 2_000_000


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Attributes:
        kode: BPS codes of villages and kecamatan; none means the pilots, ``semua`` all there are.
        kertas: papers of the PDF.
    """

    kode: tuple[str, ...] = ()
    semua: bool = False
    salinan: tuple[Copy, ...] = (Copy.internal, Copy.publik)
    kertas: tuple[Paper, ...] = (Paper.a4, Paper.f4)
    folder: Path | None = None


@dataclass(frozen=True)
class Job:
    """One copy of one profile, and where it goes."""

    facts: Facts
    folder: Path
    emblem: Path | None
    kertas: tuple[Paper, ...]
    today: date


@dataclass
class Made:
    """What came of an order.

    Attributes:
        berkas: the files, in no order.
        menunggu: public copies that hold no figures yet.
        gagal: name of the file without its ending -> why there is none.
    """

    folder: Path
    berkas: list[Path] = field(default_factory=list)
    menunggu: int = 0
    gagal: dict[str, str] = field(default_factory=dict)


def file_stem(kode: str, copy: Copy) -> str:
    """``profil_3328040010_internal``; a public copy has no ending of its own."""
    return f"profil_{kode}" + ("_internal" if copy is Copy.internal else "")


def make_profiles(
    settings: Settings, order: Order, *, tell: Callable[[int, int], None] = lambda done, of: None
) -> Made:
    """Write PDF, page, workbook and picture of every copy that is ordered; one that fails does not stop the others.

    All figures are of one release, even if another is published meanwhile. A file is replaced once the new one is
    whole.

    Args:
        settings: where the warehouse is, where profiles go, where emblems lie.
        order: what is to be made.
        tell: called with (copies done, copies in all).

    Raises:
        ProfileRefusedError: nothing is published, or there is no such area.
        OSError: the folder cannot be written to.
    """
    folder = order.folder or settings.profiles
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.now(TIMEZONE).date()
    with transaction(settings) as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        areas = _chosen(identities(cursor), order, pilots(cursor))
        facts = [each for copy in order.salinan for each in read_facts(cursor, areas, copy)]
    jobs = [Job(each, folder, emblem(settings, each.wilayah), order.kertas, today) for each in facts]
    made = Made(folder, menunggu=sum(each.salinan is Copy.publik and each.rilis is None for each in facts))
    tell(0, len(jobs))
    for done, (stem, written) in enumerate(_carried_out(jobs), start=1):
        if isinstance(written, str):
            made.gagal[stem] = written
        else:
            made.berkas += written
        tell(done, len(jobs))
    return made


def write_copy(job: Job) -> list[Path]:
    """Write the files of one copy.

    Raises:
        TypesettingError: it does not fit, or its emblem is no picture.
        OSError: a file cannot be written.
    """
    document = compose(job.facts, job.today)
    plots = {key: svg(section.gambar) for key, section in document.bagian.items() if section.gambar}
    stem = file_stem(job.facts.wilayah.kode, job.facts.salinan)
    written = []
    for paper in job.kertas:
        suffix = "" if paper is Paper.a4 else f"_{paper.value}"
        written.append(_write(job, f"{stem}{suffix}.pdf", pdf(document, plots, paper, job.emblem)))
    written.append(_write(job, f"{stem}.png", picture(document, plots, job.emblem)))
    written.append(_write(job, f"{stem}.html", html(document, plots, job.emblem).encode()))
    book = job.folder / f"{stem}.xlsx"
    unfinished = book.with_suffix(".xlsx.tmp")
    write_workbook(document, unfinished)
    written.append(_finished(job, unfinished, book))
    return written


def emblem(settings: Settings, area: Identity) -> Path | None:
    """The emblem, ``<BPS code>.png``, ``.jpg`` or ``.svg`` in its folder; a kecamatan may bear its kabupaten's."""
    codes = (area.kode,) if area.tingkat == "desa" else (area.kode, area.kode_kabupaten)
    for path in (settings.emblems / f"{code}{kind}" for code in codes for kind in KINDS):
        if path.is_file() and path.stat().st_size <= EMBLEM_BYTES:
            return path.absolute()
    return None


def _chosen(known: dict[str, Identity], order: Order, pilot: Sequence[str]) -> list[Identity]:
    codes: Iterable[str] = known if order.semua else order.kode or pilot
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ProfileRefusedError(
            f"Tidak ada desa atau kecamatan berkode {', '.join(unknown)}. Kode BPS: 10 angka untuk desa, 7 untuk "
            "kecamatan; lihat marts.dim_wilayah."
        )
    return [known[code] for code in dict.fromkeys(codes)]


def _carried_out(jobs: Sequence[Job]) -> Iterator[tuple[str, list[Path] | str]]:
    """Every job's files, or why there are none."""
    processes = min(os.cpu_count() or 1, math.ceil(len(jobs) / PER_PROCESS))
    if processes <= 1:
        yield from map(_attempted, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(_attempted, job) for job in jobs]):
            yield future.result()


def _attempted(job: Job) -> tuple[str, list[Path] | str]:
    stem = file_stem(job.facts.wilayah.kode, job.facts.salinan)
    try:
        return stem, write_copy(job)
    except TypesettingError as error:
        return stem, str(error)


def _write(job: Job, name: str, content: bytes) -> Path:
    path = job.folder / name
    unfinished = path.with_name(f"{name}.tmp")
    unfinished.write_bytes(content)
    return _finished(job, unfinished, path)


def _finished(job: Job, unfinished: Path, path: Path) -> Path:
    """Put the whole file in its place; an internal one is for its owner and group only."""
    unfinished.chmod(0o640 if job.facts.salinan is Copy.internal else 0o644)
    return unfinished.replace(path)
