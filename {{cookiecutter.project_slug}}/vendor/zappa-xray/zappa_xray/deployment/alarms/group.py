"""The X-Ray group of the requests that timed out."""

from zappa_xray.deployment.alarms.thing import Facts, unless_missing
from zappa_xray.deployment.names import short
from zappa_xray.deployment.stage import CallFailed, Stage

LONGEST_NAME = 32  # https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html


class Group:
    """A group: its traces have a place of their own in X-Ray's console.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html shows a service and an
    annotation in one expression.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._name = short(f"{stage.function}-time-outs", LONGEST_NAME)
        self.name = f"the X-Ray group {self._name}"
        service = stage.function if stage.other_front else stage.xray_name
        self.wanted: Facts = {
            "FilterExpression": f'service("{service}") AND annotation.timed_out = true'
        }

    def read(self) -> Facts | None:
        try:
            found: Facts = self._stage.call("xray", "get_group", GroupName=self._name)["Group"]
        except CallFailed as failure:
            unless_missing(failure)
            return None
        return found

    def write(self) -> None:
        operation = "create_group" if self.read() is None else "update_group"
        self._stage.call("xray", operation, GroupName=self._name, **self.wanted)

    def delete(self) -> None:
        self._stage.call("xray", "delete_group", GroupName=self._name)
