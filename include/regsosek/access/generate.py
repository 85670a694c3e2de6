"""The tables of docs/access.md, from ``roles.yml``."""

from __future__ import annotations

from pathlib import Path

from regsosek.access.declaration import Role, declaration
from regsosek.settings import PROJECT

PAGE = PROJECT / "docs" / "access.md"
BEGIN, END = "<!-- from roles.yml -->\n", "<!-- end -->\n"


def generated_files() -> dict[Path, str]:
    """The page with its tables renewed; the text around them is written by hand."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return {PAGE: f"{before}{BEGIN}{_tables()}{END}{after}"}


def _tables() -> str:
    roles = declaration().roles
    lines = ["| role | who | reads |", "|---|---|---|"]
    lines += [f"| `{name}` | {role.who} | {_reads(role)} |" for name, role in roles.items()]
    lines += ["", "| each login of | connections | statement ends after | idle in a transaction |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {role.connections} | {role.settings['statement_timeout']} "
        f"| {role.settings['idle_in_transaction_session_timeout']} |"
        for name, role in roles.items()
    ]
    return "\n".join(lines) + "\n"


def _reads(role: Role) -> str:
    parts = [
        f"`{schema}`" if chosen == "all" else ", ".join(f"`{schema}.{name}`" for name in chosen)
        for schema, chosen in role.reads.items()
    ]
    return "; ".join([*parts, *(f"calls `{call}`" for call in role.calls)])
