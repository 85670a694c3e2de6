"""Every route of the api-server of an installation, as JSON: ``python routes.py`` in its environment.

The server's OpenAPI documents leave out what Airflow's own pages ask for, the login's views, and what plugins mount.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def below(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of these routes, and of the applications mounted among them."""
    for route in routes:
        path = prefix + route.path
        if getattr(route, "methods", None):
            yield from ((method, path) for method in sorted(route.methods - {"HEAD", "OPTIONS"}))
        elif inner := getattr(route, "routes", None):
            yield from below(inner, path)
        elif (flask := getattr(route.app, "app", None)) is not None and hasattr(flask, "url_map"):
            for rule in flask.url_map.iter_rules():
                yield from ((method, path + rule.rule) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}))
        else:
            yield "GET", f"{path}/"


if __name__ == "__main__":
    from airflow.api_fastapi.app import create_app

    print(json.dumps(sorted(set(below(create_app().routes)))))
