"""``regsosek codegen``: files that are generated from codebook, rules and contracts."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import typer

from regsosek.settings import PROJECT

GENERATORS = (
    "regsosek.codebook.generate",
    "regsosek.rules.generate",
    "regsosek.transform.generate",
    "regsosek.gates.expectations",  # after the transform, whose contracts it reads
    "regsosek.metadata.generate",
    "regsosek.access.generate",
    "regsosek.bi.assets",
)


def write_generated(*, check: bool) -> bool:
    """Write what is stale, or with ``check`` only name it; returns whether everything is as it should be."""
    fresh = True
    for generator in GENERATORS:
        files: dict[Path, str] = import_module(generator).generated_files()
        for path, content in files.items():
            if path.exists() and path.read_text(encoding="utf-8") == content:
                continue
            typer.echo(f"{'stale' if check else 'written'}: {path.relative_to(PROJECT)}")
            fresh = not check
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
    return fresh
