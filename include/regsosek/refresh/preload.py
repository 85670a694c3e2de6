"""Great Expectations and dbt take seconds to import: done where those seconds cost nothing."""

from __future__ import annotations

from regsosek.gates.gx import import_gx
from regsosek.transform.invocation import import_dbt


def preload() -> None:
    """Import both, so that whoever needs them later, a forked process too, has them at once."""
    import_gx()
    import_dbt()
