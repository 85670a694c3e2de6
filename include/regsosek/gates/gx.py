"""Great Expectations, imported in two thirds of the time it takes by itself, silent and without analytics."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import Lock, RLock
from types import ModuleType
from typing import Any

UNUSED = frozenset({"altair", "scipy.stats"})
"""What an expectation imports that no suite here has; a third of the time."""

_one_at_a_time = Lock()
_one_execution = RLock()


def import_gx() -> Any:
    """Great Expectations; the first call takes seconds, and others wait for it."""
    with _one_at_a_time:
        return sys.modules.get("great_expectations") or _import_gx()


def _import_gx() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    quiet = logging.getLogger("great_expectations")  # it and its children have much to say, none of it about the data
    quiet.propagate = False
    quiet.addHandler(logging.NullHandler())
    with warnings.catch_warnings(), _without_collecting(), _when_first_used(UNUSED):
        warnings.simplefilter("ignore")
        import great_expectations  # noqa: PLC0415 - seconds
    return great_expectations


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile, and never again among what was made: modules stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@contextmanager
def _when_first_used(names: frozenset[str]) -> Iterator[None]:
    """Let these modules be executed when something is first taken from them."""
    finder = _Later(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Later(MetaPathFinder):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._names:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _WhenUsed(spec.loader)
                return spec
        return None


class _WhenUsed(Loader):
    """Executes a module when something of it is asked for; what Python itself knows of a module is there before.

    ``importlib.util.LazyLoader`` does not wait for that: whoever looks for the file of every module, as dbt does
    through ``inspect.stack``, would execute them all.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        package = vars(module).pop("__path__", None)  # a module below it is something of it, too

        def execute(name: str) -> Any:
            if name.startswith("__") and name not in ("__path__", "__all__", "__version__"):
                raise AttributeError(name)
            with _one_execution:
                if vars(module).pop("__getattr__", None) is not None:
                    if package is not None:
                        module.__path__ = package
                    self._loader.exec_module(module)
            return getattr(module, name)

        module.__getattr__ = execute  # type: ignore[method-assign]
