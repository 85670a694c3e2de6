"""What roles may read and call: the grants a database has, those it should have, and the difference made good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from regsosek.access.declaration import declaration

PUBLIC = "public"
"""How PostgreSQL calls everybody; no role of that name can exist."""


@dataclass(frozen=True, order=True)
class Grant:
    """One privilege that somebody holds.

    Attributes:
        kind: database, schema, table, sequence, routine, or default (of what is made later).
        target: the object as SQL; of a default, where it holds and what for.
        role: a role of ours, or ``public``.
        privilege: as PostgreSQL names it, with the column in brackets where it is of one.
        grantable: whether it may be handed on, which nobody should.
    """

    kind: str
    target: str
    role: str
    privilege: str
    grantable: bool = False

    def statement(self, verb: str) -> sql.SQL:
        """``grant`` or ``revoke`` it."""
        direction = "to" if verb == "grant" else "from"
        role = PUBLIC if self.role == PUBLIC else f'"{self.role}"'
        where, _, things = self.target.rpartition(" on ")
        if self.kind == "default":
            text = f"alter default privileges {where} {verb} {self.privilege} on {things} {direction} {role}"
        else:
            text = f"{verb} {self.privilege} on {self.kind} {self.target} {direction} {role}"
        return sql.SQL(text if verb == "grant" else f"{text} cascade")  # all from the catalogue


def repair_grants(cursor: psycopg.Cursor) -> list[str]:
    """Revoke what nobody should have and grant what is lacking, on all that the pipeline owns; returns what was done.

    Roles that do not exist are passed over: making them is set-up's.
    """
    path = cursor.execute("select current_setting('search_path')").fetchone()
    cursor.execute("select set_config('search_path', '', true)")  # so that every name comes with its schema
    roles = managed_roles(cursor)
    held = {Grant(*row) for row in cursor.execute(HELD, {"roles": roles}).fetchall()}
    wanted = {grant for grant in _wanted(cursor) if grant.role in roles}
    done = [("revoke", grant) for grant in sorted(held - wanted)] + [
        ("grant", grant) for grant in sorted(wanted - held)
    ]
    for verb, grant in done:
        cursor.execute(grant.statement(verb))
    cursor.execute("select set_config('search_path', %s, true)", path)
    return [f"{verb} {grant.privilege.lower()}, {grant.kind} {grant.target}, {grant.role}" for verb, grant in done]


def managed_roles(cursor: psycopg.Cursor) -> list[str]:
    """Names of the roles of ours that exist: those of ``roles.yml`` and the village logins."""
    rows = cursor.execute(
        "select rolname::text from pg_roles where rolname = any(%s) or rolname in (select pengguna from ops.hak_desa)",
        (list(declaration().roles),),
    )
    return sorted(name for (name,) in rows.fetchall())


def _wanted(cursor: psycopg.Cursor) -> Iterator[Grant]:
    """What ``roles.yml`` asks for, as far as the objects exist."""
    (database,) = cursor.execute("select quote_ident(current_database())").fetchone() or ("",)
    there = set(cursor.execute(RELATIONS).fetchall())
    schemas = {schema for (schema,) in cursor.execute("select nspname::text from pg_namespace").fetchall()}
    logins = cursor.execute("select distinct pengguna from ops.hak_desa").fetchall()
    yield from (Grant("database", database, login, "CONNECT") for (login,) in logins)
    for name, role in declaration().roles.items():
        if not role.group:
            yield Grant("database", database, name, "CONNECT")
        for schema, chosen in role.reads.items():
            if schema not in schemas:
                continue
            yield Grant("schema", schema, name, "USAGE")
            if chosen == "all":
                yield Grant("default", f"in schema {schema} on tables", name, "SELECT")
            for relation_schema, relation, target in there:
                if relation_schema == schema and (chosen == "all" or relation in chosen):
                    yield Grant("table", target, name, "SELECT")
        for call in role.calls:
            function = cursor.execute("select to_regprocedure(%s)::text", (call,)).fetchone()
            if function is not None and function[0] is not None:
                yield Grant("schema", call.partition(".")[0], name, "USAGE")
                yield Grant("routine", function[0], name, "EXECUTE")


RELATIONS = """
    select n.nspname::text, c.relname::text, format('%I.%I', n.nspname, c.relname)
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_has_role(c.relowner, 'usage')
"""

HELD = """
    with penerima (oid, nama) as (
        select oid, rolname::text from pg_roles where rolname = any(%(roles)s)
        union all
        select 0, 'public'
    ),
    skema as (
        select * from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
    ),
    izin (jenis, sasaran, kolom, pemilik, acl) as (
        select 'database', quote_ident(datname), null, datdba, coalesce(datacl, acldefault('d', datdba))
        from pg_database
        where datname = current_database()
        union all
        select 'schema', quote_ident(nspname), null, nspowner, nspacl
        from skema
        union all
        select case c.relkind when 'S' then 'sequence' else 'table' end, format('%%I.%%I', s.nspname, c.relname), null,
            c.relowner, c.relacl
        from pg_class as c
        join skema as s on s.oid = c.relnamespace
        union all
        select 'table', format('%%I.%%I', s.nspname, c.relname), quote_ident(a.attname), c.relowner, a.attacl
        from pg_attribute as a
        join pg_class as c on c.oid = a.attrelid
        join skema as s on s.oid = c.relnamespace
        where a.attacl is not null and not a.attisdropped
        union all
        select 'routine', p.oid::regprocedure::text, null, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
        from pg_proc as p
        join skema as s on s.oid = p.pronamespace
        union all
        select 'default',
            'in schema ' || quote_ident(s.nspname) || ' on ' || case d.defaclobjtype
                when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines' when 'T' then 'types' end,
            null, d.defaclrole, d.defaclacl
        from pg_default_acl as d
        join skema as s on s.oid = d.defaclnamespace
        union all
        select 'default', ' on ' || case d.defaclobjtype
                when 'r' then 'tables' when 'S' then 'sequences' when 'n' then 'schemas' end,
            null, d.defaclrole, d.defaclacl
        from pg_default_acl as d
        where d.defaclnamespace = 0 and d.defaclobjtype in ('r', 'S', 'n')
    )
    select i.jenis, i.sasaran, p.nama, a.privilege_type || coalesce(' (' || i.kolom || ')', ''), a.is_grantable
    from izin as i
    cross join lateral aclexplode(i.acl) as a
    join penerima as p on p.oid = a.grantee
    where pg_has_role(i.pemilik, 'usage')
        -- Everybody may look up names in schema public, where there is nothing for anybody.
        and not (i.jenis = 'schema' and i.sasaran = 'public' and p.nama = 'public')
"""
