from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from django.db import OperationalError, connection, connections
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings
from zappa_xray.testing import Document, TraceDaemon
from zappa_xray.tracing.queries import RecordedQueries, query_text

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def execute(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(request.GET["sql"], request.GET.getlist("parameter"))
    return HttpResponse("ok")


def many(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE t (a text)")
        cursor.executemany("INSERT INTO t VALUES (%s)", [["SECRET"], ["SECRET"]])
    return HttpResponse("ok")


def procedure(request: HttpRequest) -> HttpResponse:
    class Cursor:
        def callproc(self, name: str, parameters: list[str]) -> None:
            pass

    CursorWrapper(Cursor(), connection).callproc("refresh_totals", ["SECRET"])
    return HttpResponse("ok")


urlpatterns = [path("execute/", execute), path("many/", many), path("procedure/", procedure)]


def queries(trace_daemon: TraceDaemon) -> list[Document]:
    assert b"SECRET" not in b"".join(trace_daemon.packets)
    return [one for one in trace_daemon.documents[-1]["subsegments"] if "sql" in one]


def test_a_query_is_recorded_without_its_parameters(trace_daemon: TraceDaemon) -> None:
    Client().get("/execute/", {"sql": "SELECT 1 WHERE 'a' = %s", "parameter": "SECRET"})

    [query] = queries(trace_daemon)
    assert query["name"] == "default"
    assert query["namespace"] == "remote"
    assert query["sql"] == {
        "database_type": "sqlite",
        "sanitized_query": "SELECT 1 WHERE ? = %s",
    }


def test_values_in_the_text_of_a_query_are_placeholders(trace_daemon: TraceDaemon) -> None:
    Client().get("/execute/", {"sql": "SELECT 'SECRET' AS name, 4711 AS number"})

    [query] = queries(trace_daemon)
    assert query["sql"]["sanitized_query"] == "SELECT ? AS name, ? AS number"


def test_many_rows_are_one_query(trace_daemon: TraceDaemon) -> None:
    Client().get("/many/")

    texts = [query["sql"]["sanitized_query"] for query in queries(trace_daemon)]
    assert texts == ["CREATE TEMPORARY TABLE t (a text)", "INSERT INTO t VALUES (%s)"]


def test_a_stored_procedure_has_its_name(trace_daemon: TraceDaemon) -> None:
    connection.ensure_connection()
    Client().get("/procedure/")

    [query] = queries(trace_daemon)
    assert query["sql"]["sanitized_query"] == "refresh_totals"


def test_a_query_that_fails_is_a_fault_with_the_line_that_asked(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(OperationalError):
        Client().get("/execute/", {"sql": "SELECT missing"})

    [query] = queries(trace_daemon)
    [exception] = query["cause"]["exceptions"]
    assert query["fault"] is True
    assert (exception["type"], exception["message"]) == (
        "OperationalError",
        "no such column: missing",
    )
    assert "execute" in [frame["label"] for frame in exception["stack"]]


@pytest.mark.parametrize("stream_sql", [True, False])
def test_the_text_is_left_out_where_the_settings_say_so(
    trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch, stream_sql: bool
) -> None:
    monkeypatch.setattr(xray_recorder, "stream_sql", stream_sql)

    Client().get("/execute/", {"sql": "SELECT 1"})

    [query] = queries(trace_daemon)
    assert ("sanitized_query" in query["sql"]) is stream_sql


def database(**settings: str) -> str:
    """The name of a database with these settings."""
    other = connections["default"].copy("other")
    other.settings_dict = other.settings_dict | settings
    return RecordedQueries(other).name


def test_each_database_has_its_own_name() -> None:
    assert database() == "other"
    assert database(HOST="db.example", NAME="notes") == "notes@db.example"
    assert database(HOST="db.example", NAME="people") == "people@db.example"


@pytest.mark.parametrize("debug", [True, False])
def test_locally_while_debugging_a_query_tells_which_line_it_came_from(
    debug: bool, trace_daemon: TraceDaemon, settings: Settings
) -> None:
    settings.DEBUG = debug
    connection.execute_wrappers[:] = [RecordedQueries(connection)]
    Client().get("/execute/", {"sql": "SELECT 1"})
    connection.execute_wrappers.clear()
    connection_created.send(type(connection), connection=connection)

    [query] = queries(trace_daemon)
    where = query.get("metadata", {}).get("tracing", {}).get("where", "")
    line = execute.__code__.co_firstlineno + 2
    assert where == (f"tests/library/tracing/test_queries.py:{line} execute" if debug else "")


def test_an_owners_own_wrapper_is_the_one_that_goes(trace_daemon: TraceDaemon) -> None:
    def counted(execute: Any, *arguments: Any) -> Any:
        calls.append(arguments[0])
        return execute(*arguments)

    calls: list[str] = []
    connection.execute_wrappers.clear()
    with connection.execute_wrapper(counted):
        connection_created.send(type(connection), connection=connection)
        Client().get("/execute/", {"sql": "SELECT 1"})
    Client().get("/execute/", {"sql": "SELECT 2"})

    assert calls == ["SELECT 1"]
    assert [query["sql"]["sanitized_query"] for query in queries(trace_daemon)] == ["SELECT 2"]


def test_a_composed_query_is_read_as_its_driver_reads_it() -> None:
    class Composed:
        def as_string(self) -> str:
            return "SELECT 'SECRET'"

    assert query_text(Composed(), "postgresql") == "SELECT ?"
    assert query_text(b"SELECT 'SECRET'", "postgresql") == "SELECT ?"


def test_what_cannot_be_read_is_named_by_its_kind() -> None:
    class Composed:
        def as_string(self, context: object) -> str:
            return "SELECT 'SECRET'"

    assert query_text(Composed(), "postgresql") == "(Composed)"
