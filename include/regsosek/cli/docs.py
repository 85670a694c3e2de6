"""``regsosek docs``: the documentation as pages."""

from __future__ import annotations

from rich.console import Console

from regsosek.cli.screen import screen
from regsosek.settings import Settings
from regsosek.site import INDEX, make_site


def write_docs(settings: Settings) -> None:
    """Write the pages and say where they lie.

    Raises:
        SiteError: they cannot be written there.
        WarehouseUnavailableError: this installation was never set up.
    """
    with Console(stderr=True).status("Dokumen"):
        folder = make_site(settings)
    screen().print(f"Dokumen: {folder / INDEX}", soft_wrap=True, highlight=False)
