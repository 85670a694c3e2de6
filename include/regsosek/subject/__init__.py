"""What a person may ask of the data about them: where it is, that it is corrected, that it is erased.

The NIK is a parameter of a statement and nothing else: it is in no log, no table, no message.
"""

from regsosek.subject.erase import Erased, erase
from regsosek.subject.find import Place, find, find_records
from regsosek.subject.request import SubjectRefused, checked
from regsosek.subject.tombstones import uphold

__all__ = ["Erased", "Place", "SubjectRefused", "checked", "erase", "find", "find_records", "uphold"]
