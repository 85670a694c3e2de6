"""Names and numbers that no living person can have, and that say so.

There is no province 99, so that no NIK and no KK begins with 99; the rest is formed as the real ones are, birth date
included, so that the checks of the gate have something to check.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from regsosek.sample.draws import Booleans, Integers

PROVINCE = 99
ADDRESS = "ALAMAT SINTETIS"
HEAD_NAME = "SINTETIS KEPALA "
MEMBER_NAME = "SINTETIS ANGGOTA "

MOST = 9_000_000
"""Serials have to be smaller: ten times them, beside them, still fit into eight digits."""

_LETTERS = 5


def number(serial: Integers, day: Integers, month: Integers, year: Integers, zero: Booleans | None = None) -> Integers:
    """16 digits: 99, four digits of the serial, a date as ddmmyy, the last four digits of the serial.

    No two serials share a number. For the NIK of a woman add 40 to the day. Numbers end in every digit equally
    often, but always in 0 where ``zero`` says so.
    """
    if len(serial) and serial.max() >= MOST:
        raise ValueError("terlalu banyak keluarga untuk nomor identitas yang berbeda")
    if zero is not None:
        serial = np.where(zero, MOST + 10 * serial, serial)
    date = (day * 100 + month) * 100 + year % 100
    return ((PROVINCE * 10**4 + serial // 10**4) * 10**6 + date) * 10**4 + serial % 10**4


def names(prefix: str, serial: Integers) -> pa.Array:
    """The prefix and five letters counting the serial; names on the form hold letters only."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    text = np.empty((len(serial), len(head) + _LETTERS), dtype=np.uint8)
    text[:, : len(head)] = head
    rest = serial.copy()
    for place in range(1, _LETTERS + 1):
        text[:, -place] = ord("A") + rest % 26
        rest //= 26
    offsets = np.arange(len(serial) + 1, dtype=np.int32) * text.shape[1]
    return pa.StringArray.from_buffers(len(serial), pa.py_buffer(offsets), pa.py_buffer(text))
