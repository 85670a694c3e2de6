"""dbt by hand on this installation's warehouse: ``python -m regsosek.transform test --select int_keluarga``."""

from __future__ import annotations

import sys

from regsosek.settings import Settings
from regsosek.transform import TransformError, definition_version, run_dbt

try:
    for node in run_dbt(
        Settings(),
        sys.argv[1],
        arguments=sys.argv[2:],
        variables={"versi_definisi": definition_version()},
    ):
        print(f"{node.name:60} {node.status:8} {node.seconds:6.1f} s")
except TransformError as error:
    sys.exit(str(error))
