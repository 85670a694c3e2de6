"""A document as one HTML file: nothing is fetched, it prints, and a reader without sight gets the same numbers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from regsosek.html import template
from regsosek.profile.charts import described
from regsosek.profile.document import Document
from regsosek.profile.typeset import EXPLANATION

KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
"""Pictures an emblem may be."""


def html(document: Document, plots: Mapping[str, str], emblem: Path | None) -> str:
    """The page; ``plots`` are SVG by section. Pictures are in the page itself, where a browser runs nothing of them."""
    images = {key: _data_url(text.encode(), "image/svg+xml") for key, text in plots.items()}
    return template("regsosek.profile", "profile.html").render(
        d=document,
        gambar=images,
        uraian={key: described(section.gambar) for key, section in document.bagian.items() if section.gambar},
        tabel={table.kunci: table for table in document.tabel},
        ditampilkan={name for section in document.bagian.values() for name in section.tabel},
        lambang=_data_url(emblem.read_bytes(), KINDS[emblem.suffix.lower()]) if emblem else None,
        penjelasan=EXPLANATION[document.salinan.value],
    )


def _data_url(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
