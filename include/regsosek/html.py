"""Pages of our own: Jinja as all of them use it, and the look they share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined, Template


@cache
def template(package: str, name: str) -> Template:
    """A template of that package, which extends ``layout.html``: its head forbids scripts and other hosts.

    ``angka`` writes a number as people here do, ``gaya`` is the common style sheet.
    """
    source = (files(package) / "templates" / name).read_text(encoding="utf-8")
    layout = (files("regsosek") / "layout.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=DictLoader({"layout.html": layout}),
    )
    environment.filters["angka"] = lambda number: f"{int(number):,}".replace(",", ".")
    environment.globals["gaya"] = (files("regsosek") / "page.css").read_text(encoding="utf-8")
    return environment.from_string(source)
