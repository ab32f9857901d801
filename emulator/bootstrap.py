"""What AWS Lambda's Python runtime does around a function; started by `emulator.function`.

Standard library only, and run as a file: nothing of the template can be imported here. Reads one
JSON line for each invocation from standard input and writes one for each answer to the file
descriptor given as first argument, so that standard output and error stay the function's log.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any], "Context"], Any]

# The format of the handler that Lambda puts on the root logger before it imports the function:
# https://github.com/aws/aws-lambda-python-runtime-interface-client (awslambdaric/bootstrap.py)
LOG_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"


class Context:
    """The second argument of a Lambda handler.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    identity = None
    client_context = None

    def __init__(self, request_id: str, remaining_seconds: float) -> None:
        self.aws_request_id = request_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = (
            f"arn:aws:lambda:{os.environ['AWS_REGION']}:123456789012:function:{self.function_name}"
        )
        self._deadline = time.monotonic() + remaining_seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before Lambda ends the invocation, never less than 0."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class RequestIdFilter(logging.Filter):
    """Puts the id of the invocation on each record, as Lambda's runtime does."""

    request_id = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.request_id
        return True


def main() -> None:
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    sys.path[:0], sys.path[len(sys.path) :] = json.loads(sys.argv[2]), json.loads(sys.argv[3])
    request_ids = install_log_handler()
    try:
        handler = load(sys.argv[4])
    except BaseException as error:
        write(answers, failure(error))
        raise
    write(answers, {"ready": True})
    for line in sys.stdin:
        write(answers, invoke(handler, json.loads(line), request_ids))


def install_log_handler() -> RequestIdFilter:
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(LOG_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    request_ids = RequestIdFilter()
    handler.addFilter(request_ids)
    logging.getLogger().addHandler(handler)
    return request_ids


def load(name: str) -> Handler:
    module, function = name.rsplit(".", 1)
    handler: Handler = getattr(importlib.import_module(module), function)
    return handler


def invoke(
    handler: Handler, invocation: dict[str, Any], request_ids: RequestIdFilter
) -> dict[str, Any]:
    set_trace_header(invocation["trace_header"])
    request_ids.request_id = invocation["request_id"]
    context = Context(invocation["request_id"], invocation["remaining_seconds"])
    started = time.perf_counter()
    try:
        # Lambda makes JSON of what the handler returns; where that fails, the function failed.
        answer = {"result": json.dumps(handler(invocation["event"], context))}
    except Exception as error:  # noqa: BLE001 - Lambda reports whatever it is
        traceback.print_exc()
        answer = failure(error)
    return answer | {"seconds": time.perf_counter() - started}


def set_trace_header(header: str | None) -> None:
    if header is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = header


def failure(error: BaseException) -> dict[str, Any]:
    return {
        "error_type": type(error).__name__,
        "error_message": str(error),
        "stack": "".join(traceback.format_exception(error)),
    }


def write(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
