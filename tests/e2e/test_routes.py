"""Somebody without a login gets nothing from any route of the api-server but what is listed here by name.

Its name puts it after ``test_installation.py``, which begins with the first ``make run`` of the installation they
share.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from outside import Airflow

from regsosek.airflow.plugin import PREFIX

pytestmark = pytest.mark.timeout(1800)

Route = tuple[str, str]

PUBLIC: dict[str, set[Route]] = {
    "whether Airflow lives, and its version": {("GET", "/api/v2/monitor/health"), ("GET", "/api/v2/version")},
    "the login, whoever sends a password to it, and the way out": {
        ("GET", "/auth/login/"), ("POST", "/auth/token"), ("POST", "/auth/token/cli"),
        ("POST", "/auth/api/v1/security/login"), ("GET", "/api/v2/auth/logout"), ("GET", "/auth/logout/"),
    },
    "the program of the pages, without anything in them": {
        ("GET", "/{rest_of_path:path}"), ("GET", "/static/"), ("GET", "/auth/static/<path:filename>"),
        ("GET", "/auth/static/appbuilder/<path:filename>"),
    },
    "what routes there are": {
        *(("GET", f"{app}/openapi.json") for app in ("", "/auth", "/execution")),
        *(("GET", f"{app}/{page}") for app in ("/auth", "/execution")  # no page leads there
          for page in ("docs", "docs/oauth2-redirect", "redoc")),
        ("GET", "/execution/changelog"),
    },
    "what was moved, or never was": {("GET", "/api/v1/{_:path}"), ("GET", "/api/{_:path}"), ("GET", "/health")},
    "the way back to the start page, also of whoever may not": {
        ("GET", "/auth/"), ("GET", "/auth/back"),
        *(("GET", f"/auth/{view}/action/<string:name>/<pk>")
          for view in ("actions", "permissions", "resources", "roles", "users")),
    },
}  # fmt: skip
"""What answers anybody, and with what. Nothing else does, whatever a later Airflow brings along."""


@pytest.fixture(scope="module")
def routes(airflow: Airflow) -> list[Route]:
    """All of them, by the application itself."""
    told = subprocess.run(
        [sys.executable, Path(__file__).with_name("routes.py")],
        env=airflow.installation.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [(method, path) for method, path in json.loads(told.stdout.splitlines()[-1])]


def documented(airflow: Airflow, prefix: str) -> set[Route]:
    """Those that the running server documents below that path."""
    document = httpx.get(f"{airflow.installation.url}{prefix}/openapi.json", trust_env=False).json()
    return {
        (method.upper(), prefix + path)
        for path, methods in document["paths"].items()
        for method in methods.keys() & {"get", "post", "put", "patch", "delete"}
    }


def plain(path: str) -> str:
    """A path with its parameters filled in."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "1", path)


def is_refused(answer: httpx.Response) -> bool:
    """Not allowed, or sent to the login, or a form without the token that only a page behind the login has."""
    if answer.is_redirect:
        return "/login" in answer.headers["location"]
    return answer.status_code in (401, 403) or (answer.status_code == 400 and "CSRF" in answer.text)


def test_the_list_of_routes_is_whole(airflow: Airflow, routes: list[Route]) -> None:
    known = {(method, plain(path)) for method, path in routes}
    for prefix in ("", "/auth"):  # that for tasks has no such document
        there = {(method, plain(path)) for method, path in documented(airflow, prefix)}
        assert there and there <= known, sorted(there - known)
    assert {path for _, path in routes if path.startswith(PREFIX)} == {
        f"{PREFIX}/{page}" for page in ("gerbang/{gate}", "rilis", "dokumen", "dokumen/{name}")
    }
    assert len(routes) > 200


def test_nobody_reads_or_does_anything_without_a_login(airflow: Airflow, routes: list[Route]) -> None:
    with httpx.Client(base_url=airflow.installation.url, trust_env=False, timeout=60) as anonymous:
        open_to_all = {
            (method, path): answer.status_code
            for method, path in routes
            if not is_refused(answer := anonymous.request(method, plain(path), json=None if method == "GET" else {}))
        }
    named = set().union(*PUBLIC.values())
    assert sorted(open_to_all.keys() - named) == []
    assert sorted(named - open_to_all.keys()) == []  # the list says no more than is so
