"""Which of very many subsegments are only counted, so that those that are sent keep their parents."""

from collections.abc import Iterator
from typing import Any

from zappa_xray.tracing.conf import settings

# Beyond MAX_SUBSEGMENTS a quicker one is counted and not sent.
SLOW_SECONDS = 0.05


class LeftOut:
    """The count of what one request or piece of work has not sent, and how long that took."""

    def __init__(self) -> None:
        self.subsegments = 0
        self.seconds = 0.0
        self._sent = 0
        self._parents_of_sent: set[str] = set()

    def leaves_out(self, subsegment: Any) -> bool:
        """Whether an ended subsegment is one of too many, quick, without fault and no parent.

        A child ends before its parent: without the parent X-Ray would not know where it belongs.
        """
        if (
            self._sent < settings.max_subsegments
            or subsegment.id in self._parents_of_sent
            or any(
                _seconds(one) >= SLOW_SECONDS or hasattr(one, "fault") for one in _all(subsegment)
            )
        ):
            self._sent += 1
            self._parents_of_sent.add(subsegment.parent_id)
            return False
        self.subsegments += sum(1 for _ in _all(subsegment))
        self.seconds += _seconds(subsegment)
        return True


def _all(subsegment: Any) -> Iterator[Any]:
    pending = [subsegment]
    while pending:
        one = pending.pop()
        pending.extend(one.subsegments)
        yield one


def _seconds(subsegment: Any) -> float:
    return float(subsegment.end_time - subsegment.start_time)
