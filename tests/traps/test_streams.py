"""Trap 21: a response that is streamed is told as what it was, as Zappa sends it."""

import pytest

from emulator.daemon import Daemon
from emulator.events import response_body
from emulator.function import Function
from tests.traps.reading import complete, queries

pytestmark = pytest.mark.slow


def test_trap_21_it_lasts_until_it_is_sent_with_its_queries_below_it(
    function: Function, daemon: Daemon
) -> None:
    response = function.request("GET", "/streams/")

    assert response_body(response) == b"firstsecond"
    document = complete(daemon.documents)
    assert document["end_time"] - document["start_time"] >= 0.2
    assert document["annotations"]["status"] == 200
    [query] = queries(daemon.documents)
    assert query["parent_id"] == document["id"]
    daemon.clear()

    function.request("GET", "/query/")
    assert len(queries(daemon.documents)) == 1


@pytest.mark.parametrize("path", ["/streams/?break", "/streams-asynchronously/"])
def test_trap_21_one_that_breaks_is_the_500_that_zappa_answers(
    function: Function, daemon: Daemon, path: str
) -> None:
    response = function.request("GET", path)

    assert response["statusCode"] == 500
    document = complete(daemon.documents)
    assert document["fault"] is True
    assert document["annotations"]["status"] == document["http"]["response"]["status"] == 500
    exception, *_ = document["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("ValueError", "broken while it is sent")
    assert exception["stack"][-1]["label"] == "content"
    assert f"GET {path.partition('?')[0]} 500 in" in function.log
    assert "broken while it was sent: ValueError" in function.log


def test_trap_21_a_file_is_one_complete_request(function: Function, daemon: Daemon) -> None:
    response = function.request("GET", "/file/")

    assert response_body(response) == b"x" * 10_000
    document = complete(daemon.documents)
    assert document["http"]["response"] == {"status": 200, "content_length": 10_000}
    assert "metadata" not in document
