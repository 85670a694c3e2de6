"""One dbt invocation in this process, on the installation's own warehouse.

dbt prints and stores what the database says about an error, and the database quotes rows. So its own logs are off
and an error leaves here with the names of models only.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from regsosek.settings import Settings
from regsosek.transform.definition import DBT_PROJECT
from regsosek.warehouse.connection import WarehouseUnavailableError, warehouse_url
from regsosek.warehouse.parallel import OPTIONS

log = logging.getLogger(__name__)

_environment = threading.Lock()

LOST = (
    "could not connect",
    "connection refused",
    "connection to server",
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "ssl syscall error",
)
"""What libpq says when the server is gone: the one kind of error that another attempt may cure."""


DESCRIBING = ("parse", "docs")
"""Commands whose result is the JSON they write; of others it costs a second, and quotes the database."""


class TransformError(RuntimeError):
    """dbt failed. ``nodes`` are the models, seeds or tests that did, empty if it did not get that far."""

    def __init__(self, command: str, nodes: Sequence[str], reason: str) -> None:
        self.nodes = tuple(nodes)
        super().__init__(f"dbt {command}: {reason}")


@dataclass(frozen=True)
class Node:
    """What became of one model, seed or test: its name, dbt's status, seconds, rows written if any."""

    name: str
    status: str
    seconds: float
    rows: int | None


def run_dbt(
    settings: Settings,
    command: str,
    *,
    select: Sequence[str] = (),
    arguments: Sequence[str] = (),
    variables: Mapping[str, Any] | None = None,
    target_path: Path | None = None,
    purpose: str = "regsosek",
) -> list[Node]:
    """Run ``dbt <command>`` and return its nodes in the order they finished.

    Args:
        settings: the installation, whose warehouse dbt writes to.
        command: ``build``, ``run``, ``seed``, ``test``, ``source freshness`` ...
        select: dbt's selectors; nothing means everything.
        arguments: further arguments of dbt.
        variables: dbt variables. Other variables than last time cost a full parse, so keep them few and stable.
        target_path: where dbt puts what it compiles and its parse cache; default below ``settings.artefacts``.
        purpose: application name of dbt's connections.

    Raises:
        TransformError: dbt failed; names models, never what the database said.
        WarehouseUnavailableError: the connection was lost; trying again may help.
    """
    target = target_path or settings.artefacts / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    words = [
        *command.split(), *arguments,
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target), "--log-path", str(target),
        "--log-level", "none", "--log-level-file", "none", "--quiet",
    ]  # fmt: skip
    if command.split(maxsplit=1)[0] not in DESCRIBING:
        words.append("--no-write-json")
    if select:
        words += ["--select", *select]
    if variables:
        words += ["--vars", json.dumps(variables)]
    with _connection(settings, purpose):
        result = import_dbt()().invoke(words)
    nodes = [_node(each) for each in getattr(result.result, "results", [])]
    for node in nodes:
        log.info("dbt: %-50s %-8s %6.1f s", node.name, node.status, node.seconds)
    if not result.success:
        raise _error(command, result)
    return nodes


def import_dbt() -> Any:
    """dbt's runner, with the adapter it will want."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - seconds

    import_module("dbt.adapters.postgres")
    return dbtRunner


@contextmanager
def _connection(settings: Settings, purpose: str) -> Iterator[None]:
    """The variables that profiles.yml reads, only while dbt runs."""
    parts = conninfo_to_dict(warehouse_url(settings))
    variables = {
        "REGSOSEK_DBT_HOST": parts.get("host"),
        "REGSOSEK_DBT_PORT": parts.get("port", 5432),
        "REGSOSEK_DBT_USER": parts.get("user"),
        "REGSOSEK_DBT_DBNAME": parts.get("dbname"),
        "REGSOSEK_DBT_SSLMODE": parts.get("sslmode", "prefer"),
        "PGAPPNAME": purpose,
        "PGOPTIONS": OPTIONS,
        "DBT_ENV_SECRET_REGSOSEK_PASSWORD": parts.get("password", ""),
    }
    with _environment:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update({name: str(value) for name, value in variables.items()})
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _node(result: Any) -> Node:
    rows = (result.adapter_response or {}).get("rows_affected")
    return Node(result.node.name, str(result.status), result.execution_time, rows)


def _error(command: str, result: Any) -> Exception:
    failed = [each for each in getattr(result.result, "results", []) if str(each.status) in ("error", "fail")]
    said = " ".join([str(result.exception or ""), *(str(each.message or "") for each in failed)]).lower()
    if any(phrase in said for phrase in LOST):
        return WarehouseUnavailableError("The warehouse was lost while dbt ran.")
    if failed:
        reason = "; ".join(f"{each.node.name} ({_kind(each)})" for each in failed)
        return TransformError(command, [each.node.name for each in failed], reason)
    return TransformError(command, [], type(result.exception).__name__ if result.exception else "nothing was run")


def _kind(result: Any) -> str:
    """``fail, 3 rows`` for a test, else the first words of dbt's message, which name the kind of error."""
    if str(result.status) == "fail":
        return f"fail, {result.failures} rows"
    return str(result.message or "error").strip().split(" in ")[0].splitlines()[0][:40]
