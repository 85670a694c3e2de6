"""Profiles of villages and kecamatan from the marts: on paper, as a page, as a workbook, as a picture."""

from regsosek.profile.facts import Copy
from regsosek.profile.make import Made, Order, file_stem, make_profiles
from regsosek.profile.read import ProfileRefusedError
from regsosek.profile.typeset import Paper

__all__ = ["Copy", "Made", "Order", "Paper", "ProfileRefusedError", "file_stem", "make_profiles"]
