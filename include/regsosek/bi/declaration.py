"""Datasets and dashboards as ``data.yml`` and ``dasbor.yml`` declare them, with everything filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from regsosek.transform.definition import parameters
from regsosek.transform.generate import indicators
from regsosek.transform.measures import DIRECTION, SUBJECTS
from regsosek.yaml_file import read_yaml

HERE = Path(__file__).parent
CHOSEN = "menurut indikator yang dipilih, pada tabel “Arti indikator”"
SHOWN = "pada baris pertama dasbor, tabel “Rilis yang ditampilkan”"

Names = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class Declared(BaseModel):
    """Something of the YAML files: a key that nobody knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Metric(Declared):
    """A figure that may be made of the rows of a dataset.

    Attributes:
        format: as D3 writes it.
        isi: what stands for names within ``sql``.
    """

    nama: str
    sql: str
    format: str
    isi: dict[str, str] = {}


class Dataset(Declared):
    """A query over the marts, as the schema of whoever asks has them.

    Attributes:
        kolom: column -> label, in the order of the query.
        pakai: names of metrics that several datasets offer.
    """

    tentang: str
    sql: str
    kolom: dict[str, str] = {}
    pakai: list[str] = []
    ukuran: dict[str, Metric] = {}


class Chart(Declared):
    """One chart; see ``dasbor.yml``.

    Attributes:
        sumbu: column along the axis.
        pecah: column that splits bars.
        urut: metric or column the rows are sorted by; descending with a leading minus.
        syarat: condition in SQL.
        tetap: the reader's choice of an indicator does not change it.
        lebar: of 12.
        tinggi: in units of 8 pixels.
        bila_berbatas: what of it is different where the office has supplied boundaries of villages.
    """

    bentuk: Literal["angka", "batang", "daftar", "garis", "peta", "tabel", "titik"]
    data: str
    judul: str = ""
    kolom: list[str] = []
    ukuran: Names = []
    sumbu: str = ""
    pecah: str = ""
    urut: str = ""
    syarat: str = ""
    indikator: str = ""
    satuan: str = CHOSEN
    semesta: str = CHOSEN
    catatan: str = ""
    tetap: bool = False
    tegak: bool = False
    lebar: int = 12
    tinggi: int = 18
    bila_berbatas: dict[str, str | list[str]] = {}

    def with_boundaries(self) -> Chart:
        """The same chart where there are boundaries of villages."""
        return Chart.model_validate({**self.model_dump(exclude={"bila_berbatas"}), **self.bila_berbatas})

    @property
    def name(self) -> str:
        """The title, of the indicator where it has none of its own."""
        if self.judul:
            return self.judul
        name = definitions()[self.indikator]["nama"]
        return f"{name} menurut kecamatan" if self.sumbu else name

    @property
    def unit(self) -> str:
        """The unit of the figures."""
        return definitions()[self.indikator]["satuan"] if self.indikator else self.satuan

    @property
    def description(self) -> str:
        """Name, unit, universe, cut-off and release, and what else a reader has to know."""
        definition = definitions().get(self.indikator, {})
        parts = [
            f"{self.name}.",
            f"Satuan: {self.unit}.",
            f"Semesta: {definition.get('semesta') or self.semesta}.",
            f"Dihitung: {definition['rumus']}." if definition else "",
            _sentence(definition.get("catatan") or self.catatan),
            f"Tanggal acuan dan rilis: {SHOWN}.",
        ]
        return " ".join(part for part in parts if part)


class Filter(Declared):
    """A choice of the reader.

    Attributes:
        menurut: the filter that limits what can be chosen.
        satu: exactly one at a time.
        awal: code of the indicator that is chosen at first.
    """

    nama: str
    data: str
    kolom: str
    menurut: str = ""
    satu: bool = False
    awal: str = ""


class Dashboard(Declared):
    """Rows of charts with the filters beside them; ``tentang`` stands above."""

    judul: str
    tentang: str
    saring: list[str]
    baris: list[list[Chart]]


class Declaration(Declared):
    """All of it."""

    data: dict[str, Dataset]
    penyaring: dict[str, Filter]
    dasbor: dict[str, Dashboard]

    def charts(self) -> dict[str, Chart]:
        """Every chart once, by the name of its file; the head of the dashboards is one chart."""
        return {
            chart_file(code, chart): chart
            for code, dashboard in self.dasbor.items()
            for row in dashboard.baris
            for chart in row
        }


def chart_file(dashboard: str, chart: Chart) -> str:
    """Name of a chart among all charts."""
    return chart.data if chart.bentuk == "daftar" else f"{dashboard}_{_slug(chart.name)}"


@cache
def declaration() -> Declaration:
    """Both files, with fragments put in, labels found and the head put on every dashboard."""
    texts, pages = read_yaml(HERE / "data.yml"), read_yaml(HERE / "dasbor.yml")
    fragments = {**texts["potongan"], **_from_definitions()}
    data = {
        name: _dataset(Dataset.model_validate(entry), fragments, texts["kolom"], texts["ukuran"])
        for name, entry in texts["data"].items()
    }
    dashboards = {name: {**page, "baris": [pages["kepala"], *page["baris"]]} for name, page in pages["dasbor"].items()}
    return Declaration.model_validate({"data": data, "penyaring": pages["penyaring"], "dasbor": dashboards})


@cache
def definitions() -> dict[str, dict[str, str]]:
    """Rows of the seed of indicators by code."""
    return {row["kode_indikator"]: row for row in indicators()}


def _dataset(
    entry: Dataset, fragments: Mapping[str, str], labels: Mapping[str, str], shared: Mapping[str, dict[str, str]]
) -> Dataset:
    sql = _filled(entry.sql, fragments)
    known = {**labels, **entry.kolom}
    metrics = {name: Metric.model_validate(shared[name]) for name in entry.pakai} | entry.ukuran
    return entry.model_copy(
        update={
            "sql": sql,
            "kolom": {column: known[column] for column in _columns(sql)},
            "ukuran": {
                name: metric.model_copy(update={"sql": _filled(metric.sql, {**fragments, **metric.isi})})
                for name, metric in metrics.items()
            },
        }
    )


def _filled(text: str, fragments: Mapping[str, str]) -> str:
    """The text with every ``$name`` replaced, also those within what was put in."""
    while "$" in text:
        text = Template(text).substitute(fragments)
    return text


def _columns(sql: str) -> list[str]:
    """Names of the columns of a query: what stands last in each entry of its outer select list."""
    words = (
        re.sub(r"'[^']*'", "''", re.split(r"\bfrom (?:dim|fct|mart)_", sql, maxsplit=1)[0])
        .strip()
        .removeprefix("select")
    )
    entries, depth = [""], 0
    for character in words:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            entries.append("")
        else:
            entries[-1] += character
    return [re.split(r"[\s.]+", entry.strip())[-1] for entry in entries]


def _from_definitions() -> dict[str, str]:
    return {
        "bidang": _case("i.dimensi", SUBJECTS),
        "arah": _case("i.arah", DIRECTION),
        "bobot_ikm": str(sum(parameters()["ikm_bobot"])),
    }


def _case(column: str, labels: Mapping[str, str]) -> str:
    cases = " ".join(f"when '{code}' then '{label}'" for code, label in labels.items())
    return f"case {column} {cases} end"


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}." if text else ""


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")
