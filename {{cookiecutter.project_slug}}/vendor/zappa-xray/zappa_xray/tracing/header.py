"""The trace header of HTTP requests and of their answers.

https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

from typing import Any

from aws_xray_sdk.core.models.http import XRAY_HEADER
from aws_xray_sdk.core.models.trace_header import TraceHeader
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zappa_xray.tracing.invocation import IN_LAMBDA
from zappa_xray.tracing.mending import ID, TRACE_ID

HEADER_OF_REQUEST = "HTTP_X_AMZN_TRACE_ID"
NOTHING_SAID = TraceHeader()


def parsed(text: str) -> TraceHeader:
    """What a header says; its malformed fields are left out, which the SDK would write to the log."""
    return TraceHeader.from_header_str(";".join(part for part in text.split(";") if "=" in part))


def header_of(request: HttpRequest) -> TraceHeader:
    """What a request says of its trace; of one that X-Ray does not take only the further fields.

    In Lambda nothing: there the environment has the header that counts.
    """
    text = None if IN_LAMBDA else request.META.get(HEADER_OF_REQUEST)
    if not text:
        return NOTHING_SAID
    header = parsed(text)
    if not TRACE_ID.fullmatch(header.root or ""):
        return TraceHeader(data=header.data)
    parent = header.parent if ID.fullmatch(header.parent or "") else None
    return TraceHeader(header.root, parent, header.sampled, header.data)


def answer(request: HttpRequest, response: HttpResponseBase, entity: Any) -> None:
    """Names the trace in the response, and whether it is sampled when the request asks for that."""
    text = request.META.get(HEADER_OF_REQUEST)
    asked = text is not None and "?" in text and parsed(text).sampled == "?"
    sampled = f";Sampled={int(entity.sampled)}" if asked else ""
    response.headers[XRAY_HEADER] = f"Root={entity.trace_id}{sampled}"
