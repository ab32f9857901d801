"""The saved queries of Logs Insights, which moto does not know: kept and given back.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

from __future__ import annotations

import json
import uuid
from typing import Any

Query = dict[str, Any]


class SavedQueries:
    """The query definitions of one account."""

    def __init__(self) -> None:
        self._queries: dict[str, Query] = {}
        self._operations = {
            "Logs_20140328.PutQueryDefinition": self._put,
            "Logs_20140328.DescribeQueryDefinitions": self._describe,
            "Logs_20140328.DeleteQueryDefinition": self._delete,
        }

    def knows(self, target: str) -> bool:
        """Return whether a call of this X-Amz-Target is about saved queries."""
        return target in self._operations

    def answer(self, target: str, body: bytes) -> Any:
        """Return what CloudWatch Logs answers to a call."""
        return self._operations[target](json.loads(body))

    def _put(self, call: Query) -> Query:
        query_id = call.get("queryDefinitionId") or str(uuid.uuid4())
        self._queries[query_id] = {**call, "queryDefinitionId": query_id}
        return {"queryDefinitionId": query_id}

    def _describe(self, call: Query) -> Query:
        prefix = call.get("queryDefinitionNamePrefix", "")
        found = [query for query in self._queries.values() if query["name"].startswith(prefix)]
        return {"queryDefinitions": found}

    def _delete(self, call: Query) -> Query:
        return {"success": self._queries.pop(call["queryDefinitionId"], None) is not None}
