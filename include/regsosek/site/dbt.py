"""dbt's documentation of the models and how they depend on each other: one page, without foreign hosts."""

from __future__ import annotations

from regsosek.settings import PROJECT, Settings
from regsosek.transform import definition_version, run_dbt

STATIC = "static_index.html"
FOREIGN = ("//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js", "fishtownanalytics.sinter-collect.com")
"""What dbt's page would load, and whom it would tell who reads which page."""
ICON = """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>"""
"""Left over in dbt's page; a browser would ask the server for it."""


def dbt_page(settings: Settings) -> str:
    """The page. dbt parses the project and connects to nothing.

    Raises:
        TransformError: the project does not parse.
        WarehouseUnavailableError: the installation has no warehouse, which the profile needs to know.
    """
    target = settings.artefacts / "dbt-docs"  # of its own: a refresh may be using dbt at the same time
    variables = {"versi_definisi": definition_version()}
    arguments = ["--static", "--empty-catalog", "--no-compile"]
    run_dbt(settings, "parse", variables=variables, target_path=target)
    run_dbt(settings, "docs generate", arguments=arguments, variables=variables, target_path=target)
    page = (target / STATIC).read_text(encoding="utf-8")
    for name in (*FOREIGN, ICON, f"{PROJECT}/"):
        page = page.replace(name, "")
    return page
