"""Metadata after Satu Data Indonesia, from the same sources as the code: MS-Keg, MS-Ind, MS-Var."""

from regsosek.metadata.standard import Table, metadata_tables

__all__ = ["Table", "metadata_tables"]
