"""The ids of Lambda's running invocation, for what is not recorded and for lines after its end."""

import os

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext

# The SDK decides when it is imported whether it runs in Lambda.
IN_LAMBDA = isinstance(xray_recorder.context, LambdaContext)

Ids = tuple[str | None, str | None]


class Invocation:
    """Lambda's trace header and request id, which come by different ways."""

    def __init__(self) -> None:
        self._header: str | None = None
        self._request_id: str | None = None

    def begin(self, request_id: str | None) -> None:
        """Takes the request id that Lambda's context has, for the header that is set now."""
        if request_id:
            self._header, self._request_id = os.environ.get(LAMBDA_TRACE_HEADER_KEY), request_id

    def ids(self) -> Ids:
        """The trace id and the request id, None where they are not known: never another one's."""
        if not IN_LAMBDA:
            return None, None
        header = os.environ.get(LAMBDA_TRACE_HEADER_KEY)
        fields = (header or "").split(";")
        root = next((field[5:] for field in fields if field.startswith("Root=")), None)
        return root, self._request_id if header == self._header else None


invocation = Invocation()
