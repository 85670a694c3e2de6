"""What sqlfluff needs of dbt to render the models without a database: the project's own variables."""

from pathlib import Path
from typing import Any

import yaml

_project = yaml.safe_load((Path(__file__).parents[1] / "dbt_project.yml").read_text(encoding="utf-8"))


def var(name: str, default: Any = None) -> Any:
    """The variable as dbt_project.yml has it."""
    return _project["vars"].get(name, default)
