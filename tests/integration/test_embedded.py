"""The embedded server: loopback, scram, own data, restart on the same port."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from regsosek.settings import Settings
from regsosek.warehouse.connection import connect
from regsosek.warehouse.embedded import EmbeddedServer
from regsosek.warehouse.schema import migrate


def test_two_installations_do_not_collide(tmp_path: Path) -> None:
    servers = [EmbeddedServer(tmp_path / name, shared_buffers="32MB") for name in ("one", "two")]
    try:
        for server in servers:
            server.start()
        assert servers[0].port != servers[1].port
        assert servers[0].base != servers[1].base
        with pytest.raises(psycopg.OperationalError):  # the password of the one does not open the other
            psycopg.connect(servers[0].owner_url.replace(str(servers[0].port), str(servers[1].port)))
    finally:
        for server in servers:
            server.destroy()
    assert not any(server.base.exists() for server in servers if server.system_user)


def test_restart_keeps_port_and_data(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path, shared_buffers="32MB")
    try:
        server.start()
        url = server.owner_url
        migrate(Settings(home=tmp_path, warehouse_url=url))
        server.stop()
        assert not server.running()
        server.start()
        assert server.owner_url == url
        with psycopg.connect(url) as connection:
            assert connection.execute("select epoch from ops.sewa").fetchone() == (0,)
    finally:
        server.destroy()


def test_a_folder_made_again_gets_a_server_of_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    lost = EmbeddedServer(home, shared_buffers="32MB")
    lost.start()
    lost.stop()
    left_behind = lost.base
    shutil.rmtree(home)
    server = EmbeddedServer(home, shared_buffers="32MB")
    try:
        server.start()
        assert server.running()
    finally:
        server.destroy()
        shutil.rmtree(left_behind, ignore_errors=True)


def test_it_listens_on_loopback_with_scram_only(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("postgres", "postgres")) as admin:
        assert admin.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        methods = admin.execute("select distinct auth_method from pg_hba_file_rules").fetchall()
        verifiers = admin.execute("select bool_and(rolpassword like 'SCRAM-SHA-256%') from pg_authid where rolcanlogin")
        assert methods == [("scram-sha-256",)]
        assert verifiers.fetchone() == (True,)


def test_a_backend_whose_client_is_gone_ends_in_the_middle_of_its_statement(server: EmbeddedServer) -> None:
    url = server.url("postgres", "postgres")
    with psycopg.connect(url, autocommit=True) as admin, closing(psycopg.connect(url)) as client:
        pid = client.info.backend_pid
        client.pgconn.send_query(b"select pg_sleep(60)")
        with socket.socket(fileno=os.dup(client.fileno())) as connected:
            connected.shutdown(socket.SHUT_RDWR)  # as when a process is killed: nothing is said any more
        until = time.monotonic() + 15
        alive = True
        while alive and time.monotonic() < until:
            time.sleep(0.2)
            row = admin.execute("select exists (select from pg_stat_activity where pid = %s)", (pid,)).fetchone()
            alive = row == (True,)
        assert not alive


def test_url_and_passwords_are_for_the_owner_of_the_installation_only(server: EmbeddedServer) -> None:
    kept = [server.home / "warehouse.url", *(server.home / "passwords").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_options_of_the_url_are_kept(server: EmbeddedServer) -> None:
    url = f"{server.url('postgres', 'postgres')}?options=-c%20search_path%3Dpg_temp%20-c%20work_mem%3D3MB"
    with connect(Settings(warehouse_url=url)) as connection:
        shown = [connection.execute(f"show {name}".encode()).fetchone() for name in ("search_path", "work_mem")]
        assert shown == [("pg_temp",), ("3MB",)]
        assert connection.execute("show enable_mergejoin").fetchone() == ("off",)
