"""The texts as pages: links within the site work, and nothing is asked of another host."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest

from regsosek.settings import PROJECT, Settings
from regsosek.site import DBT, INDEX, SiteError, make_site
from regsosek.site.markdown import render
from regsosek.transform.generate import indicators

NOBODY = "postgresql://nobody:nothing@127.0.0.1:9/nowhere"


class Seen(HTMLParser):
    """What a page defines, where it leads, and what a browser would fetch for it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in ("img", "script", "iframe", "source") and "src" in given:
            self.fetched.append(given["src"])
        if tag == "link":
            self.fetched.append(given.get("href", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site; no database is there, and none is needed."""
    return make_site(Settings(home=tmp_path_factory.mktemp("site"), warehouse_url=NOBODY))


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    pages = {path.name: Seen(path.read_text(encoding="utf-8")) for path in site.glob("*.html") if path.name != DBT}
    assert len(pages) > 20
    for name, page in pages.items():
        assert page.links
        for link in page.links:
            path, anchor = urldefrag(link)
            if urlsplit(link).scheme in ("http", "https", "mailto"):
                continue
            target = path or name
            assert (site / target).is_file(), f"{name}: {link}"
            assert not anchor or target == DBT or anchor in pages[target].anchors, f"{name}: {link}"


def test_a_browser_fetches_pictures_from_here_and_nothing_else(site: Path) -> None:
    for path in site.glob("*.html"):
        if path.name == DBT:
            continue
        for source in Seen(path.read_text(encoding="utf-8")).fetched:
            assert not urlsplit(source).netloc and (site / source).is_file(), f"{path.name}: {source}"
    for foreign in ("cloudfront.net", "sinter-collect"):
        assert foreign not in (site / DBT).read_text(encoding="utf-8")


def test_the_index_finds_every_indicator_and_every_mart(site: Path) -> None:
    index = (site / INDEX).read_text(encoding="utf-8")
    for row in indicators():
        assert row["nama"].replace("<", "&lt;") in index
    for mart in ("mart_profil_desa", "fct_indikator_rilis", "mart_prioritas_desa"):
        assert f'href="marts-columns.html#{mart}"' in index
    assert "batas_bawah" in (site / "marts-columns.html").read_text(encoding="utf-8")


def test_no_page_names_this_machine(site: Path) -> None:
    for path in site.glob("*.html"):
        assert str(PROJECT) not in path.read_text(encoding="utf-8"), path.name


def test_the_models_are_in_the_page_of_dbt(site: Path) -> None:
    page = (site / DBT).read_text(encoding="utf-8")
    assert '"model.regsosek.mart_profil_desa"' in page and "int_keluarga__indikator" in page
    assert re.search(r"\bpassword\b.{0,5}nothing", page) is None


def test_links_that_the_site_does_not_have_become_text() -> None:
    links = "[ada](b.md#x-y) [tiada](../c.sql) [luar](https://example.com/) ![g](images/g.png)"
    text = f"# Judul\n\n{links}\n\n## X `y`\n## X `y`\n"
    page = render(text, "docs/a.md", {"docs/b.md": "b.html"})
    assert 'href="b.html#x-y">ada</a> tiada <a href="https://example.com/"' in page.html
    assert 'src="g.png"' in page.html and page.images == {"docs/images/g.png"}
    assert [heading.anchor for heading in page.headings] == ["judul", "x-y", "x-y-1"]


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "artefacts").write_text("a file")
    with pytest.raises(SiteError):
        make_site(Settings(home=tmp_path, warehouse_url=NOBODY))
