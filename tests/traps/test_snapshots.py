"""SnapStart's hooks under AWS's runtime client: nothing unique or open goes from a snapshot into a process."""

import json
from typing import Any

import pytest

from emulator.daemon import Daemon
from tests.traps.conftest import MakeFunction
from tests.traps.reading import complete

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traps")]

# What a service may do while it is loaded: open a connection, draw lots, do traced work.
VIEWS = """
import random, threading
from django.db import connection
from django.http import JsonResponse
from django.urls import path
from aws_xray_sdk.core import xray_recorder
from zappa_xray import traced

@traced
def warm_up():
    pass

connection.ensure_connection()
opened = connection.connection
warm_up()
random.seed(7)
DRAWN = random.Random(7).random()
socket = xray_recorder.emitter._socket

def watching():
    return {thread for thread in threading.enumerate() if thread.name == "tracing-deadline"}

threads = watching()

def kept(request):
    connection.ensure_connection()
    return JsonResponse({
        "connection": connection.connection is opened,
        "random": random.random() == DRAWN,
        "threads": len(threads) - len(threads - watching()),
        "there was a thread": len(threads),
        "socket": xray_recorder.emitter._socket is socket,
    })

urlpatterns = [path("kept/", kept)]
"""
KEPT = {"connection": True, "random": True, "threads": 1, "there was a thread": 1, "socket": True}
SNAPSTART = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}


def kept(make_function: MakeFunction, environment: dict[str, str]) -> dict[str, Any]:
    settings = 'ROOT_URLCONF = "snap_views"\nMIDDLEWARE = MIDDLEWARE[:1]\n'
    function = make_function(settings, environment=environment, files={"snap_views.py": VIEWS})
    found: dict[str, Any] = json.loads(function.request("GET", "/kept/")["body"])
    return found


def test_nothing_unique_or_open_is_kept_over_a_restore(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    nothing = dict.fromkeys(KEPT, False) | {"threads": 0, "there was a thread": 1}
    assert kept(make_function, SNAPSTART) == nothing
    assert complete(daemon.documents)["annotations"]["cold_start"] is True
    assert "init" not in [document["name"] for document in daemon.documents]


def test_without_a_snapshot_all_is_kept_as_it_was_loaded(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    assert kept(make_function, {}) == KEPT
