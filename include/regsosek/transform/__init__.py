"""The transform: dbt from the registry to the candidate marts. dbt itself is imported only when it runs."""

from regsosek.transform.build import build_aggregates, build_candidate, build_public, parse_project, seed, warm_up
from regsosek.transform.dbt import TransformError, run_dbt
from regsosek.transform.definition import definition_version

__all__ = [
    "TransformError",
    "build_aggregates",
    "build_candidate",
    "build_public",
    "definition_version",
    "parse_project",
    "run_dbt",
    "seed",
    "warm_up",
]
