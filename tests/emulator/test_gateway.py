"""The gateway: what a client gets to see of a function."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from emulator.gateway import Gateway
from tests.emulator.conftest import MakeFunction

REDIRECTS_AND_ECHOES = """
    def lambda_handler(event, context):
        host = event["headers"]["Host"]
        return {
            "statusCode": 302,
            "multiValueHeaders": {
                "Location": [f"https://{host}/dev/next"],
                "X-Saw": [event["path"], str(event["headers"].get("Origin") == f"https://{host}")],
            },
            "body": event["body"] or "",
            "isBase64Encoded": event["isBase64Encoded"],
        }
"""


class DoNotFollow(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class TestGateway:
    def answer(self, url: str, **request: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        opener = urllib.request.build_opener(DoNotFollow)
        with pytest.raises(urllib.error.HTTPError) as answered:
            opener.open(urllib.request.Request(url, **request), timeout=10)
        with answered.value as response:
            return response.code, response.headers.items(), response.read()

    def test_translates_addresses_and_bodies(self, make_function: MakeFunction) -> None:
        with Gateway(make_function(REDIRECTS_AND_ECHOES)) as gateway:
            status, headers, body = self.answer(
                f"{gateway.url}/a/b?c=d", data=b"\xff\x00", headers={"Origin": gateway.origin}
            )
        assert status == 302
        assert ("Location", f"{gateway.url}/next") in headers
        assert ("X-Saw", "/a/b") in headers
        assert ("X-Saw", "True") in headers
        assert body == b"\xff\x00"

    def test_refuses_what_is_outside_of_the_stage(self, make_function: MakeFunction) -> None:
        with Gateway(make_function(REDIRECTS_AND_ECHOES)) as gateway:
            answers = [self.answer(gateway.origin + path)[0] for path in ("/", "/device", "/dev")]
        assert answers == [403, 403, 302]

    def test_hides_why_a_function_failed(self, make_function: MakeFunction) -> None:
        failing = make_function("""
            import time
            def lambda_handler(event, context):
                if event["path"] == "/slow":
                    time.sleep(60)
                raise RuntimeError("a secret")
        """)
        failing.timeout = 0.3
        with Gateway(failing) as gateway:
            assert self.answer(f"{gateway.url}/slow")[0] == 504
            status, _, body = self.answer(f"{gateway.url}/fails")
        assert status == 502
        assert json.loads(body) == {"message": "Internal server error"}
