"""Writing the site: every text of the project as a page, an index of all headings, dbt's page."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterator
from pathlib import Path

from regsosek.html import template
from regsosek.settings import PROJECT, Settings
from regsosek.site.dbt import dbt_page
from regsosek.site.markdown import Heading, Rendered, render
from regsosek.site.marts import marts_document

INDEX, DBT = "index.html", "dbt.html"
MARTS = "docs/marts-columns.md"
"""Where the page of the marts' columns would lie if it were a file."""

SHELVES = {
    "Membaca angka": ("docs/marts.md", MARTS, "docs/measures.md", "docs/bi.md", "docs/profiles.md"),
    "Mengirim data": ("docs/deliveries.md", "docs/rules.md", "docs/data-dictionary.md"),
    "Menjaga": (
        "README.id.md",
        "README.md",
        "docs/operations.md",
        "docs/access.md",
        "docs/performance.md",
        "CHANGELOG.md",
    ),
}
"""What stands where on the index; whatever is on no shelf stands on the last, "Cara dibangun"."""
REST = "Cara dibangun"
NAMES = {"README.md": "Regsosek (English)", "README.id.md": "Regsosek (Bahasa Indonesia)"}
"""Titles of those whose first heading is not enough to tell them apart."""


class SiteError(RuntimeError):
    """The site cannot be written there."""


def site_folder(settings: Settings) -> Path:
    """Where the site lies."""
    return settings.artefacts / "dokumen"


def make_site(settings: Settings) -> Path:
    """Write all pages anew; returns the folder. Whoever reads meanwhile sees the old ones until the end.

    Raises:
        SiteError: the folder cannot be written to.
        TransformError: dbt cannot parse its project.
    """
    folder = site_folder(settings)
    unfinished = folder.with_name(f"{folder.name}.tmp")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _write(unfinished, dbt_page(settings))
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except OSError as error:
        raise SiteError(f"{folder} tidak dapat ditulis ({error.strerror}).") from None
    return folder


def _write(folder: Path, dbt: str) -> None:
    texts = {str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8") for path in _sources()}
    texts[MARTS] = marts_document()
    pages = {source: _page_name(source) for source in texts}
    rendered = {source: render(text, source, pages) for source, text in texts.items()}
    for source, name in NAMES.items():
        rendered[source].title = name
    shelves = _shelves(rendered)
    for source, page in rendered.items():
        _save(folder / pages[source], page.title, page.html, shelves, pages, here=source, contents=_contents(page))
        for image in page.images:
            shutil.copyfile(PROJECT / image, folder / posixpath.basename(image))
    _save(folder / INDEX, "Dokumen", "", shelves, pages, here=None, contents=[])
    (folder / DBT).write_text(dbt, encoding="utf-8")


def _sources() -> Iterator[Path]:
    yield from (PROJECT / name for name in ("README.md", "README.id.md", "CHANGELOG.md"))
    yield from sorted((PROJECT / "docs").rglob("*.md"))


def _page_name(source: str) -> str:
    return source.removeprefix("docs/").removesuffix(".md").replace("/", "-").lower() + ".html"


def _shelves(rendered: dict[str, Rendered]) -> dict[str, list[tuple[str, Rendered]]]:
    shelves = {
        title: [(name, rendered[name]) for name in names if name in rendered] for title, names in SHELVES.items()
    }
    placed = {name for names in SHELVES.values() for name in names}
    return shelves | {REST: [(name, page) for name, page in rendered.items() if name not in placed]}


def _contents(page: Rendered) -> list[Heading]:
    return [heading for heading in page.headings if heading.level in (2, 3)]


def _save(
    path: Path,
    title: str,
    body: str,
    shelves: dict[str, list[tuple[str, Rendered]]],
    pages: dict[str, str],
    *,
    here: str | None,
    contents: list[Heading],
) -> None:
    html = template("regsosek.site", "page.html").render(
        judul=title, isi=body, rak=shelves, halaman=pages, di_sini=here, daftar=contents, daftar_dari=_contents, dbt=DBT
    )
    path.write_text(html, encoding="utf-8")
