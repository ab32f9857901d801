"""X-Ray's groups, which moto does not know: kept and given back.

https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html and its neighbours
"""

from __future__ import annotations

import json
from typing import Any

from emulator.sampling import Refused

Group = dict[str, Any]


class Groups:
    """The groups of one account."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._operations = {
            "/CreateGroup": self._create,
            "/GetGroup": self._named,
            "/Groups": self._all,
            "/UpdateGroup": self._update,
            "/DeleteGroup": self._delete,
        }

    def knows(self, path: str) -> bool:
        return path in self._operations

    def answer(self, path: str, body: bytes) -> Any:
        """Return what X-Ray answers to a call. Raises Refused."""
        return self._operations[path](json.loads(body or b"{}"))

    def _create(self, call: Group) -> Group:
        name = call["GroupName"]
        if name in self._groups:
            raise Refused(f"The group {name} exists already.")
        arn = f"arn:aws:xray:eu-central-1:123456789012:group/{name}/EXAMPLE"
        self._groups[name] = {**call, "GroupARN": arn}
        return {"Group": self._groups[name]}

    def _named(self, call: Group) -> Group:
        if call["GroupName"] not in self._groups:
            raise Refused(f"There is no group {call['GroupName']}.")
        return {"Group": self._groups[call["GroupName"]]}

    def _all(self, _call: Group) -> Group:
        return {"Groups": list(self._groups.values())}

    def _update(self, call: Group) -> Group:
        self._named(call)["Group"].update(call)
        return self._named(call)

    def _delete(self, call: Group) -> Group:
        self._named(call)
        del self._groups[call["GroupName"]]
        return {}
