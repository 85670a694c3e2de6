"""``python -m regsosek.local.health scheduler``: is that process of Airflow healthy? Exit code 0 if it is.

The api-server knows of every process by its heartbeat, so one quick question to it does for all of them; Airflow's own
check imports Airflow, seconds of work for an office machine to do every minute in every container.
"""

from __future__ import annotations

import json
import os
import sys
from urllib.request import urlopen


def healthy(url: str, part: str) -> bool:
    """Whether the api-server at ``url`` answers and reports ``part`` (scheduler, dag_processor, ...) as healthy."""
    try:
        # The part that tasks talk to builds itself when first asked, which takes seconds: better now than by a task.
        urlopen(f"{url.rstrip('/')}/execution/health", timeout=10).close()
        with urlopen(f"{url.rstrip('/')}/api/v2/monitor/health", timeout=10) as answer:
            state = json.load(answer)
    except OSError:
        return False
    return bool(state[part]["status"] == "healthy")


if __name__ == "__main__":
    sys.exit(not healthy(os.environ["REGSOSEK_AIRFLOW_SERVER_URL"], sys.argv[1]))
