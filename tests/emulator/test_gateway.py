"""The gateway: what a client gets to see of a function, and where API Gateway's edges are."""

from __future__ import annotations

import pytest

from emulator.gateway import Gateway
from emulator.gateway_responses import THROTTLED
from tests.emulator.asking import ask
from tests.emulator.conftest import MakeFunction

REDIRECTS_AND_ECHOES = """
    def lambda_handler(event, context):
        host = event["headers"]["Host"]
        return {
            "statusCode": 302,
            "multiValueHeaders": {
                "Location": [f"https://{host}/dev/next"],
                "Set-Cookie": ["a=1", "b=2"],
                "X-Saw": [event["path"], str(event["headers"].get("Origin") == f"https://{host}")],
            },
            "body": event["body"] or "",
            "isBase64Encoded": event["isBase64Encoded"],
        }
"""
ANSWERS = """
    import json, time
    def lambda_handler(event, context):
        if event["path"] == "/raises":
            raise RuntimeError("a secret")
        if event["path"] == "/hangs":
            time.sleep(60)
        if event["path"] == "/malformed":
            return event["queryStringParameters"]
        if event["path"] == "/large":
            return {"statusCode": 200, "body": "x" * 6_300_000}
        headers = json.loads((event["queryStringParameters"] or {}).get("headers", "{}"))
        return {"statusCode": 200, "headers": headers, "body": json.dumps(event)}
"""


def test_addresses_cookies_and_bodies_pass(make_function: MakeFunction) -> None:
    with Gateway(make_function(REDIRECTS_AND_ECHOES)) as gateway:
        answer = ask(
            f"{gateway.url}/a/b?c=d", "POST", b"\xff\x00", headers={"Origin": gateway.origin}
        )
    assert answer.status == 302
    assert answer.headers.get_all("Location") == [f"{gateway.url}/next"]
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.headers.get_all("X-Saw") == ["/a/b", "True"]
    assert answer.body == b"\xff\x00"


def test_the_function_sees_its_api_and_not_this_machine(make_function: MakeFunction) -> None:
    with Gateway(make_function(ANSWERS)) as gateway:
        headers = {"Accept": "text/html", "X-Forwarded-For": "203.0.113.9"}
        event = ask(f"{gateway.url}/a%2Fb/?c=d&c=e&f=", headers=headers).json
    assert event["path"] == "/a%2Fb/"
    assert event["multiValueQueryStringParameters"] == {"c": ["d", "e"], "f": [""]}
    assert event["requestContext"]["path"] == "/dev/a%2Fb/"
    host = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
    assert (event["headers"]["Host"], event["requestContext"]["domainName"]) == (host, host)
    assert event["headers"]["X-Forwarded-For"] == "203.0.113.9, 127.0.0.1"
    assert event["headers"]["Accept"] == "text/html"
    assert event["headers"]["X-Amzn-Trace-Id"].startswith("Root=1-")


def test_what_is_outside_of_the_stage_needs_a_token(make_function: MakeFunction) -> None:
    with Gateway(make_function(ANSWERS)) as gateway:
        inside = ask(f"{gateway.origin}/dev")
        outside = [ask(gateway.origin + path) for path in ("/", "/device", "/deva?x=y")]
    assert inside.status == 200
    assert [answer.status for answer in outside] == [403] * 3
    assert outside[0].json == {"message": "Missing Authentication Token"}
    assert outside[0].headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("path", ["/raises", "/malformed?statusCode=abc", "/malformed?other=1"])
def test_a_failure_is_hidden_from_the_client(make_function: MakeFunction, path: str) -> None:
    with Gateway(make_function(ANSWERS)) as gateway:
        well, failed = ask(f"{gateway.url}/"), ask(gateway.url + path)
    assert well.status == 200
    assert failed.status == 502
    assert failed.json == {"message": "Internal server error"}


def test_a_killed_invocation_is_a_failure(make_function: MakeFunction) -> None:
    function = make_function(ANSWERS, timeout=0.3)
    with Gateway(function) as gateway:
        killed = ask(f"{gateway.url}/hangs")
        function.timeout = 30.0  # the next one pays the init
        next_one = ask(f"{gateway.url}/")
    assert (killed.status, next_one.status) == (502, 200)


def test_it_gives_up_before_the_function_does(make_function: MakeFunction) -> None:
    function = make_function(ANSWERS, timeout=2.0)
    with Gateway(function) as gateway:
        ask(f"{gateway.url}/")
        gateway.seconds = 0.4
        answer = ask(f"{gateway.url}/hangs")
        assert answer.status == 504
        assert answer.json == {"message": "Endpoint request timed out"}
        assert "Task timed out" not in function.log
        assert function.is_warm
        gateway.seconds, function.timeout = 29.0, 30.0
        assert ask(f"{gateway.url}/").status == 200
    assert "Task timed out after 2.00 seconds" in function.log


def test_a_request_over_10_mb_or_an_event_over_6_mb_is_too_long(
    make_function: MakeFunction,
) -> None:
    with Gateway(make_function(ANSWERS)) as gateway:
        sizes = [4_000_000, 4_800_000, 10 * 2**20 + 1]
        answers = [ask(f"{gateway.url}/malformed", "POST", bytes(size)) for size in sizes]
    assert [answer.status for answer in answers] == [502, 413, 413]
    assert answers[1].json == answers[2].json == {"message": "Request Too Long"}


def test_an_answer_over_6_mb_is_a_failure(make_function: MakeFunction) -> None:
    with Gateway(make_function(ANSWERS)) as gateway:
        assert ask(f"{gateway.url}/large").status == 502


def test_some_headers_of_an_answer_get_another_name(make_function: MakeFunction) -> None:
    given = '{"WWW-Authenticate":"Token","Date":"then","X-Own":"kept","Server":"mine"}'
    with Gateway(make_function(ANSWERS)) as gateway:
        headers = ask(f"{gateway.url}/?headers={given}").headers
    assert headers["X-Own"] == "kept"
    assert headers["x-amzn-Remapped-WWW-Authenticate"] == "Token"
    assert headers["x-amzn-Remapped-Date"] == "then"
    assert headers["x-amzn-Remapped-Server"] == "mine"
    assert "WWW-Authenticate" not in headers
    assert headers["Date"] != "then"
    assert headers["x-amzn-RequestId"]


def test_its_own_answers_have_no_cors_headers(make_function: MakeFunction) -> None:
    allowed = '{"Access-Control-Allow-Origin":"*"}'
    with Gateway(make_function(ANSWERS)) as gateway:
        answers = {
            answer.status: answer
            for answer in map(
                ask,
                [
                    f"{gateway.url}/?headers={allowed}",
                    f"{gateway.origin}/",
                    f"{gateway.url}/raises",
                ],
            )
        }
        gateway.refuses = THROTTLED
        throttled = ask(f"{gateway.url}/?headers={allowed}")
    assert throttled.status == 429
    assert throttled.json == {"message": "Too Many Requests"}
    name = "Access-Control-Allow-Origin"
    assert {status: answer.headers[name] for status, answer in answers.items()} == {
        200: "*",
        403: None,
        502: None,
    }
    assert throttled.headers[name] is None


def test_a_head_has_no_body(make_function: MakeFunction) -> None:
    with Gateway(make_function(ANSWERS)) as gateway:
        whole, head = ask(f"{gateway.url}/"), ask(f"{gateway.url}/", "HEAD")
    assert whole.body
    assert (head.status, head.body) == (200, b"")
