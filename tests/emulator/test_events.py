"""What invokes a function."""

from __future__ import annotations

from emulator import events

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


def test_request_is_what_a_rest_api_sends() -> None:
    event = events.rest_request(
        "GET", "/api/notes/?page=2&tag=a&tag=b", headers={"Accept": "application/json"}
    )
    assert event["path"] == "/api/notes/"
    assert event["queryStringParameters"] == {"page": "2", "tag": "b"}
    assert event["multiValueQueryStringParameters"] == {"page": ["2"], "tag": ["a", "b"]}
    assert event["requestContext"]["path"] == "/dev/api/notes/"
    assert event["headers"]["Accept"] == "application/json"
    assert event["multiValueHeaders"]["Accept"] == ["application/json"]
    assert event["headers"]["Host"].endswith(".execute-api.eu-central-1.amazonaws.com")
    assert (event["body"], event["isBase64Encoded"]) == (None, False)


def test_schedule_names_its_function_behind_the_last_dash() -> None:
    event = events.scheduled("notes.scheduled.count", lambda_name="notes-api-dev")
    assert event["resources"][0].endswith(":rule/notes-api-dev-notes.scheduled.count")


def test_trace_header_without_tracing_has_no_decision() -> None:
    assert events.trace_header(TRACE, sampled=False).endswith(";Sampled=0")
    assert "Sampled" not in events.passthrough_trace_header(TRACE)
