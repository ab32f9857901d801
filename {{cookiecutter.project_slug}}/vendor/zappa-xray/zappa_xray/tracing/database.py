"""The wait for a new connection to the database, which the SDK does not record."""

import functools

from aws_xray_sdk.core import xray_recorder
from django.db.backends.base.base import BaseDatabaseWrapper


def trace_connections() -> None:
    """Records each new connection as the subsegment `connect <alias>`.

    A database that a function cannot reach answers nothing: without it, the wait has no name.
    """
    connect = BaseDatabaseWrapper.connect

    @functools.wraps(connect)
    def recorded(connection: BaseDatabaseWrapper) -> None:
        with xray_recorder.in_subsegment(f"connect {connection.alias}", namespace="remote") as it:
            if it:
                host = connection.settings_dict["HOST"] or "local"
                it.set_sql({"database_type": connection.vendor, "url": host})
            connect(connection)

    setattr(BaseDatabaseWrapper, "connect", recorded)  # noqa: B010  # to mypy it is no variable
