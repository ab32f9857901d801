"""Answers that are larger than Lambda takes from a function.

It takes 6 MB of JSON, in which a body that is no text is base64. Of a larger answer it makes an error of its
own: the client gets a bare 502, and log and trace tell of a success.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

LARGEST_PAYLOAD_BYTES = 6_291_556
# API Gateway takes 10 KB of headers, which Zappa gives it twice, and something stands around them.
LARGEST_BODY_BYTES = LARGEST_PAYLOAD_BYTES - 24 * 1024
MOST_DIGITS = 15  # of a length: beyond them it is none
MOST_FOR_ONE_BYTE = 6  # \u0000
DETAIL = "The answer is larger than the 6 MB that AWS Lambda passes on: ask for less at a time."

logger = logging.getLogger(__name__)


class PayloadTooLarge(Exception):
    """An answer is larger than Lambda takes it."""


class PayloadLimitMiddleware:
    """Answers 500 with JSON that says why, in place of an answer that Lambda would not take.

    A stream that does not say its length raises PayloadTooLarge when it has become too long. Outside
    Lambda there is no such limit and this does nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if "LAMBDA_TASK_ROOT" not in os.environ:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        size = size_in_json(response)
        if size is None:
            stream: Any = response.streaming_content  # type: ignore[attr-defined] # it streams
            limit: Callable[..., Any] = limited_async if response.is_async else limited  # type: ignore[attr-defined] # likewise
            response.streaming_content = limit(response, stream)  # type: ignore[attr-defined] # likewise
            return response
        if size <= LARGEST_BODY_BYTES:
            return response
        answer = refusal(request, size)
        answer.close = response.close  # type: ignore[method-assign] # at the request's end, and once
        return answer


def size_in_json(response: HttpResponseBase) -> int | None:
    """Return how many bytes a response's body has as Lambda counts them, None where it is not known yet.

    A small one is not looked at, for it fits whatever it is.
    """
    if response.streaming:
        length = response.headers.get("Content-Length", "")
        # Python makes no number of thousands of digits, and raises ValueError.
        known = length.isdecimal() and len(length) <= MOST_DIGITS
        return in_base64(response, int(length)) if known else None
    content: bytes = response.content  # type: ignore[attr-defined] # it does not stream
    if len(content) * MOST_FOR_ONE_BYTE <= LARGEST_BODY_BYTES or not is_text(response):
        return in_base64(response, len(content))
    return len(json.dumps(content.decode(errors="replace"), ensure_ascii=False).encode())


def in_base64(response: HttpResponseBase, length: int) -> int:
    """Return the length of a body of `length` bytes when base64 has made text of it, if it has to."""
    small = length * MOST_FOR_ONE_BYTE <= LARGEST_BODY_BYTES
    return length if small or is_text(response) else -(-length // 3) * 4


def is_text(response: HttpResponseBase) -> bool:
    """Return whether Zappa's handler takes the body for text."""
    from zappa.utilities import DEFAULT_TEXT_MIMETYPES  # not before a response is large

    settings = sys.modules.get("zappa_settings")
    if not getattr(settings, "BINARY_SUPPORT", True):
        return True
    own = getattr(settings, "ADDITIONAL_TEXT_MIMETYPES", None) or ()
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return "Content-Encoding" not in response.headers and kind.startswith(
        (*DEFAULT_TEXT_MIMETYPES, *own)
    )


def limited(response: HttpResponseBase, stream: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what a response streams. Raises PayloadTooLarge."""
    length = 0
    for chunk in stream:
        length += len(chunk)
        refuse_too_long(response, length)
        yield chunk


async def limited_async(
    response: HttpResponseBase, stream: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Yield what a response streams asynchronously. Raises PayloadTooLarge."""
    length = 0
    async for chunk in stream:
        length += len(chunk)
        refuse_too_long(response, length)
        yield chunk


def refuse_too_long(response: HttpResponseBase, length: int) -> None:
    if in_base64(response, length) > LARGEST_BODY_BYTES:
        raise PayloadTooLarge(f"more than {LARGEST_BODY_BYTES} bytes were streamed")


def refusal(request: HttpRequest, size: int) -> JsonResponse:
    route = getattr(request.resolver_match, "route", "")
    said = f"{size} bytes, Lambda takes {LARGEST_BODY_BYTES}"
    logger.error("The answer of %s %s is too large: %s", request.method, route, said)
    response = JsonResponse({"detail": DETAIL}, status=500)
    response.handled_exception = PayloadTooLarge(said)  # type: ignore[attr-defined] # for the trace
    return response
