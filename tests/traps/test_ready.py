"""/ready/ where the database answers, where nobody listens, and where somebody listens and says nothing."""

import socket

import pytest

from emulator.daemon import Daemon
from emulator.events import response_json
from tests.traps.conftest import MakeFunction
from tests.traps.reading import complete

pytestmark = pytest.mark.slow

# The driver itself would wait for 5 s.
SETTINGS = """
from config import health

ROOT_URLCONF = "config.urls"
health.READY_SECONDS = 0.3
"""
AWAY = {"status": "the database does not answer"}


def test_a_database_that_answers_makes_the_service_ready(make_function: MakeFunction) -> None:
    answer = make_function(SETTINGS).request("GET", "/ready/")
    assert (answer["statusCode"], response_json(answer)) == (200, {"status": "ok"})


@pytest.mark.parametrize("listens", [True, False], ids=["silent", "refused"])
def test_a_database_that_is_away_makes_it_503_at_once_and_health_stays(
    make_function: MakeFunction, daemon: Daemon, listens: bool
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        address = f"postgresql://user:password@127.0.0.1:{server.getsockname()[1]}/notes"
        function = make_function(SETTINGS, environment={"DATABASE_URL": address})
        answer = function.request("GET", "/ready/", timeout=4)
        assert (answer["statusCode"], response_json(answer)) == (503, AWAY)
        document = complete(daemon.documents)
        assert document["annotations"]["route"] == "/ready/"
        assert document["fault"] is True
        assert ("The database does not answer: OperationalError" in function.log) is not listens
        assert "password" not in function.log
        assert function.request("GET", "/health/")["statusCode"] == 200
