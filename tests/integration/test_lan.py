"""Who gets in from where, by the rules of docker-compose.yml on a real server; the wheel's build has no TLS to try."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from regsosek.access.roles import repair_access
from regsosek.cli.dsn import role_url
from regsosek.settings import PROJECT, Settings
from regsosek.warehouse.embedded import EmbeddedServer
from regsosek.warehouse.schema import migrate
from regsosek.yaml_file import read_yaml

VILLAGE = "desa_3328130005"
READERS = ("engineer", "planner", "public_reader", VILLAGE, "ani")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server with all roles, and a login that an administrator made a planner."""
    embedded = EmbeddedServer(tmp_path_factory.mktemp("lan"), shared_buffers="32MB")
    try:
        embedded.start()
        settings = Settings(home=embedded.home, warehouse_url=embedded.owner_url)
        migrate(settings)
        with psycopg.connect(embedded.owner_url) as owner:
            owner.execute("insert into ops.hak_desa (pengguna, kode_desa) values (%s, '3328130005')", (VILLAGE,))
        repair_access(settings)
        with psycopg.connect(embedded.owner_url) as owner:
            owner.execute("create role ani login password 'ani' in role planner")
            owner.execute("grant connect on database regsosek to ani")
        yield embedded
    finally:
        embedded.destroy()


def rules() -> list[str]:
    """Lines of pg_hba.conf in the compose file, as they are without an .env."""
    text = read_yaml(PROJECT / "docker-compose.yml")["configs"]["pg_hba"]["content"]
    return [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", line) for line in text.splitlines()]


def admit(server: EmbeddedServer, lines: list[str]) -> None:
    """Let the server live by these rules; in a build without TLS hostssl can only be tried as host."""
    text = "\n".join(line.replace("hostssl", "host") for line in lines)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        (server.data / "pg_hba.conf").write_text(f"{text}\n", encoding="utf-8")
        assert admin.execute("select count(*) from pg_hba_file_rules where error is not null").fetchone() == (0,)
        admin.execute("select pg_reload_conf()")
        admin.execute("select pg_sleep(0.5)")


def url(server: EmbeddedServer, user: str, database: str) -> str:
    if user == "ani":
        return server.owner_url.replace(server.owner_url.split("@")[0], "postgresql://ani:ani").replace(
            "/regsosek", f"/{database}"
        )
    if user in ("regsosek_owner", "airflow", "postgres"):
        return server.url(user, database)
    settings = Settings(home=server.home, warehouse_url=server.owner_url)
    return role_url(settings, user).replace("/regsosek", f"/{database}")


def gets_in(server: EmbeddedServer, user: str, database: str) -> bool:
    try:
        psycopg.connect(url(server, user, database)).close()
    except psycopg.OperationalError as error:
        assert "pg_hba.conf" in str(error), error  # and not because of a password, or the database's own rights
        return False
    return True


def test_everybody_by_the_way_that_is_theirs(server: EmbeddedServer) -> None:
    everybody = [*READERS, "regsosek_owner", "airflow", "postgres"]
    original = (server.data / "pg_hba.conf").read_text(encoding="utf-8").splitlines()
    inside, office = "172.29.22.128/25", rules()[-1].split()[3]
    outside = [line for line in rules() if "127.0.0.1/32" not in line or line.startswith("hostssl")]

    admit(server, [line.replace(office, "127.0.0.0/8") for line in outside])
    assert {user for user in everybody if gets_in(server, user, "regsosek")} == set(READERS)
    assert not any(gets_in(server, user, database) for user in everybody for database in ("airflow", "postgres"))

    # As containers; without a way back, this is the last thing this server is asked by others than them.
    (server.data / "pg_hba.conf").write_text("\n".join(original), encoding="utf-8")
    server.stop()
    server.start()
    admit(server, [line.replace(inside, "127.0.0.0/8") for line in rules() if "127.0.0.1/32" not in line])
    assert {user for user in everybody if gets_in(server, user, "regsosek")} == {"regsosek_owner"}
    assert gets_in(server, "airflow", "airflow")
    assert not gets_in(server, "postgres", "postgres")


def test_from_the_network_only_readers_and_only_with_tls() -> None:
    kinds = {line.split()[3]: line.split()[0] for line in rules() if "+planner" in line}
    assert list(kinds.values()) == ["host", "hostssl"]
    assert "trust" not in " ".join(rules())
    assert all(line.split()[-1] in ("scram-sha-256", "reject") for line in rules())


def test_ports_are_published_on_this_machine_only_unless_told_otherwise() -> None:
    services = read_yaml(PROJECT / "docker-compose.yml")["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 4
    for port in ports:
        assert re.match(r"(127\.0\.0\.1|\$\{[A-Z]+_ADDRESS:-127\.0\.0\.1\}):", port), port
    assert services["proxy"]["profiles"] == ["lan"]


def test_every_setting_of_the_network_is_in_the_example() -> None:
    example, page, compose = (
        (PROJECT / name).read_text(encoding="utf-8") for name in (".env.example", "docs/lan.md", "docker-compose.yml")
    )
    named = re.findall(r"^    ([A-Z_]+)=", page, re.MULTILINE)
    assert len(named) == 9
    for name in named:
        assert f"{name}=" in example, name
        assert f"${{{name}" in compose or name == "COMPOSE_PROFILES", name
