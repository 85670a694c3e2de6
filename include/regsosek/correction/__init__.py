"""The correction loop: the faults of a village as a workbook, its answers as a new whole delivery of that village.

Names and numbers of persons stand in the workbook, which only its owner reads, and in the new delivery; the tables in
``ops`` hold record numbers, items and rules.
"""

from regsosek.correction.answers import read_workbook
from regsosek.correction.base import Base, CorrectionRefused, find_base
from regsosek.correction.deliver import Staged, stage
from regsosek.correction.loop import Exported, Imported, export_workbook, import_answers, import_workbook

__all__ = [
    "Base",
    "CorrectionRefused",
    "Exported",
    "Imported",
    "Staged",
    "export_workbook",
    "find_base",
    "import_answers",
    "import_workbook",
    "read_workbook",
    "stage",
]
