"""Village logins for Superset, whose users of the same names connect as them.

``python -m regsosek.bi.villages`` writes them to standard output.
"""

from __future__ import annotations

import json

from regsosek.access.villages import village_logins
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction


def passwords_of_villages(settings: Settings) -> str:
    """JSON, login -> password, of the logins whose password this installation keeps."""
    with transaction(settings) as cursor:
        kept = [settings.home / "passwords" / login for login in village_logins(cursor)]
    return json.dumps({path.name: path.read_text(encoding="utf-8").strip() for path in kept if path.exists()})


if __name__ == "__main__":
    print(passwords_of_villages(Settings()))
