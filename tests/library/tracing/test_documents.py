import json
from typing import Any

import pytest
from django.test import Client, override_settings
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import left_out
from zappa_xray.tracing.shortening import shortened


@pytest.mark.urls("tests.library.tracing.urls")
def test_a_document_over_64_kb_says_what_was_cut(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/large/")

    [document] = trace_daemon.complete
    assert document["metadata"] == {
        "default": {"large": "x" * 2_000},
        "tracing": {"shortened": ["metadata.default.large: 2000 of 100000 characters are left"]},
    }


@pytest.mark.django_db
@pytest.mark.urls("tests.library.tracing.urls")
def test_children_that_make_a_document_too_large_are_sent_by_themselves(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    client.get("/long-queries/")

    *queries, request = sorted(trace_daemon.complete, key=lambda one: "http" in one)
    assert len(queries) == 25
    assert {query["parent_id"] for query in queries} == {request["id"]}
    assert {len(query["sql"]["sanitized_query"]) for query in queries} == {4_012}
    assert "metadata" not in request


ESSENTIALS = {"id": "1", "name": "a", "in_progress": False, "annotations": {"route": "/"}}


@pytest.mark.parametrize(
    ("document", "size", "notes"),
    [
        (
            {"metadata": {"default": {"numbers": [1] * 1_000, "small": 1}}},
            400,
            ["metadata.default.numbers: 3000 bytes are left out"],
        ),
        (
            {"cause": {"exceptions": [{"stack": [{"line": 1}] * 50}]}},
            700,
            ["cause: 20 of 50 frames are left"],
        ),
        (
            {"unknown": [1] * 1_000},
            300,
            ["all but the essentials is left out"],
        ),
    ],
    ids=["metadata", "stack", "all"],
)
def test_each_step_takes_more_away(document: dict[str, Any], size: int, notes: list[str]) -> None:
    text = shortened(ESSENTIALS | document, size)

    result = json.loads(text)
    assert len(text) <= size
    assert result["metadata"]["tracing"]["shortened"] == notes
    assert result["annotations"] == {"route": "/"}


@pytest.mark.django_db
@pytest.mark.urls("tests.library.tracing.urls")
@override_settings(XRAY_TRACING={"MAX_SUBSEGMENTS": 50})
def test_too_many_subsegments_are_counted(
    client: Client, trace_daemon: TraceDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_out, "SLOW_SECONDS", 60)  # a machine may stop for a moment
    client.get("/query/?n=200")

    documents = trace_daemon.complete
    request = documents[-1]
    nested = len(request["subsegments"])
    assert len(documents) - 1 == 50
    assert request["metadata"]["tracing"]["left_out"]["subsegments"] == 150 - nested
