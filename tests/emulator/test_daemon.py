"""The daemon: it keeps what it got, byte by byte, and takes what the real one takes."""

from __future__ import annotations

import json
import socket

import pytest

from emulator.daemon import Daemon, parse

HEADER = b'{"format": "json", "version": 1}\n'
TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


def send(daemon: Daemon, *packets: bytes) -> None:
    host, port = daemon.address.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for packet in packets:
            sender.sendto(packet, (host, int(port)))


def test_keeps_packets_and_reads_documents(daemon: Daemon) -> None:
    document = {"id": "1", "trace_id": TRACE}
    packets = [HEADER + json.dumps(document).encode(), b"no header", HEADER + b"no document"]
    send(daemon, *packets)
    assert daemon.packets == packets
    assert daemon.documents == [document]
    assert daemon.of_trace(TRACE) == [document]
    assert daemon.of_trace("1-00000000-000000000000000000000000") == []


def test_has_nothing_when_nothing_was_sent(daemon: Daemon) -> None:
    assert daemon.packets == []


def test_forgets(daemon: Daemon) -> None:
    send(daemon, HEADER + b"{}")
    assert daemon.packets
    daemon.clear()
    assert daemon.packets == []


def test_waits_for_a_number_of_documents(daemon: Daemon) -> None:
    send(daemon, HEADER + b'{"id": "1"}', HEADER + b'{"id": "2"}')
    assert daemon.wait_for(2) == [{"id": "1"}, {"id": "2"}]


def test_waits_for_what_a_condition_wants(daemon: Daemon) -> None:
    send(daemon, HEADER + b'{"id": "1"}', HEADER + b'{"id": "2"}')
    found = daemon.wait_for(lambda documents: {"id": "2"} in documents)
    assert found[-1] == {"id": "2"}


def test_says_what_came_when_it_waited_in_vain(daemon: Daemon) -> None:
    send(daemon, HEADER + b'{"id": "1"}')
    with pytest.raises(TimeoutError, match=r"After 0.01 s .*'id': '1'"):
        daemon.wait_for(2, timeout=0.01)


def test_takes_the_packets_of_a_busy_request(daemon: Daemon) -> None:
    packets = [HEADER + json.dumps({"id": str(number)}).encode() for number in range(200)]
    send(daemon, *packets)
    assert daemon.packets == packets


@pytest.mark.parametrize("header", [b"", b"{}", b'{"format": "json", "version": 2}'])
def test_takes_no_document_behind_another_header(header: bytes) -> None:
    assert parse(HEADER + b"{}") == {}
    assert parse(header + b"\n{}") is None
