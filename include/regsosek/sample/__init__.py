"""A synthetic district: deliveries of layout A that look like a real one and hold nobody's data."""

from regsosek.sample.delivery import Dialect
from regsosek.sample.generate import Summary, faults_folder, generate, later_folder
from regsosek.sample.planting import Fault, read_faults
from regsosek.sample.villages import pilot_villages

__all__ = [
    "Dialect",
    "Fault",
    "Summary",
    "faults_folder",
    "generate",
    "later_folder",
    "pilot_villages",
    "read_faults",
]
