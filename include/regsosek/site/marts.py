"""The columns of the marts as a page, from the contracts that dbt and gate 2 hold them to."""

from __future__ import annotations

from typing import Any

from regsosek.gates.expectations import mart_models
from regsosek.release.published import TREND, TREND_OF

HEAD = """\
# Columns of the marts

Every view of schema `marts` with its columns, from the contracts that a release must keep. Each view has `id_rilis`
too, the release its rows are of. What the views are for, and first queries: [Marts](marts.md).
"""


def marts_document() -> str:
    """Markdown: a section and a table for each view."""
    return "\n".join([HEAD, *map(_section, mart_models()), _trend()])


def _section(model: dict[str, Any]) -> str:
    rows = [f"| `{each['name']}` | {each['data_type']} | {_cell(each['description'])} |" for each in model["columns"]]
    head = [
        f"\n## {model['name']}\n",
        str(model["description"]).strip(),
        "\n| column | type | meaning |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows])


def _trend() -> str:
    return f"\n## {TREND}\n\nThe columns of `{TREND_OF}`, in every release that was not withdrawn.\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
