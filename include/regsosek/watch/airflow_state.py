"""What Airflow's metadata say of our DAGs; read in the database, because Airflow itself may be down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from regsosek.local.installation import Installation
from regsosek.settings import Settings
from regsosek.warehouse.embedded import EmbeddedServerError

WATCHED = ("regsosek_refresh", "regsosek_profil", "regsosek_watch", "regsosek_housekeeping")
"""DAGs that are meant to be on; that of the public figures is off until somebody wants it."""

REFRESH = WATCHED[0]


@dataclass(frozen=True)
class AirflowState:
    """DAGs that are paused, and the last refresh that ended: its run id, whether it failed, when; None: none has."""

    paused: tuple[str, ...] = ()
    last_refresh: tuple[str, bool, datetime] | None = None


def airflow_state(settings: Settings) -> AirflowState:
    """The state of now; an empty one where there is no Airflow."""
    installation = Installation(settings)
    if not installation.airflow.database_url and not installation.server.data.exists():
        return AirflowState()  # to ask for its URL would make a password for what is not there
    try:
        url = installation.database_url.replace("postgresql+psycopg2://", "postgresql://", 1)
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            paused = connection.execute(
                "select dag_id from dag where is_paused and dag_id = any(%s) order by 1", (list(WATCHED),)
            ).fetchall()
            last = connection.execute(
                "select run_id, state = 'failed', end_date from dag_run "
                "where dag_id = %s and state in ('success', 'failed') order by end_date desc nulls last limit 1",
                (REFRESH,),
            ).fetchone()
    except (psycopg.Error, EmbeddedServerError, OSError):
        return AirflowState()
    return AirflowState(tuple(name for (name,) in paused), last)
