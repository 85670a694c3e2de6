"""Reading the project's own YAML: codebook, rules, definitions, contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; libyaml reads it ten times faster than Python does."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
