"""Whether an installation is alive when nobody looks: what needs somebody, and telling them once."""

from regsosek.watch.findings import Finding, look

__all__ = ["Finding", "look"]
