"""Backups: one folder that holds the warehouse, the keys of its pseudonyms, and what the landing held."""

from regsosek.backup.make import BackupFailedError, make_backup
from regsosek.backup.manifest import BackupRefusedError, Manifest, read_backup
from regsosek.backup.restore import Restored, RestoreRefusedError, restore_backup

__all__ = [
    "BackupFailedError",
    "BackupRefusedError",
    "Manifest",
    "RestoreRefusedError",
    "Restored",
    "make_backup",
    "read_backup",
    "restore_backup",
]
