"""``kiriman.yml``: what a district says about its delivery. Every key is optional."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError
from pydantic_core import PydanticCustomError

from regsosek.landing.refusal import DeliveryRefused, refusal
from regsosek.settings import TIMEZONE

MAX_BYTES = 4 << 20
"""A declaration lists villages, not families: a larger one is some other file."""


def _text_of_integer(value: Any) -> Any:
    """YAML reads an unquoted code as a number; no code of a village begins with 0."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _iso_only(value: Any) -> Any:
    """Dates are written one way; numbers of seconds are no dates here."""
    if not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        raise PydanticCustomError("date_parsing", "not a date")
    return value


def _not_to_come(value: date) -> date:
    """Data speak of no day to come; it would count before every true date. East of us it is tomorrow already."""
    if value > datetime.now(TIMEZONE).date() + timedelta(days=1):
        raise PydanticCustomError("future", "a day to come")
    return value


def _plain(value: str) -> str:
    """Text that PostgreSQL keeps and a screen shows: lines and tabs, no other control character, no half of one."""
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in value if each not in "\n\r\t"):
        raise PydanticCustomError("control", "control characters")
    return value


Tanggal = Annotated[date, BeforeValidator(_iso_only), AfterValidator(_not_to_come)]
KodeDesa = Annotated[str, BeforeValidator(_text_of_integer), Field(pattern=r"^[1-9][0-9]{9}$")]
Count = Annotated[int, Field(strict=True, ge=0, lt=1 << 31)]
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Note = Annotated[str, Field(max_length=10_000), AfterValidator(_plain)]


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written: YAML's own reading fails on an impossible one without saying where.

    It takes no aliases: a declaration needs none, and a few lines of them unfold to any size.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node of the document, unless it stands for another one."""
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias", event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Peringkat(_Part):
    """Where the decile comes from: its column in k_rt, scope, model and cut-off."""

    kolom: Title = "desil"
    skala: Literal["kabupaten", "nasional"] | None = None
    model: Title | None = None
    cut_off: Tanggal | None = None


class BerkasDinyatakan(_Part):
    """What a file must be: records without the header, sha256 of its bytes."""

    baris: Count | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None


class Kiriman(_Part):
    """The content of ``kiriman.yml``; ``desa`` is village code -> number of families."""

    sumber: Literal["regsosek"] = "regsosek"
    instrumen: Literal["REGSOSEK22-K"] = "REGSOSEK22-K"
    versi: Literal["final", "draft"] | None = None
    cut_off: Tanggal | None = None
    peringkat: Peringkat | None = None
    berkas: dict[str, BerkasDinyatakan] = Field(default_factory=dict)
    desa: dict[KodeDesa, Count] | None = None
    catatan: Note | None = None
    paksa: StrictBool = False


def read_kiriman(content: bytes, nama_berkas: str = "kiriman.yml") -> Kiriman:
    """Read a declaration.

    Raises:
        DeliveryRefused: ``kiriman_yml_tidak_sah``, naming the key and what is expected there, never the value.
    """
    if len(content) > MAX_BYTES:
        raise _invalid(nama_berkas, "berkas ini terlalu besar untuk sebuah keterangan kiriman")
    try:
        data = yaml.load(content.decode("utf-8-sig"), _Loader)
    except UnicodeDecodeError:
        raise _invalid(nama_berkas, "bukan teks UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" pada baris {mark.line + 1}" if mark is not None else ""
        raise _invalid(nama_berkas, f"bukan YAML yang sah{where}") from None
    if data is not None and not isinstance(data, dict):
        raise _invalid(nama_berkas, "isinya harus berupa pasangan kunci dan nilai")
    try:
        return Kiriman.model_validate(data or {})
    except ValidationError as error:
        problems = "; ".join(_problem(dict(each)) for each in error.errors(include_url=False, include_input=False)[:5])
    raise _invalid(nama_berkas, problems)


def _invalid(nama_berkas: str, reason: str) -> DeliveryRefused:
    return refusal("kiriman_yml_tidak_sah", "kiriman", f"{nama_berkas} tidak dapat dipakai: {reason}.")


_EXPECTED = {
    "string_type": "harus berupa teks (beri tanda kutip bila hanya angka)",
    "int_type": "harus berupa bilangan bulat",
    "bool_type": "harus true atau false",
    "dict_type": "harus berupa pasangan kunci dan nilai",
    "model_type": "harus berupa pasangan kunci dan nilai",
    "greater_than_equal": "tidak boleh negatif",
    "less_than": "terlalu besar",
    "string_too_long": "terlalu panjang",
    "future": "tidak boleh di masa depan",
    "control": "memuat karakter kendali",
    "string_too_short": "tidak boleh kosong",
}
_PATTERN = {"sha256": "harus 64 angka heksadesimal", "desa": "kuncinya harus kode desa BPS sepuluh angka"}


def _own_word(part: int | str) -> str:
    """A key as it may be repeated: what looks like a key, a file or a village, never a name or a number of a person."""
    return str(part) if re.fullmatch(r"[a-z_][a-z0-9_]{0,39}(\.[a-z]{3,4})?|[0-9]{10}", str(part)) else "…"


def _problem(error: dict[str, Any]) -> str:
    """One fault in words: the key, and what belongs there."""
    path = [_own_word(part) for part in error["loc"] if part != "[key]"]
    kind: str = error["type"]
    if kind == "extra_forbidden":
        place = ".".join(path[:-1])
        return f"kunci `{path[-1]}` tidak dikenal" + (f" di bawah `{place}`" if place else "")
    key = path[0] if kind == "string_pattern_mismatch" and path[0] == "desa" else ".".join(path)
    if kind == "literal_error":
        expected = "harus salah satu dari " + error["ctx"]["expected"].replace("'", "").replace(" or ", " atau ")
    elif kind == "string_pattern_mismatch":
        expected = _PATTERN.get(path[-1], _PATTERN["desa"])
    elif kind.startswith(("date", "datetime")):
        expected = "harus tanggal berbentuk TTTT-BB-HH"
    else:
        expected = _EXPECTED.get(kind, "bentuknya keliru")
    return f"kunci `{key}` {expected}"
