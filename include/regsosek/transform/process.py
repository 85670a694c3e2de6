"""A second process that imports dbt while the first has other work: one process imports on one processor only.

It speaks JSON, a line each way: what to invoke and the variables of its environment, and what became of it. Whether to
parse the project beforehand is a line too, which has no answer. It ends at once when whoever started it is gone, also
in the middle of an invocation.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict
from typing import IO, Any

from regsosek.transform.invocation import Node, Outcome, import_dbt, invoke, parse


class WaitingDbt:
    """dbt in a process of its own, imported or about to be."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from regsosek.transform.process import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def parse(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Let it parse the project once, for all invocations to come; nobody waits for that."""
        with suppress(BrokenPipeError):  # the first invocation will say that it is gone
            self._ask("parse", words, environment)

    def invoke(self, words: Sequence[str], environment: Mapping[str, str]) -> Outcome:
        """What :func:`regsosek.transform.invocation.invoke` does, over there."""
        answers = self._process.stdout
        assert answers is not None
        try:
            self._ask("invoke", words, environment)
            answer = answers.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            return Outcome([], "its process ended")
        told: dict[str, Any] = json.loads(answer)
        return Outcome(**{**told, "nodes": [Node(**node) for node in told["nodes"]]})

    def _ask(self, what: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        asked = self._process.stdin
        assert asked is not None
        asked.write(json.dumps({"what": what, "words": list(words), "environment": dict(environment)}) + "\n")
        asked.flush()

    def end(self) -> None:
        """Let it end, whatever it does."""
        self._process.communicate()  # there is nothing more to ask


_waiting: ContextVar[WaitingDbt | None] = ContextVar("waiting_dbt", default=None)


def waiting_dbt() -> WaitingDbt | None:
    """The process that waits for invocations of this context, if one does."""
    return _waiting.get()


@contextmanager
def dbt_ready() -> Iterator[None]:
    """Have dbt imported in another process meanwhile, unless this one has done so already."""
    if "dbt.cli.main" in sys.modules:
        yield
        return
    process = WaitingDbt()
    before = _waiting.set(process)
    try:
        yield
    finally:
        _waiting.reset(before)
        process.end()


def main() -> None:
    """Answer requests one by one until nobody can ask any more."""
    # Whatever else is printed must not look like an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests: queue.Queue[str] = queue.Queue()
    requests.put("")  # the import is the first thing that is not finished
    threading.Thread(target=_listen, args=(sys.stdin, requests), daemon=True).start()
    import_dbt()
    requests.get()
    requests.task_done()
    manifest = None
    while request := requests.get():
        asked = json.loads(request)
        if asked["what"] == "parse":
            manifest = parse(asked["words"], asked["environment"])
            requests.task_done()
            continue
        outcome = invoke(asked["words"], asked["environment"], manifest)
        requests.task_done()
        answers.write(json.dumps(asdict(outcome)) + "\n")
        answers.flush()


def _listen(asked: IO[str], requests: queue.Queue[str]) -> None:
    """Pass requests on; the end of them is the end of this process, whatever is not finished then."""
    for line in asked:
        requests.put(line)
    if requests.unfinished_tasks:
        os._exit(1)
    requests.put("")
