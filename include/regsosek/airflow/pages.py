"""Pages of gates and releases, and the documentation, behind Airflow's login.

Airflow does not authenticate applications that plugins mount, so this one asks Airflow's own dependency who the reader
is, and Airflow's own authorisation whether they may see runs of the DAG.
"""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from regsosek.airflow import DAG_ID
from regsosek.gates.page import page_path
from regsosek.release.page import release_page
from regsosek.settings import Settings
from regsosek.site import DBT, INDEX, site_folder

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Our pages have no script and fetch nothing but pictures from here; should one ever try, the browser refuses."""

OF_DBT = HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; frame-ancestors 'self'"
    )
}
"""dbt's page is one program with all it needs in it; it fetches nothing either."""

app = FastAPI(title="Regsosek", docs_url=None, redoc_url=None, openapi_url=None)


@app.exception_handler(401)
async def log_in(request: Request, _: Exception) -> Response:
    """Send whoever is not logged in to Airflow's login, and back here afterwards."""
    return RedirectResponse(get_auth_manager().get_url_login(next_url=str(request.url)), status_code=303)


def reader(user: Annotated[BaseUser, Depends(get_user)]) -> BaseUser:
    """Who reads; 401 without login, 403 for a user who may not see runs of the DAG."""
    allowed = get_auth_manager().is_authorized_dag(
        method="GET", access_entity=DagAccessEntity.RUN, details=DagDetails(id=DAG_ID), user=user
    )
    if not allowed:
        raise HTTPException(403, "Anda tidak berhak melihat halaman ini.")
    return user


@app.get("/gerbang/{gate}", dependencies=[Depends(reader)])
def gate_page(gate: int, jalan: str) -> HTMLResponse:
    """The page of that gate for one run of the DAG."""
    settings = Settings()
    page = page_path(settings, jalan, gate).resolve()
    if not page.is_relative_to((settings.artefacts / "gates").resolve()) or not page.is_file():
        raise HTTPException(404, "Gerbang itu belum punya halaman untuk jalan ini.", headers=HEADERS)
    return HTMLResponse(page.read_text(encoding="utf-8"), headers=HEADERS)


@app.get("/rilis", dependencies=[Depends(reader)])
def release(jalan: str) -> HTMLResponse:
    """The page of the release that run of the DAG published."""
    page = release_page(Settings(), jalan)
    if page is None:
        raise HTTPException(404, "Jalan itu tidak menerbitkan rilis.", headers=HEADERS)
    return HTMLResponse(page, headers=HEADERS)


@app.get("/dokumen", dependencies=[Depends(reader)])
def documents(request: Request) -> RedirectResponse:
    """To the index of the documentation."""
    return RedirectResponse(f"{request.url.path}/{INDEX}", status_code=307, headers=HEADERS)


@app.get("/dokumen/{name}", dependencies=[Depends(reader)])
def document(name: str) -> FileResponse:
    """One page of the documentation, or a picture on it."""
    folder = site_folder(Settings()).resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise HTTPException(404, "Tidak ada dokumen itu. `make docs` membuat semuanya.", headers=HEADERS)
    return FileResponse(path, headers=OF_DBT if name == DBT else HEADERS)
