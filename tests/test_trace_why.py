"""Each cause of a slow, failed or refused request, planted in a served stage and explained by trace_why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.events import trace_fields
from emulator.gateway_responses import FORBIDDEN, THROTTLED
from emulator.processes import CommandFailed
from emulator.service import Service
from tests.emulator.asking import Answer, ask
from tests.managing import Managed
from tests.report_stage import served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reports")]

# A start that is slow on each machine, and a dump of what keeps the interpreter to itself.
SETTINGS = """
import time
time.sleep(1.2)
XRAY_TRACING = XRAY_TRACING | {"FAULTHANDLER": True, "DEADLINE_SECONDS": 3}
"""
KILLED = r"; the client got 504 after \d(\.\d)? s; Lambda killed it at 6 s"
STUCK = {
    "locked": r"waited .* for `SELECT name FROM sqlite_master WHERE name = %s` "
    r"\(report_views\.py:\d+ locked\)",
    "connects": r"waited .* for a connection to `GET http://127\.0\.0\.1:\d+/orders/` "
    r"\(report_views\.py:\d+ connects\)",
    "calls": r"waited .* for the answer to `GET http://127\.0\.0\.1:\d+/prices/` "
    r"\(report_views\.py:\d+ calls\)",
    "sleeps": r"ran 3(\.\d)? s in the service's own code, in report_views\.py:\d+ sleeps",
    "in-c": r"ran 6 s in C code that lets no other thread run, in [^ ]*report_views\.py:\d+ in_c",
}
ENDED = {
    "crashes": r"The process of GET /crashes/ ended after .* \(signal: .*\); the client got 502 .*",
    "large": r"The answer to GET /large/, made after .*, is larger than the 6 MB .*; the client got 500 .*",
    "broken": r"GET /broken/ failed after .* of LookupError: broken on purpose; the client got 500 .*",
    "items/1": r"GET /items/{id}/ was answered after .*, and nothing stands out; the client got 200 .*",
}


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAWS]:
    with EmulatedAWS() as aws:
        yield aws


@pytest.fixture(scope="module")
def answers(
    installed: Service, aws: EmulatedAWS, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Answer]]:
    """What the client got, by path below the stage."""
    database = tmp_path_factory.mktemp("why") / "db.sqlite3"
    with served(installed, aws, database, timeout=6, settings=SETTINGS) as stage:
        yield sent(stage)


def sent(stage: DeployedStage) -> dict[str, Answer]:
    def get(path: str) -> Answer:
        return ask(f"{stage.url}/{path}/", timeout=60)

    answers = {"cold": get("items/1")}
    answers |= {path: get(path) for path in ENDED}
    stage.gateway.seconds = 4.0
    with ThreadPoolExecutor() as clients:
        answers |= dict(zip(STUCK, clients.map(get, STUCK), strict=True))
    stage.function.wait_until_idle()
    stage.gateway.seconds = 29.0
    answers["after"] = get("items/2")
    stage.gateway.refuses = THROTTLED
    answers["throttled"] = get("items/3")
    stage.gateway.refuses = FORBIDDEN
    answers["refused"] = get("items/4")
    stage.settle()
    return answers


def trace_of(answer: Answer) -> str:
    return trace_fields(answer.headers["X-Amzn-Trace-Id"])["Root"]


def why(commands: Managed, aws: EmulatedAWS, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(commands.manage(aws, "trace_why", "--json", *arguments))
    return told


@pytest.mark.parametrize("path", STUCK)
def test_a_killed_request_is_explained(
    commands: Managed, aws: EmulatedAWS, answers: dict[str, Answer], path: str
) -> None:
    told = why(commands, aws, trace_of(answers[path]))
    print(json.dumps(told, indent=1))
    begins = rf"GET /{path}/ {STUCK[path]}{KILLED}"
    assert re.match(begins, told["sentence"]), told["sentence"]
    assert told["unknown"] == []
    moments = [text for _, text in told["time_line"]]
    order = ["API Gateway gets GET", "Lambda begins", "the client gets 504", "Lambda kills"]
    assert [found for found in order if any(text.startswith(found) for text in moments)] == order
    assert moments.index(next(text for text in moments if text.startswith("Lambda kills"))) > (
        moments.index(next(text for text in moments if text.startswith("the client gets 504")))
    )


@pytest.mark.parametrize("path", ENDED)
def test_a_request_that_ended_is_explained(
    commands: Managed, aws: EmulatedAWS, answers: dict[str, Answer], path: str
) -> None:
    told = why(commands, aws, trace_of(answers[path]))
    print(json.dumps(told, indent=1))
    assert re.fullmatch(ENDED[path], told["sentence"]), told["sentence"]


def test_a_cold_start_is_explained_and_so_is_one_after_a_kill(
    commands: Managed, aws: EmulatedAWS, answers: dict[str, Answer]
) -> None:
    cold = why(commands, aws, trace_of(answers["cold"]))
    print(json.dumps(cold, indent=1))
    assert re.match(r"GET /items/{id}/ waited .* for a cold start; ", cold["sentence"])
    after = why(commands, aws, trace_of(answers["after"]))
    print(json.dumps(after, indent=1))
    assert re.match(
        r"GET /items/{id}/ waited .* for a cold start \(Lambda had killed GET /", after["sentence"]
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "throttled",
            "GET (route not known) was throttled and never reached Django: Too Many Requests",
        ),
        (
            "refused",
            (
                "API Gateway itself refused GET (route not known), which never reached Lambda: "
                "INVALID_API_KEY, Forbidden"
            ),
        ),
    ],
)
def test_what_never_reached_django_is_explained(
    commands: Managed, aws: EmulatedAWS, answers: dict[str, Answer], name: str, expected: str
) -> None:
    told = why(commands, aws, trace_of(answers[name]))
    assert told["sentence"].startswith(f"{expected}; the client got 4")


def test_the_last_time_out_is_found_and_told_to_a_person(
    commands: Managed, aws: EmulatedAWS, answers: dict[str, Answer]
) -> None:
    printed = commands.manage(aws, "trace_why", "--last-timeout")
    print(printed)
    lines = printed.splitlines()
    assert re.match(r"GET /[a-z-]+/ .*Lambda killed it at 6 s", lines[0])
    assert any(re.match(r" +\d+\.\d{3} s  Lambda kills its process", line) for line in lines)
    assert lines[-1].startswith("Trace 1-")
    with pytest.raises(CommandFailed, match="Give the id of a trace, or --last-timeout"):
        commands.manage(aws, "trace_why")
