"""The secrets of an installation: one file of mode 0600, outside of the data folder.

Pseudonyms are made under the active key. Earlier keys are there only while a rotation is under way. The permanent key
is never exchanged: what it is used for cannot be made anew, because nobody knows the text it was made from.

A line of the file is a kind (``samaran`` for pseudonyms, ``tetap`` for the permanent key) and 64 hex digits; of several
keys of pseudonyms the last one is active. A file that holds nothing but 64 hex digits is an older form: one key.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from regsosek import private_file
from regsosek.settings import Settings

PSEUDONYMS, PERMANENT = "samaran", "tetap"


class KeyFileError(RuntimeError):
    """The file of the keys cannot be read; the message says which file, and never what is in it."""


@dataclass(frozen=True)
class Keyring:
    """Keys of pseudonyms, oldest first, and the permanent key; 32 bytes each."""

    pseudonyms: tuple[bytes, ...]
    permanent: bytes

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(map(fingerprint, self.pseudonyms))}>"

    @property
    def active(self) -> bytes:
        """The key that new pseudonyms are made under."""
        return self.pseudonyms[-1]

    @property
    def earlier(self) -> tuple[bytes, ...]:
        """Keys that a rotation has not done away with yet."""
        return self.pseudonyms[:-1]


def fingerprint(key: bytes) -> str:
    """Twelve hex digits that tell keys apart; a key of 256 random bits cannot be found from them."""
    return hashlib.sha256(b"regsosek:" + key).hexdigest()[:12]


def secret_file(settings: Settings) -> Path:
    """Where the keys lie: outside the data folder, so that a copy of the data does not carry them."""
    if settings.secret_file is not None:
        return settings.secret_file
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "regsosek" / "pseudonym.key"


def key_files(settings: Settings) -> dict[str, Path]:
    """Files that a backup carries and a restore puts back, there or not, by the name they have in a backup.

    The traces of erased persons beside them are not among these: they are in the dump, and those of now must stay.
    """
    return {"pseudonym.key": secret_file(settings)}


def keyring(settings: Settings) -> Keyring:
    """The keys of this installation, made at first use.

    Raises:
        KeyFileError: the file holds something else.
    """
    path = secret_file(settings)
    found = _read(path)
    if isinstance(found, Keyring):
        return found
    with _locked(path):
        found = _read(path)  # another process may have been faster
        if not isinstance(found, Keyring):
            found = Keyring(found or (_new_key(),), _new_key())
            _write(path, found)
    return found


def add_key(settings: Settings) -> Keyring:
    """Add a key of pseudonyms, which is the active one from now on."""
    ring = keyring(settings)
    with _locked(secret_file(settings)):
        ring = replace(ring, pseudonyms=(*ring.pseudonyms, _new_key()))
        _write(secret_file(settings), ring)
    return ring


def destroy_earlier_keys(settings: Settings) -> Keyring:
    """Keep the active and the permanent key only; the bytes of the old file are overwritten.

    A copy of the file, and what a disk keeps of overwritten blocks, are beyond this.
    """
    path = secret_file(settings)
    ring = keyring(settings)
    with _locked(path), path.open("r+b") as old:
        ring = replace(ring, pseudonyms=(ring.active,))
        _write(path, ring)
        old.write(b"\0" * os.fstat(old.fileno()).st_size)
        old.flush()
        os.fsync(old.fileno())
    return ring


def _read(path: Path) -> Keyring | tuple[bytes, ...] | None:
    """The ring; only the keys of pseudonyms where there is no permanent one yet; None where there is no file."""
    try:
        lines = path.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise _unreadable(path) from None
    keys: dict[str, list[bytes]] = {PSEUDONYMS: [], PERMANENT: []}
    for line in filter(None, map(str.strip, lines)):
        kind, _, digits = line.rpartition(" ")
        try:
            key = bytes.fromhex(digits)
        except ValueError:
            raise _unreadable(path) from None
        if len(key) != 32 or kind not in ("", *keys):
            raise _unreadable(path)
        keys[kind or PSEUDONYMS].append(key)
    pseudonyms, permanent = tuple(keys[PSEUDONYMS]), keys[PERMANENT]
    if not pseudonyms or len(permanent) > 1:
        raise _unreadable(path)
    return Keyring(pseudonyms, permanent[0]) if permanent else pseudonyms


def _unreadable(path: Path) -> KeyFileError:
    return KeyFileError(f"{path} bukan berkas kunci Regsosek yang utuh. Kembalikan dari cadangannya.")


def _write(path: Path, ring: Keyring) -> None:
    """Replace the file in one go: whoever reads sees the keys before, or these."""
    lines = [f"{PSEUDONYMS} {key.hex()}\n" for key in ring.pseudonyms] + [f"{PERMANENT} {ring.permanent.hex()}\n"]
    private_file.replace(path, "".join(lines).encode("ascii"))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time changes the file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f".{path.name}.kunci").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _new_key() -> bytes:
    return secrets.token_bytes(32)
