"""Bring Superset to what this checkout expects; runs in Superset's own environment, at every start that needs it.

Environment, besides that of ``superset_config.py``:

REGSOSEK_PLANNER_URL                 libpq URL of the role planner
REGSOSEK_SUPERSET_ADMIN_PASSWORD     password of the user admin, who may change everything
REGSOSEK_SUPERSET_PLANNER_PASSWORD   password of the user perencana, who sees dashboards

Each login of REGSOSEK_VILLAGE_LOGINS becomes a user with the same password, who sees dashboards of its villages.
"""

import json
import os
from pathlib import Path

import psycopg2
import yaml
from flask_migrate import upgrade
from superset.app import create_app
from superset_config import VILLAGE

ASSETS = Path(__file__).with_name("assets")
DATABASE = "databases/regsosek.yaml"
BOUNDARIES = "charts-with-boundaries"
"""Charts that take the place of others where there are boundaries of villages."""
PLANNER = "Perencana"
PLANNERS_ONLY = "ringkasan"
"""The dashboard that compares villages, of which there is nothing to see for one."""


def main() -> None:
    """Metadata, roles, users, dashboards."""
    app = create_app()
    with app.app_context():
        upgrade()
        app.appbuilder.add_permissions(update_perms=True)
        app.appbuilder.sm.sync_role_definitions()
        _users(app.appbuilder.sm)
        _dashboards(app.appbuilder.sm)
        _allow_readers(app.appbuilder.sm)


def _users(manager) -> None:
    for role in (PLANNER, VILLAGE):
        manager.add_role(role)
    villages = json.loads(Path(os.environ["REGSOSEK_VILLAGE_LOGINS"]).read_text(encoding="utf-8"))
    _user(manager, "admin", "Admin", os.environ["REGSOSEK_SUPERSET_ADMIN_PASSWORD"])
    _user(manager, "perencana", PLANNER, os.environ["REGSOSEK_SUPERSET_PLANNER_PASSWORD"])
    for login, password in villages.items():
        _user(manager, login, VILLAGE, password)
    for user in manager.get_all_users():
        if VILLAGE in {role.name for role in user.roles} and user.username not in villages:
            user.active = False
            manager.update_user(user)


def _user(manager, name: str, role: str, password: str) -> None:
    """There is a user of that name, with that role and no other, and that password."""
    if not password:
        raise SystemExit(f"There is no password for {name}: nobody gets an empty one.")
    user, roles = manager.find_user(name), [manager.find_role(role)]
    if user is None:
        manager.add_user(name, name, "regsosek", f"{name}@localhost", roles, password=password)
        return
    user.active, user.roles = True, roles
    manager.update_user(user)
    manager.reset_password(user.id, password)


def _dashboards(manager) -> None:
    """Import the assets over what an earlier import left."""
    from superset.commands.importers.v1.assets import ImportAssetsCommand  # noqa: PLC0415 - needs the app
    from superset.utils.core import override_user  # noqa: PLC0415

    contents = {str(path.relative_to(ASSETS)): path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.yaml")}
    database = yaml.safe_load(contents[DATABASE])
    url = os.environ["REGSOSEK_PLANNER_URL"].replace("postgresql://", "postgresql+psycopg2://", 1)
    with psycopg2.connect(os.environ["REGSOSEK_PLANNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("select exists (select from acuan.batas_desa)")
        (bounded,) = cursor.fetchone()
    for name in [each for each in contents if each.startswith(f"{BOUNDARIES}/")]:
        other = contents.pop(name)
        if bounded:
            contents[name.replace(BOUNDARIES, "charts", 1)] = other
    contents[DATABASE] = yaml.safe_dump({**database, "sqlalchemy_uri": url})
    with override_user(manager.find_user("admin")):
        ImportAssetsCommand(contents).run()


def _allow_readers(manager) -> None:
    """Planners and villages look at dashboards: no SQL Lab, no chart of their own, nothing of other databases.

    What Superset lets a visitor without login see, if one were let in, is exactly that.
    """
    from superset import db  # noqa: PLC0415 - needs the app
    from superset.models.core import Database  # noqa: PLC0415
    from superset.models.dashboard import Dashboard  # noqa: PLC0415

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
    planner, village = manager.find_role(PLANNER), manager.find_role(VILLAGE)
    for role in (planner, village):
        role.permissions = [each for each in found if each is not None]
    db.session.query(Dashboard).filter_by(slug=PLANNERS_ONLY).one().roles = [planner]
    db.session.commit()


if __name__ == "__main__":
    main()
