"""One dbt invocation in this process, and what becomes of it in words that quote no data.

dbt prints and stores what the database says about an error, and the database quotes rows. So an outcome holds the
names of models only.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_one_at_a_time = threading.Lock()

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
TAKEN_OVER = "regsosek: sewa hilang"
"""What ``ops.jaga`` says where the lease is another run's by now."""


@dataclass(frozen=True)
class Node:
    """What became of one model, seed or test: its name, dbt's status, seconds, rows written if any."""

    name: str
    status: str
    seconds: float
    rows: int | None


@dataclass(frozen=True)
class Outcome:
    """What became of one invocation, without a word of what the database said.

    Attributes:
        nodes: in the order they finished.
        failure: why it failed, None if it did not.
        failed: names of the nodes that did.
        lost: it failed because the server was gone.
        taken_over: it failed because another run holds the lease.
    """

    nodes: list[Node]
    failure: str | None = None
    failed: Sequence[str] = ()
    lost: bool = False
    taken_over: bool = False


def invoke(words: Sequence[str], environment: Mapping[str, str], manifest: Any = None) -> Outcome:
    """Invoke dbt in this process, with variables of the environment that profiles.yml reads only meanwhile.

    ``manifest`` is what :func:`parse` made of the project; without it dbt parses first.
    """
    with _only_now(environment):
        return _outcome(import_dbt()(manifest=manifest).invoke(list(words)))


def parse(words: Sequence[str], environment: Mapping[str, str]) -> Any:
    """The project's manifest; None if it cannot be parsed, which the next invocation will say."""
    with _only_now(environment):
        return import_dbt()().invoke(["parse", *words]).result


def import_dbt() -> Any:
    """dbt's runner, with the adapter it will want, and without messages that nobody reads."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - seconds

    from regsosek.transform.events import be_quiet  # noqa: PLC0415 - with dbt

    import_module("dbt.adapters.postgres")
    be_quiet()
    return dbtRunner


@contextmanager
def _only_now(variables: Mapping[str, str]) -> Iterator[None]:
    with _one_at_a_time:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
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


def _outcome(result: Any) -> Outcome:
    results = getattr(result.result, "results", [])
    nodes = [_node(each) for each in results]
    failed = [each for each in results if str(each.status) in ("error", "fail")]
    if result.success:
        return Outcome(nodes)
    said = " ".join([str(result.exception or ""), *(str(each.message or "") for each in failed)]).lower()
    failure = "; ".join(f"{each.node.name} ({_kind(each)})" for each in failed)
    if not failure:
        failure = type(result.exception).__name__ if result.exception else "nothing was run"
    names = [str(each.node.name) for each in failed]
    return Outcome(nodes, failure, names, lost=any(phrase in said for phrase in LOST), taken_over=TAKEN_OVER in said)


def _kind(result: Any) -> str:
    """``fail, 3 rows`` for a test, else the first words of dbt's message, which name the kind of error."""
    if str(result.status) == "fail":
        return f"fail, {result.failures} rows"
    return str(result.message or "error").strip().split(" in ")[0].splitlines()[0][:40]
