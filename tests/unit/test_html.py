"""Pages of our own have one head, which lets a browser neither run a script nor ask another host."""

from __future__ import annotations

import re

from regsosek.settings import PROJECT

PACKAGE = PROJECT / "include" / "regsosek"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def test_the_head_forbids_all_but_styles() -> None:
    head = (PACKAGE / "layout.html").read_text(encoding="utf-8")
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}' in head


def test_every_page_has_that_head_and_adds_pictures_of_its_own_at_most() -> None:
    pages = sorted(PACKAGE.rglob("templates/*.html"))
    assert len(pages) >= 4
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith('{% extends "layout.html" %}'), page
        assert "<head>" not in text and "http-equiv" not in text, page
        added = re.findall(r"{% block gambar %}(.*?){% endblock %}", text)
        assert added in ([], ["; img-src 'self'"], ["; img-src data:"]), page
