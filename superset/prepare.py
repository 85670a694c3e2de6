"""Bring Superset to what this checkout expects; runs in Superset's own environment, at every start that needs it.

Environment, besides that of ``superset_config.py``:

REGSOSEK_PLANNER_URL                 libpq URL of the role planner
REGSOSEK_SUPERSET_ADMIN_PASSWORD     password of the user admin, who may change everything
REGSOSEK_SUPERSET_PLANNER_PASSWORD   password of the user perencana, who sees dashboards
"""

import os
from pathlib import Path

import yaml
from flask_migrate import upgrade
from superset.app import create_app

ASSETS = Path(__file__).with_name("assets")
DATABASE = "databases/regsosek.yaml"
PLANNER = "Perencana"


def main() -> None:
    """Metadata, roles, users, dashboards."""
    app = create_app()
    with app.app_context():
        upgrade()
        app.appbuilder.add_permissions(update_perms=True)
        app.appbuilder.sm.sync_role_definitions()
        _users(app.appbuilder.sm)
        _dashboards(app.appbuilder.sm)
        _allow_planners(app.appbuilder.sm)


def _users(manager) -> None:
    manager.add_role(PLANNER)
    for name, role, variable in (
        ("admin", "Admin", "REGSOSEK_SUPERSET_ADMIN_PASSWORD"),
        ("perencana", PLANNER, "REGSOSEK_SUPERSET_PLANNER_PASSWORD"),
    ):
        user, password = manager.find_user(name), os.environ[variable]
        if not password:
            raise SystemExit(f"{variable} is empty: nobody gets a password of that kind.")
        if user is None:
            manager.add_user(name, name, "regsosek", f"{name}@localhost", manager.find_role(role), password=password)
        else:
            manager.reset_password(user.id, password)


def _dashboards(manager) -> None:
    """Import the assets over what an earlier import left."""
    from superset.commands.importers.v1.assets import ImportAssetsCommand  # noqa: PLC0415 - needs the app
    from superset.utils.core import override_user  # noqa: PLC0415

    contents = {str(path.relative_to(ASSETS)): path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.yaml")}
    database = yaml.safe_load(contents[DATABASE])
    url = os.environ["REGSOSEK_PLANNER_URL"].replace("postgresql://", "postgresql+psycopg2://", 1)
    contents[DATABASE] = yaml.safe_dump({**database, "sqlalchemy_uri": url})
    with override_user(manager.find_user("admin")):
        ImportAssetsCommand(contents).run()


def _allow_planners(manager) -> None:
    """Planners look at dashboards: no SQL Lab, no chart of their own, nothing of other databases.

    What Superset lets a visitor without login see, if one were let in, is exactly that.
    """
    from superset import db  # noqa: PLC0415 - needs the app
    from superset.models.core import Database  # noqa: PLC0415

    wanted = manager.PUBLIC_ROLE_PERMISSIONS | {
        ("can_csv", "Superset"),
        ("can_log", "Superset"),
        ("can_recent_activity", "Log"),
        ("can_view_chart_as_table", "Dashboard"),
        ("menu_access", "Dashboards"),
    }
    found = [manager.find_permission_view_menu(permission, view) for permission, view in sorted(wanted)]
    uuid = yaml.safe_load((ASSETS / DATABASE).read_text(encoding="utf-8"))["uuid"]
    database = db.session.query(Database).filter_by(uuid=uuid).one()
    found.append(manager.add_permission_view_menu("database_access", database.perm))
    manager.find_role(PLANNER).permissions = [each for each in found if each is not None]
    db.session.commit()


if __name__ == "__main__":
    main()
