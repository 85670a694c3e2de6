"""The declaration of roles, and the places that have to agree with it."""

from __future__ import annotations

import re

from regsosek.access.declaration import declaration
from regsosek.settings import PROJECT
from regsosek.yaml_file import read_yaml


def test_the_server_of_the_compose_file_takes_as_many_connections() -> None:
    command = read_yaml(PROJECT / "docker-compose.yml")["services"]["postgres"]["command"]
    assert re.findall(r"max_connections=(\d+)", command) == [str(declaration().max_connections)]


def test_every_reader_has_limits() -> None:
    for name, role in declaration().roles.items():
        assert 0 < role.connections <= 250, name
        assert {"statement_timeout", "idle_in_transaction_session_timeout"} <= role.settings.keys(), name
        assert not {"raw", "registri", "agregat", "antara", "kandidat", "terbit", "restricted"} & role.reads.keys(), (
            name
        )
