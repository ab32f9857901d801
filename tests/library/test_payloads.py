"""What Lambda would not take of a function, counted as Lambda counts it."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from zappa_xray.payloads import (
    LARGEST_BODY_BYTES,
    PayloadLimitMiddleware,
    PayloadTooLarge,
    size_in_json,
)

LARGE = LARGEST_BODY_BYTES // 2


def answered(response: HttpResponseBase, monkeypatch: pytest.MonkeyPatch) -> HttpResponseBase:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    return PayloadLimitMiddleware(lambda request: response)(RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("kind", "content", "size"),
    [
        ("application/json", b"x" * LARGE, LARGE + 2),
        ("application/json", b'"' * LARGE, 2 * LARGE + 2),
        ("text/plain; charset=utf-8", "é".encode() * LARGE, 2 * LARGE + 2),
        ("text/plain", b"\x01" * LARGE, 6 * LARGE + 2),
        ("image/png", b"x" * (LARGE // 3 * 3), LARGE // 3 * 4),
    ],
)
def test_a_large_body_is_counted_as_json_or_base64(kind: str, content: bytes, size: int) -> None:
    response = HttpResponse(content, content_type=kind)
    assert size_in_json(response) == size
    if kind != "image/png":
        assert size == len(json.dumps(content.decode(), ensure_ascii=False).encode())


def test_what_is_compressed_is_no_text() -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert size_in_json(HttpResponse(b"x" * 3_000_000, headers=headers)) == 4_000_000


def test_zappa_s_settings_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    response = HttpResponse(b"x" * 3_000_000, content_type="application/geo+json")
    assert size_in_json(response) == 4_000_000
    own = SimpleNamespace(BINARY_SUPPORT=True, ADDITIONAL_TEXT_MIMETYPES=["application/geo+json"])
    monkeypatch.setitem(sys.modules, "zappa_settings", own)
    assert size_in_json(response) == 3_000_002
    monkeypatch.setitem(sys.modules, "zappa_settings", SimpleNamespace(BINARY_SUPPORT=False))
    assert size_in_json(HttpResponse(b"x" * 3_000_000, content_type="image/png")) == 3_000_002


def test_a_small_answer_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    response = HttpResponse(b'"' * 1000)
    assert answered(response, monkeypatch) is response


@pytest.mark.django_db  # closing a response looks at the connections
def test_a_stream_that_says_its_length_is_refused_unread_and_closed_with_its_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = []

    class File:
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("nobody reads it")

        def close(self) -> None:
            closed.append(True)

    response = FileResponse(File(), headers={"Content-Length": "5000000"})
    answer = answered(response, monkeypatch)
    assert (answer.status_code, closed) == (500, [])
    answer.close()
    assert closed == [True]
    assert isinstance(answer.handled_exception, PayloadTooLarge)  # type: ignore[attr-defined] # the trace's


def test_a_stream_without_a_length_ends_when_it_is_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1_000_000

    answer = answered(StreamingHttpResponse(pieces(), content_type="text/csv"), monkeypatch)
    with pytest.raises(PayloadTooLarge):
        list(answer)
    assert sent == 7


def test_outside_lambda_there_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAMBDA_TASK_ROOT", raising=False)
    with pytest.raises(MiddlewareNotUsed):
        PayloadLimitMiddleware(lambda request: HttpResponse())


@pytest.mark.parametrize("chunks", [2, 10])
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")
def test_an_asynchronous_stream_is_held_to_the_same(
    monkeypatch: pytest.MonkeyPatch, chunks: int
) -> None:
    async def content() -> AsyncIterator[bytes]:
        for _ in range(chunks):
            yield b"x" * 1_000_000

    response = answered(StreamingHttpResponse(content(), content_type="text/plain"), monkeypatch)

    assert isinstance(response, StreamingHttpResponse)
    with nullcontext() if chunks == 2 else pytest.raises(PayloadTooLarge):
        assert len(b"".join(response)) == 2_000_000


@pytest.mark.parametrize(("length", "known"), [("5000000", True), ("9" * 5000, False)])
def test_a_stream_s_length_of_thousands_of_digits_is_none(length: str, known: bool) -> None:
    response = StreamingHttpResponse([b""], headers={"Content-Length": length})
    assert (size_in_json(response) is not None) is known
