"""Sees, and may spoil, each call that a command makes to AWS: put on its PYTHONPATH as `sitecustomize`, or
started in its place with the path of the program, and its arguments, after it.

AWS_CALLS   a file that gets one line for each call: service, operation, parameters, as JSON
AWS_FAULTS  JSON: operation to how it fails. An error code: each time, before anything is sent.
            A number: this many tries of it are answered 429, where the SDK may try again
"""

import json
import os
import runpy
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

FAULTS: dict[str, str | int] = json.loads(os.environ.get("AWS_FAULTS", "{}"))


class Empty:
    """The body of an answer without one."""

    def stream(self) -> list[bytes]:
        return []


def kind_of(value: Any) -> str:
    """Return what stands for a value that is no JSON, such as the file of an upload."""
    return f"<{type(value).__name__}>"


def install() -> None:
    from botocore.awsrequest import AWSResponse
    from botocore.client import BaseClient
    from botocore.endpoint import Endpoint
    from botocore.exceptions import ClientError

    call, answer = BaseClient._make_api_call, Endpoint._do_get_response

    def record(client: Any, operation: str, parameters: Any) -> Any:
        with open(os.environ["AWS_CALLS"], "a") as calls:
            call_made = [client.meta.service_model.service_name, operation, parameters]
            print(json.dumps(call_made, default=kind_of), file=calls)
        if isinstance(code := FAULTS.get(operation), str):
            raise ClientError({"Error": {"Code": code, "Message": "spoilt"}}, operation)
        return call(client, operation, parameters)

    def throttle(endpoint: Any, request: Any, model: Any, context: Any) -> Any:
        left = FAULTS.get(model.name)
        if not isinstance(left, int) or left == 0:
            return answer(endpoint, request, model, context)
        FAULTS[model.name] = left - 1
        print(f"{model.name} is throttled")
        error = {"Error": {"Code": "TooManyRequestsException", "Message": "spoilt"}}
        metadata = {"HTTPStatusCode": 429, "HTTPHeaders": {}}
        response = AWSResponse(request.url, 429, {}, Empty())
        return (response, error | {"ResponseMetadata": metadata}), None

    BaseClient._make_api_call = record
    Endpoint._do_get_response = throttle


if "AWS_CALLS" in os.environ:
    with suppress(ImportError):  # a Python without botocore calls no AWS
        install()

if __name__ == "__main__":
    del sys.argv[0]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
