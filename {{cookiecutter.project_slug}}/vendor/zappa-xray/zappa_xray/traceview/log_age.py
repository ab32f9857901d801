"""How far back a log reaches: a group keeps its lines for as many days as it was told."""

from datetime import datetime, timedelta
from typing import Any

SHORTEST = timedelta(days=1)  # that a group can be told to keep its lines


def begins(logs: Any, group: str, start: datetime, end: datetime) -> datetime | None:
    """Return when the lines of a log group begin that is asked for the time from start to end.

    None where it is kept long enough. Raises botocore's errors.
    """
    if end - start <= SHORTEST:
        return None
    found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    days = next((each.get("retentionInDays") for each in found if each["logGroupName"] == group), 0)
    first = end - timedelta(days=days) if days else start
    return first if first > start else None
