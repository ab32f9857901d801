"""Traps 8, 9 and 19: what happens to the documents between the service and the daemon."""

import pytest

from emulator.daemon import Daemon
from emulator.function import Function
from tests.traps.conftest import MakeFunction
from tests.traps.reading import complete, queries

pytestmark = pytest.mark.slow

LARGEST_PACKET_BYTES = 65_507


def test_trap_08_neither_packets_nor_events_are_in_the_log(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(
        'LOGGING["root"]["level"] = "DEBUG"\nLOGGING["loggers"] = {}\n',
        zappa_settings={"log_level": "DEBUG"},
    )

    function.request("GET", "/query/", headers={"Authorization": "Token TOP-SECRET"})

    document = complete(daemon.documents)
    assert "DEBUG" in function.log
    assert document["id"] not in function.log
    assert '"format":"json"' not in function.log
    assert "TOP-SECRET" not in function.log


@pytest.mark.parametrize("threshold", [None, 0, 30])
def test_trap_09_a_request_with_queries_yields_its_packets(
    make_function: MakeFunction, daemon: Daemon, threshold: int | None
) -> None:
    function = make_function(f'XRAY_RECORDER["STREAMING_THRESHOLD"] = {threshold}\n')

    function.request("GET", "/query/?n=3")

    document = complete(daemon.documents)
    found = queries(daemon.documents)
    assert [one["sql"]["sanitized_query"] for one in found] == ["SELECT 1 WHERE 1 = %s"] * 3
    assert {one["parent_id"] for one in found} == {document["id"]}


def test_trap_19_a_document_over_64_kb_arrives_and_says_what_was_cut(
    function: Function, daemon: Daemon
) -> None:
    function.request("GET", "/large/")

    document = complete(daemon.documents)
    assert max(map(len, daemon.packets)) <= LARGEST_PACKET_BYTES
    assert document["annotations"]["route"] == "/large/"
    assert document["metadata"]["default"] == {"large": "x" * 2_000, "small": "kept"}
    assert document["metadata"]["tracing"]["shortened"] == [
        "metadata.default.large: 2000 of 200000 characters are left"
    ]


def test_trap_19_metadata_of_many_small_pieces_is_left_out(
    function: Function, daemon: Daemon
) -> None:
    function.request("GET", "/many-large/")

    document = complete(daemon.documents)
    assert max(map(len, daemon.packets)) <= LARGEST_PACKET_BYTES
    assert document["annotations"]["status"] == 200
    assert document["metadata"]["default"] == {}
    [note] = document["metadata"]["tracing"]["shortened"]
    assert note.startswith("metadata.default.numbers: ")


def test_trap_19_a_document_of_less_says_nothing(function: Function, daemon: Daemon) -> None:
    function.request("GET", "/ok/")

    assert "metadata" not in complete(daemon.documents)
