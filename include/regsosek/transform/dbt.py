"""dbt on the installation's own warehouse, in this process or in one that waits for it.

dbt prints and stores what the database says about an error, and the database quotes rows. So its own logs are off
and an error leaves here with the names of models only.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from regsosek.settings import Settings
from regsosek.transform.definition import DBT_PROJECT
from regsosek.transform.invocation import Node, invoke, parse
from regsosek.transform.process import waiting_dbt
from regsosek.warehouse.connection import WarehouseUnavailableError, warehouse_url
from regsosek.warehouse.lease import LeaseLostError
from regsosek.warehouse.parallel import OPTIONS

log = logging.getLogger(__name__)

DESCRIBING = ("parse", "docs")
"""Commands whose result is the JSON they write; of others it costs a second, and quotes the database."""


class TransformError(RuntimeError):
    """dbt failed. ``nodes`` are the models, seeds or tests that did, empty if it did not get that far."""

    def __init__(self, command: str, nodes: Sequence[str], reason: str) -> None:
        self.nodes = tuple(nodes)
        super().__init__(f"dbt {command}: {reason}")


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
        LeaseLostError: another run took over.
    """
    words = [*command.split(), *arguments, *_options(settings, variables, target_path)]
    if command.split(maxsplit=1)[0] not in DESCRIBING:
        words.append("--no-write-json")
    if select:
        words += ["--select", *select]
    waiting = waiting_dbt()
    outcome = (waiting.invoke if waiting else invoke)(words, _environment(settings, purpose))
    for node in outcome.nodes:
        log.info("dbt: %-50s %-8s %6.1f s", node.name, node.status, node.seconds)
    if outcome.taken_over:
        raise LeaseLostError
    if outcome.lost:
        raise WarehouseUnavailableError("The warehouse was lost while dbt ran.")
    if outcome.failure is not None:
        raise TransformError(command, outcome.failed, outcome.failure)
    return outcome.nodes


def parse_ahead(settings: Settings, *, variables: Mapping[str, Any], purpose: str) -> None:
    """Have the process that waits for invocations, if one does, parse the project while nobody needs it yet."""
    if waiting := waiting_dbt():
        waiting.parse(_parsing(settings, variables), _environment(settings, purpose))


def parse_here(settings: Settings, *, variables: Mapping[str, Any], purpose: str) -> None:
    """Parse the project in this process; what is wrong with it is told by whoever runs it."""
    parse(_parsing(settings, variables), _environment(settings, purpose))


def _parsing(settings: Settings, variables: Mapping[str, Any]) -> list[str]:
    return [*_options(settings, variables), "--no-write-json"]


def _options(settings: Settings, variables: Mapping[str, Any] | None, target_path: Path | None = None) -> list[str]:
    """What every invocation is told."""
    target = target_path or settings.artefacts / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    return [
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target), "--log-path", str(target),
        "--log-level", "none", "--log-level-file", "none", "--quiet",
        "--cache-selected-only",  # it lists what is in the schemas it writes to, not in all of them
        *(["--vars", json.dumps(variables)] if variables else []),
    ]  # fmt: skip


def _environment(settings: Settings, purpose: str) -> dict[str, str]:
    """The variables that profiles.yml reads."""
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
    return {name: str(value) for name, value in variables.items()}
