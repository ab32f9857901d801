"""The report of a served stage: all requests from its log, exactly, beside what X-Ray has sampled.

REPORT_REQUESTS=5000 sends more of them.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.gateway_responses import THROTTLED
from emulator.service import Service
from tests.emulator.asking import ask
from tests.managing import Managed
from tests.report_stage import served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reports")]

REQUESTS = int(os.environ.get("REPORT_REQUESTS", "100"))
# Method, path, the route as it is logged, status, and how many of a hundred.
KINDS = [
    ("GET", "/items/{n}/", "/items/{id}/", 200, 50),
    ("GET", "/items/{n}/?status=404", "/items/{id}/", 404, 8),
    ("POST", "/items/{n}/", "/items/{id}/", 403, 2),
    ("GET", "/items/{n}/?status=429", "/items/{id}/", 429, 5),
    ("GET", "/query/", "/query/", 200, 20),
    ("GET", "/forbidden/", "/forbidden/", 403, 5),
    ("GET", "/broken/", "/broken/", 500, 5),
    ("GET", "/nowhere/{n}", "(no route)", 404, 5),
]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAWS]:
    with EmulatedAWS() as aws:
        yield aws


Sent = Counter[tuple[str, str, int]]


@pytest.fixture(scope="module")
def sent(
    installed: Service, aws: EmulatedAWS, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sent]:
    """What was sent to the stage, by method, route and status; a fifth of it was sampled."""
    database = tmp_path_factory.mktemp("report") / "db.sqlite3"
    with served(installed, aws, database, timeout=6, FixedRate=0.2) as stage:
        began = time.monotonic()
        counted = send(stage)
        print(f"{counted.total()} requests in {time.monotonic() - began:.1f} s")
        yield counted


def send(stage: DeployedStage) -> Sent:
    chosen = random.Random(5)
    counted: Sent = Counter()
    more = REQUESTS - len(KINDS)
    kinds = [*KINDS, *chosen.choices(KINDS, [kind[-1] for kind in KINDS], k=more)]
    for number, (method, path, route, status, _) in enumerate(kinds):
        answer = ask(stage.url + path.format(n=number), method)
        assert answer.status == status, (method, path, answer)
        counted[(method, route, status)] += 1
    assert ask(f"{stage.url}/killed/").status == 502
    assert ask(f"{stage.url}/items/1/").status == 200  # a cold start
    # The deadline is after 1 s; the function is killed after 6 s, and what comes next starts cold.
    assert ask(f"{stage.url}/sleeps/?seconds=1.3").status == 200
    assert ask(f"{stage.url}/sleeps/").status == 502
    assert ask(f"{stage.url}/sleeps/?seconds=1.4").status == 200
    stage.gateway.refuses = THROTTLED
    assert [ask(f"{stage.url}/items/1/").status for _ in range(4)] == [429] * 4
    stage.gateway.refuses = None
    counted[("GET", "/killed/", 502)] += 1
    counted[("GET", "/items/{id}/", 200)] += 1
    counted.update({("GET", "/sleeps/", 200): 2, ("GET", "/sleeps/", 502): 1})
    stage.settle()
    return counted


def traced(aws: EmulatedAWS, service: str) -> int:
    """Return how many traces of this run X-Ray has that a service is in."""
    paginator, now = aws.client("xray").get_paginator("get_trace_summaries"), time.time()
    times = {"StartTime": now - 3600, "EndTime": now + 1}
    pages = paginator.paginate(FilterExpression=f'service("{service}")', **times)
    return sum(len(page["TraceSummaries"]) for page in pages)


def test_the_report_equals_what_was_sent_by_route_exactly(
    commands: Managed, aws: EmulatedAWS, sent: Sent
) -> None:
    began = time.monotonic()
    report = json.loads(commands.manage(aws, "trace_report", "dev", "--json"))
    print(f"the report took {time.monotonic() - began:.1f} s")

    def count(row: dict[str, Any], *statuses: range) -> int:
        key = (row["method"], row["route"])
        return sum(
            number
            for (method, route, status), number in sent.items()
            if (method, route) == key and any(status in each for each in statuses)
        )

    assert report["source"] == "logs"
    assert {(row["method"], row["route"]) for row in report["routes"]} == {
        (method, route) for method, route, _ in sent
    }
    for row in report["routes"]:
        assert row["requests"] == count(row, range(600)), row
        assert row["errors"] == count(row, range(400, 429), range(430, 500)), row
        assert row["throttles"] == count(row, range(429, 430)), row
        assert row["faults"] == count(row, range(500, 600)), row
    [hurt] = [row for row in report["routes"] if row["route"] == "/sleeps/"]
    others = [row for row in report["routes"] if row is not hurt]
    assert hurt["maximum"] == pytest.approx(6, abs=2)  # killed then; the others slept for 1.4 s
    keys = ("time_outs", "cold_time_outs", "after_kill")
    assert [hurt[key] for key in keys] == [3, 1, 1]
    assert {row[key] for row in others for key in keys} == {0}
    assert sum(row["cold_starts"] for row in report["routes"]) == 3
    gateway = report["gateway"]
    assert gateway["requests"] == sent.total() + 4
    assert report["gateway_says"][1].startswith("4 of them never reached Django")
    xray = report["xray"]
    assert 0 < xray["requests"] < sent.total() / 2
    counted, sampled = [int(word) for word in xray["sampling"].split() if word.isdigit()][:2]
    # Of the four that the gateway refused some are sampled in some runs: the stage's segment alone.
    of_stage = traced(aws, f"{commands.service.function_name('dev')}/dev")
    assert (counted, sampled) == (sent.total() + 4, of_stage)
    assert xray["requests"] == traced(aws, commands.service.function_name("dev")) >= of_stage - 4
