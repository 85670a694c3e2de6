"""A synthetic district: deliveries of layout A that look like a real one and hold nobody's data."""

from regsosek.sample.delivery import Dialect
from regsosek.sample.generate import Summary, generate
from regsosek.sample.villages import pilot_villages

__all__ = ["Dialect", "Summary", "generate", "pilot_villages"]
