"""Lambda's provisioned concurrency, which moto lacks: what was asked for is ready at once.

https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

PATH = re.compile(r"/2019-09-30/functions/(?P<function>[^/]+)/provisioned-concurrency")


class ProvisionedConcurrency:
    """What the versions and aliases of functions have, by the function's name and the qualifier."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str], int] = {}

    def answer(self, method: str, function: str, query: str, body: bytes) -> tuple[str, bytes]:
        """Return the status and the body of the answer to a call."""
        name = function.rpartition("function:")[2].partition(":")[0]  # Lambda takes ARNs as well
        version = name, parse_qs(query)["Qualifier"][0]
        if method == "PUT":
            self._asked[version] = json.loads(body)["ProvisionedConcurrentExecutions"]
        if version not in self._asked:
            error = {"Type": "User", "Message": "No Provisioned Concurrency Config found."}
            return "404 Not Found", json.dumps(error).encode()
        if method == "DELETE":
            del self._asked[version]
            return "204 No Content", b""
        amounts = ("Requested", "Available", "Allocated")
        numbers = {
            f"{name}ProvisionedConcurrentExecutions": self._asked[version] for name in amounts
        }
        status = "202 Accepted" if method == "PUT" else "200 OK"
        return status, json.dumps({**numbers, "Status": "READY"}).encode()
