"""Airflow's metadata: tables, roles and users, in one process (Airflow takes seconds to import).

``python -m regsosek.airflow.metadata`` reads passwords from the environment, ``REGSOSEK_PASSWORD_<USER>``; it may
be run again at any time.
"""

from __future__ import annotations

import os
from typing import Any

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils.db import initdb
from airflow.utils.providers_configuration_loader import providers_configuration_loaded
from werkzeug.security import check_password_hash

USERS = {"admin": "Admin", "op": "Op", "viewer": "Viewer"}
"""Users and their roles: who looks after it, who starts and reruns refreshes, who only looks."""

PASSWORD = "REGSOSEK_PASSWORD_{}"


@providers_configuration_loaded
def prepare_metadata() -> list[str]:
    """Create or migrate the tables, sync the roles, make the users that have a password; returns their names."""
    initdb()
    with get_application_builder() as builder:
        builder.add_permissions(update_perms=True)  # type: ignore[no-untyped-call]
        builder.sm.sync_roles()
        return [name for name in USERS if _make_user(builder.sm, name)]


def _make_user(security_manager: Any, name: str) -> bool:
    password = os.environ.get(PASSWORD.format(name.upper()))
    if not password:
        return False
    if user := security_manager.find_user(name):
        # Setting it again would end the user's sessions.
        return check_password_hash(user.password, password) or bool(security_manager.reset_password(user.id, password))
    role = security_manager.find_role(USERS[name])
    return bool(security_manager.add_user(name, name.title(), "Regsosek", f"{name}@regsosek.invalid", role, password))


if __name__ == "__main__":
    prepare_metadata()
