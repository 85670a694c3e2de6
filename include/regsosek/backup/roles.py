"""Roles that a warehouse names: they belong to the server, so a dump of one database does not hold them."""

from __future__ import annotations

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict


class Role(BaseModel):
    """A role without its password: name, whether it may log in, and the roles it is a member of."""

    model_config = ConfigDict(frozen=True)

    nama: str
    login: bool
    anggota_dari: tuple[str, ...]


def named_roles(cursor: psycopg.Cursor) -> list[Role]:
    """Roles that own or may do something in this database, and their members; PostgreSQL's own ones left out."""
    cursor.execute(
        """
        with recursive bernama (oid) as (
            select d.refobjid from pg_shdepend as d join pg_database as b on b.datname = current_database()
            where d.refclassid = 'pg_authid'::regclass
                and (d.dbid = b.oid or (d.classid = 'pg_database'::regclass and d.objid = b.oid))
            union
            select m.member from pg_auth_members as m join bernama on bernama.oid = m.roleid
        )
        select r.rolname, r.rolcanlogin, array(
            select g.rolname from pg_auth_members as m join pg_roles as g on g.oid = m.roleid
            where m.member = r.oid and g.oid in (select oid from bernama) and m.inherit_option
            order by 1
        )
        from pg_roles as r
        where r.oid in (select oid from bernama) and not r.rolsuper and r.rolname !~ '^pg_'
        order by 1
        """
    )
    return [Role(nama=name, login=login, anggota_dari=tuple(groups)) for name, login, groups in cursor.fetchall()]


def database_privileges(cursor: psycopg.Cursor) -> list[tuple[str, str]]:
    """(role, privilege) that others than the owner have on this database; ``public`` is everybody."""
    cursor.execute(
        """
        select coalesce(r.rolname, 'public'), p.privilege_type
        from pg_database as b
        cross join aclexplode(coalesce(b.datacl, acldefault('d', b.datdba))) as p
        left join pg_roles as r on r.oid = p.grantee
        where b.datname = current_database() and p.grantee <> b.datdba
        order by 1, 2
        """
    )
    return cursor.fetchall()


def create_missing(cursor: psycopg.Cursor, roles: list[Role], owner: str) -> list[str]:
    """Create those that the server lacks, with their memberships; returns the ones that need a password to log in.

    The owner of the warehouse looks after them: set-up puts their rights, and passwords of its own ones, in order.
    """
    there = {name for (name,) in cursor.execute("select rolname from pg_roles").fetchall()}
    missing = [role for role in roles if role.nama not in there]
    for role in missing:
        kind = sql.SQL("login" if role.login else "nologin")
        cursor.execute(sql.SQL("create role {} {}").format(sql.Identifier(role.nama), kind))
        if role.nama != owner and cursor.execute("select current_user <> %s", (owner,)).fetchone() == (True,):
            cursor.execute(
                sql.SQL("grant {} to {} with admin true, inherit false, set false").format(
                    sql.Identifier(role.nama), sql.Identifier(owner)
                )
            )
    for role in missing:
        for group in role.anggota_dari:
            cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(role.nama)))
    return [role.nama for role in missing if role.login]


def grant_database(cursor: psycopg.Cursor, database: str, privileges: list[tuple[str, str]]) -> None:
    """Let these roles, and nobody else but its owner, do that with the database."""
    target = sql.Identifier(database)
    cursor.execute(sql.SQL("revoke all on database {} from public").format(target))
    for role, privilege in privileges:
        grantee = sql.SQL("public") if role == "public" else sql.Identifier(role)
        cursor.execute(sql.SQL("grant {} on database {} to {}").format(sql.SQL(privilege), target, grantee))
