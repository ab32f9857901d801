"""The ids of Lambda's running invocation, for what is not recorded and for lines after its end."""

import os

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext

# The SDK decides when it is imported whether it runs in Lambda.
IN_LAMBDA = isinstance(xray_recorder.context, LambdaContext)
HEADER_VARIABLE = LAMBDA_TRACE_HEADER_KEY.encode()

Ids = tuple[str | None, str | None]


def header_now() -> bytes | None:
    """The trace header of the running invocation; None before the first one."""
    try:
        # The bytes of the environment itself: os.environ would decode them each time.
        return os.environb[HEADER_VARIABLE]
    except KeyError:
        return None


class Invocation:
    """Lambda's trace header and request id, which come by different ways."""

    def __init__(self) -> None:
        self._header: bytes | None = None
        self._request_id: str | None = None
        self.ends_requests = False  # what wraps Zappa's handler ends the request that runs in it

    def begin(self, request_id: str | None, header: bytes | None) -> None:
        """Takes the request id that Lambda's context has, for the header that is set now."""
        if request_id:
            self._header, self._request_id = header, request_id

    @property
    def has_begun(self) -> bool:
        """Whether there has been any: False while Lambda loads the function."""
        return self._request_id is not None

    def ids(self) -> Ids:
        """The trace id and the request id, None where they are not known: never another one's."""
        if not IN_LAMBDA:
            return None, None
        header = header_now()
        fields = (header or b"").decode().split(";")
        root = next((field[5:] for field in fields if field.startswith("Root=")), None)
        return root, self._request_id if header == self._header else None


invocation = Invocation()
