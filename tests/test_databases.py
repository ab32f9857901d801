"""The service against real servers: its own tests, and its package while the server comes and goes.

The servers are Debian's packages `postgresql` and `mariadb-server`, instances of the test's own.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from emulator.daemon import Daemon
from emulator.events import response_json
from emulator.function import Function
from emulator.processes import CommandFailed
from emulator.service import Service, offered_python
from tests.choices import Once, packaged, unpacked
from tests.databases import PASSWORD, MariaDB, PostgreSQL, Server, need

pytestmark = pytest.mark.slow

SERVERS = [
    pytest.param(kind, id=kind.__name__, marks=pytest.mark.xdist_group(kind.__name__))
    for kind in (PostgreSQL, MariaDB)
]
# How long a request waits for a server that accepts the connection and then says nothing.
SILENCE_SECONDS = {"postgresql": 5.0, "mysql": 25.0}
TITLE = "Milk 🥛 \\ 'two bottles'; DROP TABLE notes_note --"

Document = dict[str, Any]


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running server with an empty database."""
    kind: type[Server] = request.param
    need(kind)
    with kind() as server:
        yield server


@pytest.fixture(scope="module")
def service(server: Server, once: Once) -> Service:
    """The service whose answer to `database` is the server's kind."""
    return packaged(once, offered_python(), server.kind)


@dataclass
class Deployed:
    """The packaged service in one process, its database migrated, and a token to sign in with."""

    function: Function
    daemon: Daemon
    token: str = ""

    def request(self, method: str, path: str, **request: Any) -> tuple[int, Any, list[Document]]:
        """Return the answer's status and content, and the request's documents, all finished."""
        self.daemon.clear()
        headers = {"Authorization": f"Token {self.token}"}
        response = self.function.request(method, path, headers=headers, **request)
        documents = [document for document in self.daemon.documents if "end_time" in document]
        return response["statusCode"], response_json(response), documents


@pytest.fixture(scope="module")
def deployed(server: Server, service: Service, once: Once) -> Iterator[Deployed]:
    environment = {"DATABASE_URL": server.url, "DJANGO_SECRET_KEY": "secret " * 10}
    package = unpacked(once, service)
    with (
        Daemon() as daemon,
        Function(
            package, daemon.address, python=service.python, environment=environment
        ) as function,
    ):
        assert "Applying notes.0001_initial... OK" in function.manage("migrate --noinput")
        function.manage("createsuperuser --noinput --username ada --email ada@example.org")
        found = re.search("Generated token ([0-9a-f]{40})", function.manage("drf_create_token ada"))
        assert found
        yield Deployed(function, daemon, found[1])


def queries(documents: list[Document]) -> list[str]:
    return [
        document["sql"].get("sanitized_query", "") for document in documents if "sql" in document
    ]


def request_document(documents: list[Document]) -> Document:
    [document] = [document for document in documents if "annotations" in document]
    return document


def test_the_service_s_own_tests_pass(server: Server, service: Service) -> None:
    printed = service.make("test", environment={"DATABASE_URL": server.url})
    assert re.search(r"= \d+ passed in ", printed), printed


def test_the_service_s_own_tests_reach_the_server(server: Server, service: Service) -> None:
    server.stop()
    try:
        with pytest.raises(CommandFailed) as failure:
            service.make(
                "test", ARGS="-k test_a_note", environment={"DATABASE_URL": server.url}, timeout=120
            )
    finally:
        server.start()
    assert "Connection refused" in failure.value.output


def test_each_query_is_a_subsegment_of_its_request(server: Server, deployed: Deployed) -> None:
    status, note, documents = deployed.request("POST", "/api/notes/", json={"title": TITLE})
    assert (status, note["title"]) == (201, TITLE)
    request = request_document(documents)
    assert request["annotations"]["route"] == "/api/notes/"
    [insert] = [
        document for document in documents if "INSERT INTO" in " ".join(queries([document]))
    ]
    assert insert["parent_id"] == request["id"]
    assert insert["trace_id"] == request["trace_id"]
    assert insert["namespace"] == "remote"
    assert insert["sql"]["database_type"] == server.kind
    assert request["start_time"] <= insert["start_time"] <= insert["end_time"]
    sent = b"".join(deployed.daemon.packets).decode()
    assert "%s" in insert["sql"]["sanitized_query"]
    for personal in ("Milk", "two bottles", PASSWORD, deployed.token):
        assert personal not in sent


def test_what_was_written_is_found_in_its_order(deployed: Deployed) -> None:
    for title in ("b", "A", "ä", "🥛"):
        deployed.request("POST", "/api/notes/", json={"title": title, "body": "ordered"})
    status, page, documents = deployed.request("GET", "/api/notes/?search=ORDERED&ordering=-id")
    assert status == 200
    assert [note["title"] for note in page["results"]] == ["🥛", "ä", "A", "b"]
    assert len(queries(documents)) >= 2


def test_a_connection_lost_between_two_requests_is_made_anew(
    server: Server, deployed: Deployed
) -> None:
    _, _, documents = deployed.request("GET", "/api/notes/")
    assert not any(document["name"].startswith("connect") for document in documents)
    server.stop()
    server.start()
    assert deployed.function.is_warm
    status, _, documents = deployed.request("GET", "/api/notes/")
    assert status == 200
    [connect] = [document for document in documents if document["name"].startswith("connect")]
    assert "fault" not in connect


def test_without_the_server_a_request_fails_with_its_trace_and_recovers_with_it(
    server: Server, deployed: Deployed
) -> None:
    assert deployed.request("GET", "/api/notes/")[0] == 200
    server.stop()
    for _ in range(2):
        status, answer, documents = deployed.request("GET", "/api/notes/")
        assert (status, answer) == (500, {"detail": "Internal Server Error."})
        request = request_document(documents)
        assert request["fault"] is True
        assert request["annotations"]["status"] == 500
        assert request["cause"]["exceptions"][0]["type"] == "OperationalError"
        [connect] = [document for document in documents if document["name"].startswith("connect")]
        assert connect["parent_id"] == request["id"]
        assert connect["fault"] is True
        assert connect["cause"]["exceptions"][0]["type"] == "OperationalError"
        assert PASSWORD not in str(documents)
        assert deployed.request("GET", "/health/")[0] == 200
    server.start()
    assert deployed.function.is_warm
    status, _, documents = deployed.request("GET", "/api/notes/")
    assert status == 200
    assert "fault" not in request_document(documents)


def test_the_scheduled_function_outlives_a_lost_connection_too(
    server: Server, deployed: Deployed
) -> None:
    event = {"command": "notes.scheduled.count_new_notes"}
    deployed.function.invoke(event)
    server.stop()
    server.start()
    deployed.daemon.clear()
    deployed.function.invoke(event)
    assert any("COUNT(*)" in query for query in queries(deployed.daemon.documents))


def test_a_server_that_accepts_and_says_nothing_is_given_up_early(
    server: Server, service: Service, once: Once
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, Daemon() as daemon:
        url = f"{server.kind}://notes@127.0.0.1:{silent.getsockname()[1]}/notes"
        environment = {"DATABASE_URL": url, "DJANGO_SECRET_KEY": "secret " * 10}
        package = unpacked(once, service)
        with Function(
            package, daemon.address, python=service.python, environment=environment
        ) as function:
            assert function.request("GET", "/health/")["statusCode"] == 200
            deployed = Deployed(function, daemon, "0" * 40)
            started = time.monotonic()
            status, _, documents = deployed.request("GET", "/api/notes/")
            seconds = time.monotonic() - started
    assert status == 500
    assert SILENCE_SECONDS[server.kind] - 1 < seconds
    assert request_document(documents)["annotations"].get("timed_out") is None
