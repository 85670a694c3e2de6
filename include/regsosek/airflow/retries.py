"""What is worth trying again: a lost connection, never bad data."""

from __future__ import annotations

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

CONNECTION_LOST = RetryRule(
    exception=[
        "psycopg.OperationalError",
        "regsosek.warehouse.connection.WarehouseUnavailableError",
        "regsosek.warehouse.lease.LeaseHeldError",
        "builtins.ConnectionError",
        "builtins.TimeoutError",
    ],
    action=RetryAction.RETRY,
    reason="connection lost, warehouse busy: worth another try",
)

CONNECTION_LOST_ONLY = ExceptionRetryPolicy([CONNECTION_LOST], default=RetryAction.FAIL)
