"""How a test asserts what AWS X-Ray gets: `trace_daemon` catches it. Here of a view made for it."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from zappa_xray.testing import TraceDaemon, queries


def order(request: HttpRequest, number: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [number])
    return HttpResponse("an order", status=200 if number else 503)


urlpatterns = [path("orders/<int:number>/", order)]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_a_request_is_traced_by_its_route(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/orders/7/")
    request = trace_daemon.complete[-1]
    assert request["annotations"]["route"] == "/orders/{number}/"
    assert request["annotations"]["status"] == 200
    # With AUTO_INSTRUMENT off there is none.
    assert len([sql for sql in queries(request) if sql.startswith("SELECT")]) <= 1


def test_a_request_that_fails_is_a_fault(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/orders/0/")
    assert trace_daemon.complete[-1]["fault"] is True
