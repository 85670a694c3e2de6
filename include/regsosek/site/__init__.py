"""The documentation as pages that need no network: this project's texts, the columns of the marts, dbt's own page."""

from regsosek.site.make import DBT, INDEX, SiteError, make_site, site_folder

__all__ = ["DBT", "INDEX", "SiteError", "make_site", "site_folder"]
