"""The roles themselves: made, and brought back to what ``roles.yml`` says of them; their passwords."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from regsosek.access.declaration import VILLAGE, Role, declaration
from regsosek.access.grants import repair_grants
from regsosek.access.views import sync_village_views
from regsosek.private_file import password
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import write_event

LISTS = Path(__file__).with_name("lists.sql")
"""Functions by which lists of families are asked for and handed out."""


class AccessError(RuntimeError):
    """Roles cannot be made what they should be; the message says by whom and how."""


def repair_access(settings: Settings) -> list[str]:
    """Make roles, passwords, limits, grants, views of villages and functions of lists what ``roles.yml`` and
    ``ops.hak_desa`` say; returns what was changed of roles and grants.

    Everything or nothing: readers go on reading, with the rights of before or of after.

    Raises:
        AccessError: the owner may not make roles, or a role has rights that only an administrator can take away.
    """
    try:
        with transaction(settings) as cursor:
            # Two set-ups at once: the second waits here and then finds nothing to do.
            cursor.execute("select pg_advisory_xact_lock(hashtext('regsosek.access'))")
            cursor.execute(LISTS.read_bytes())
            sync_village_views(cursor)
            done = _repair_roles(cursor, settings) + repair_grants(cursor)
            if done:
                write_event(cursor, "akses", None, {"diubah": done})
    except psycopg.errors.InsufficientPrivilege:
        raise AccessError(
            "The warehouse's owner may not make or change the roles of regsosek/access/roles.yml. As an administrator "
            "of the server: `alter role <owner> createrole`, and `drop role` those that somebody else made by the same "
            f"names ({', '.join(declaration().roles)}). Then run `regsosek setup` again."
        ) from None
    return done


def logins(cursor: psycopg.Cursor) -> dict[str, Role]:
    """Everybody who can log in, with the role that says how: the roles of ``roles.yml`` and the village logins."""
    roles = declaration().roles
    named = cursor.execute("select distinct pengguna from ops.hak_desa order by 1").fetchall()
    return {name: role for name, role in roles.items() if not role.group} | {name: roles[VILLAGE] for (name,) in named}


def _repair_roles(cursor: psycopg.Cursor, settings: Settings) -> list[str]:
    able = logins(cursor)
    groups = {name: role for name, role in declaration().roles.items() if role.group}
    done = []
    for name, role in {**groups, **able}.items():
        done += _repair_role(cursor, name, role, login=name in able)
    done += _repair_memberships(cursor, set(able) - set(declaration().roles))
    for name in able:
        _set_password(cursor, name, password(settings.home, name))
    return done


def _repair_role(cursor: psycopg.Cursor, name: str, role: Role, *, login: bool) -> list[str]:
    """The role with its attributes and the settings of its sessions."""
    identifier = sql.Identifier(name)
    wanted = (login, role.connections if login else -1, True)
    done = []
    row = cursor.execute(ATTRIBUTES, (name,)).fetchone()
    if row is None:
        cursor.execute(sql.SQL("create role {}").format(identifier))
        done.append(f"create role {name}")
    elif any(row[3:]):
        raise AccessError(
            f"Role {name} has rights over the server. As an administrator: "
            f"`alter role {name} nosuperuser nocreatedb nocreaterole noreplication nobypassrls`. "
            "Then run `regsosek setup` again."
        )
    if row is None or row[:3] != wanted:
        cursor.execute(
            sql.SQL("alter role {} {} connection limit {} inherit").format(
                identifier, sql.SQL("login" if login else "nologin"), sql.Literal(wanted[1])
            )
        )
        done += [] if row is None else [f"alter role {name}"]
    return done + _repair_settings(cursor, name, role.settings if login else {})


def _repair_settings(cursor: psycopg.Cursor, name: str, wanted: dict[str, str]) -> list[str]:
    identifier = sql.Identifier(name)
    held = cursor.execute(SETTINGS, (name,)).fetchall()
    done = []
    for database, _ in held:
        if database is not None:
            target = sql.Identifier(database)
            cursor.execute(sql.SQL("alter role {} in database {} reset all").format(identifier, target))
            done.append(f"reset settings of {name} in {database}")
    everywhere: dict[str, str] = next((dict(value) for database, value in held if database is None), {})
    if everywhere != wanted:
        cursor.execute(sql.SQL("alter role {} reset all").format(identifier))
        for key, value in wanted.items():
            values = [sql.Literal(part.strip()) for part in value.split(",")]
            setting = sql.SQL("set {} to {}").format(sql.Identifier(key), sql.SQL(", ").join(values))
            cursor.execute(sql.SQL("alter role {} {}").format(identifier, setting))
        done.append(f"settings of {name}")
    return done


def _repair_memberships(cursor: psycopg.Cursor, villages: set[str]) -> list[str]:
    """Village logins are members of the group of villages; nobody of ours is a member of anything else."""
    ours = [*declaration().roles, *villages]
    held = set(cursor.execute(MEMBERSHIPS, (ours, VILLAGE)).fetchall())
    wanted = {(VILLAGE, login, False) for login in villages}
    done = []
    for group, member, _ in sorted(held - wanted):
        try:
            cursor.execute(sql.SQL("revoke {} from {} cascade").format(sql.Identifier(group), sql.Identifier(member)))
        except psycopg.errors.InsufficientPrivilege:
            raise AccessError(
                f"An administrator made {member} a member of {group}, and only an administrator can revoke it. "
                "Then run `regsosek setup` again."
            ) from None
        done.append(f"revoke {group} from {member}")
    held = set(cursor.execute(MEMBERSHIPS, (ours, VILLAGE)).fetchall())
    for group, member, _ in sorted(wanted - held):
        cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(member)))
        done.append(f"grant {group} to {member}")
    return done


def _set_password(cursor: psycopg.Cursor, name: str, secret: str) -> None:
    """Only the verifier travels: a statement can end up in a log."""
    encrypted = cursor.connection.pgconn.encrypt_password(secret.encode(), name.encode(), b"scram-sha-256")
    cursor.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(encrypted.decode())))


ATTRIBUTES = """
    select rolcanlogin, rolconnlimit, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
    from pg_roles where rolname = %s
"""

SETTINGS = """
    select d.datname::text,
        (
            select jsonb_object_agg(split_part(e, '=', 1), replace(substr(e, strpos(e, '=') + 1), '"', ''))
            from unnest(s.setconfig) as e
        )
    from pg_db_role_setting as s
    join pg_roles as r on r.oid = s.setrole
    left join pg_database as d on d.oid = s.setdatabase
    where r.rolname = %s
"""

MEMBERSHIPS = """
    select g.rolname::text, m.rolname::text, a.admin_option
    from pg_auth_members as a
    join pg_roles as g on g.oid = a.roleid
    join pg_roles as m on m.oid = a.member
    where m.rolname = any(%s) or (g.rolname = %s and m.rolname ~ '^desa_')
"""
