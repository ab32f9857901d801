"""SQL queries as subsegments, recorded where Django offers it: around each call of its cursors.

https://docs.djangoproject.com/en/stable/topics/db/instrumentation/
"""

import functools
from collections.abc import Callable
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.utils.stacktrace import get_stacktrace
from django.conf import settings as django_settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper

from zappa_xray.tracing.context import QuietContext
from zappa_xray.tracing.invocation import IN_LAMBDA
from zappa_xray.tracing.mending import usable_name
from zappa_xray.tracing.sql import without_literals
from zappa_xray.tracing.stack import innermost_own_now


def record_queries() -> None:
    """Records each query of every connection. It stands in place of the SDK's `patch_db`.

    The SDK's own way costs three times as much, and gives all databases of one kind the name of
    the one that was used last.
    """
    connection_created.connect(_record_queries_of, dispatch_uid="zappa_xray.queries")
    for connection in connections.all(initialized_only=True):
        _record_queries_of(connection=connection)
    if not hasattr(CursorWrapper.callproc, "__wrapped__"):
        setattr(CursorWrapper, "callproc", _recorded_procedure(CursorWrapper.callproc))  # noqa: B010


def query_text(sql: Any, vendor: str) -> str:
    """The text of a query without values; `sql` is a text or, with psycopg, a composed one."""
    if isinstance(sql, bytes):
        sql = sql.decode(errors="replace")
    elif not isinstance(sql, str):
        try:
            sql = sql.as_string()
        except Exception:  # psycopg 2 cannot without its connection
            return f"({type(sql).__name__})"
    return without_literals(sql, vendor)


def _record_queries_of(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    # First, so that `with connection.execute_wrapper(...)` takes its own away, the last one.
    if not any(isinstance(one, RecordedQueries) for one in connection.execute_wrappers):
        connection.execute_wrappers.insert(0, RecordedQueries(connection))


class RecordedQueries:
    """The wrapper of one connection's queries; `name` is what X-Ray calls its database."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        settings = connection.settings_dict
        host, database = settings.get("HOST"), settings.get("NAME")
        self.name = usable_name(f"{database}@{host}" if host else connection.alias)
        self.facts = {"database_type": connection.vendor}
        if user := settings.get("USER"):
            self.facts["user"] = str(user)
        self.tells_where = django_settings.DEBUG and not IN_LAMBDA

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        recording = xray_recorder.context
        if not isinstance(recording, QuietContext):  # a service has put its own in its place
            return execute(sql, params, many, context)
        query = recording.begin_call(self.name)
        if query is None:
            return execute(sql, params, many, context)
        if xray_recorder.stream_sql:
            text = query_text(sql, self.facts["database_type"])
            query.sql = {**self.facts, "sanitized_query": text}
        else:
            query.sql = self.facts
        if self.tells_where and (where := innermost_own_now()):
            query.put_metadata("where", where, "tracing")
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            query.add_exception(error, get_stacktrace(limit=xray_recorder.max_trace_back))
            raise
        finally:
            recording.end_call(query)


def _recorded_procedure(callproc: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callproc)
    def recorded(cursor: CursorWrapper, procname: str, *args: Any, **kwargs: Any) -> Any:
        wrappers = cursor.db.execute_wrappers
        recording = next((one for one in wrappers if isinstance(one, RecordedQueries)), None)

        def execute(*_: Any) -> Any:
            return callproc(cursor, procname, *args, **kwargs)

        return recording(execute, procname, None, False, {}) if recording else execute()

    return recorded
