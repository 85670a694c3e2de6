"""How long what is kept: deliveries in ``raw`` and ``registri``, logs, gate pages, workbooks."""

from regsosek.retention.clean import Cleaned, clean

__all__ = ["Cleaned", "clean"]
