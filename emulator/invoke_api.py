"""Lambda's Invoke: the one operation of its API that moto does not do without a container.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import json
import threading
from typing import Any

from werkzeug.wrappers import Request, Response

from emulator import dead_letters
from emulator.deployed_function import DeployedFunction
from emulator.runtime.failures import FunctionDied, FunctionError, FunctionTimedOut

LOG_BYTES = 4096


class InvokeAPI:
    """Answers Invoke for one function: synchronous with its log, or asynchronous."""

    def __init__(self, function: DeployedFunction) -> None:
        self._function = function

    def respond(self, request: Request) -> Response:
        event: Any = json.loads(request.get_data() or b"{}")
        header = request.headers.get("X-Amzn-Trace-Id", "")
        if request.headers.get("X-Amz-Invocation-Type") == "Event":
            call = (self._function, event, header)
            threading.Thread(target=dead_letters.run, args=call, daemon=True).start()
            return Response(status=202)
        outcome = self._function.run(event, header)
        response = Response(content_type="application/json")
        response.headers["X-Amz-Executed-Version"] = "$LATEST"
        if request.headers.get("X-Amz-Log-Type") == "Tail":
            tail = base64.b64encode(outcome.log.encode()[-LOG_BYTES:]).decode()
            response.headers["X-Amz-Log-Result"] = tail
        if outcome.failure is None:
            response.set_data(json.dumps(outcome.answer))
        else:
            response.headers["X-Amz-Function-Error"] = "Unhandled"
            response.set_data(json.dumps(told(outcome.failure)))
        return response


def told(failure: Exception) -> dict[str, Any]:
    """Return the payload that tells a caller how a function failed."""
    if isinstance(failure, FunctionError):
        return dict(failure.answer)
    kinds = {FunctionTimedOut: "Sandbox.Timedout", FunctionDied: "Runtime.ExitError"}
    message = str(failure).splitlines()[0]
    return {"errorType": kinds[type(failure)], "errorMessage": message}
