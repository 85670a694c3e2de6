"""``make run`` without a landing: synthetic deliveries, but never beside real ones."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from regsosek.local.installation import Installation
from regsosek.local.run import provide_sample
from regsosek.local.setup import SetupFailedError
from regsosek.settings import Settings


def test_the_sample_is_not_made_beside_other_deliveries(settings: Settings, warehouse: psycopg.Connection) -> None:
    own = settings.model_copy(update={"landing_url": ""})
    warehouse.execute("insert into ops.kiriman (folder, sidik, versi, keadaan) values ('asli', 'x', 'final', 'terbit')")
    with pytest.raises(SetupFailedError, match="LANDING_URL"):
        provide_sample(Installation(own), Console(quiet=True))
    assert not Path(own.landing).exists()
    warehouse.execute("delete from ops.kiriman")
    provide_sample(Installation(own), Console(quiet=True))
    assert len(list(Path(own.landing).iterdir())) == 3


def test_a_landing_of_ones_own_is_left_alone(settings: Settings) -> None:
    Path(settings.landing).mkdir()
    provide_sample(Installation(settings), Console(quiet=True))
    assert list(Path(settings.landing).iterdir()) == []
