"""What Great Expectations was asked, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regsosek.gates.expectations import Expectation
from regsosek.gates.relations import Relation, Row
from regsosek.gates.result import Failure

INTERNAL = "Ini kesalahan pengolahan, bukan kesalahan kiriman: laporkan beserta halaman gerbang ini."


@dataclass(frozen=True)
class Subject:
    """What one suite judges: a relation that was computed, or a table that is there.

    Attributes:
        suite: name of the suite, ``delivery/keluarga`` and so on.
        expectations: those of the suite that apply.
        relation: rows to judge; None: the table ``table`` of schema ``kandidat``.
    """

    suite: str
    expectations: list[Expectation]
    relation: Relation | None = None
    table: str = ""


@dataclass(frozen=True)
class Verdict:
    """One expectation, what it was asked of, and whether it was met."""

    subject: Subject
    expectation: Expectation
    success: bool

    @property
    def name(self) -> str:
        """Id of what was expected: a rule, or suite and column."""
        column = self.expectation["kwargs"].get("column", self.expectation["type"].removeprefix("expect_"))
        return column if self.subject.suite == "delivery/temuan" else f"{self.subject.suite}.{column}"

    @property
    def shuts(self) -> bool:
        """Whether it shuts the gate."""
        return not self.success and self.expectation["severity"] == "critical"

    def broken_rows(self) -> list[Row]:
        """Rows of the relation that break the expectation; none where it is not about single rows."""
        if self.success or self.subject.relation is None or "column" not in self.expectation["kwargs"]:
            return []
        column = self.expectation["kwargs"]["column"]
        return [row for row, value in self.subject.relation.values(column) if not _meets(self.expectation, value)]

    def concerns(self, id_kiriman: int) -> bool:
        """Whether the delivery was judged by it."""
        relation = self.subject.relation
        return relation is not None and any(row[0] == id_kiriman for row in relation.rows)

    def counts(self, rows: list[Row]) -> dict[str | None, int]:
        """Per village (None: no single one) what a counting column says in these rows, 1 in any other column."""
        relation = self.subject.relation
        counts: dict[str | None, int] = {}
        if relation is None or not rows:
            return counts
        position = relation.columns.index(self.expectation["kwargs"]["column"])
        for row in rows:
            count = row[position] if self.expectation["type"] == "expect_column_max_to_be_between" else 1
            counts[relation.village(row)] = max(count, counts.get(relation.village(row), 0))
        return counts

    def unmet(self) -> str | None:
        """SQL that is true for a value that breaks the expectation; None where it is not about answers."""
        kwargs = self.expectation["kwargs"]
        column = kwargs.get("column")
        match self.expectation["type"]:
            case "expect_column_values_to_be_in_set":
                return f"{column} not in ({', '.join(map(str, kwargs['value_set']))})"
            case "expect_column_values_to_be_between":
                return f"{column} not between {kwargs['min_value']} and {kwargs['max_value']}"
            case "expect_column_values_to_be_null":
                return f"{column} is not null"
        return None

    def failure(self, counts: dict[str | None, int]) -> Failure:
        """The failure in words, with what breaks it per village."""
        meta = self.expectation.get("meta", {})
        return Failure(
            aturan=self.name,
            keparahan=meta.get("keparahan", "gagal"),
            jumlah=sum(counts.values()) or 1,
            desa=tuple(sorted(village for village in counts if village)),
            pesan=self.expectation["notes"],
            tindakan=meta.get("tindakan", INTERNAL),
        )


def _meets(expectation: Expectation, value: Any) -> bool:
    kwargs = expectation["kwargs"]
    if expectation["type"] == "expect_column_values_to_be_null":
        return value is None
    if value is None:
        return str(expectation["type"]) != "expect_column_values_to_not_be_null"
    if "value_set" in kwargs:
        return bool(value in kwargs["value_set"])
    return bool(kwargs.get("min_value", value) <= value <= kwargs.get("max_value", value))
