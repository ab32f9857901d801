"""How many requests X-Ray was not told of: what its sampling rules have counted."""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.traceview.aws import reason
from zappa_xray.traceview.stage import Stage


def sentence(xray: Any, stage: Stage, start: datetime, end: datetime) -> str:
    """Return what is known of the requests between start and end that were sampled away."""
    try:
        return _counted(xray, stage, start, end)
    except (LookupError, BotoCoreError, ClientError) as error:
        why = reason(error)
    return f"These are traced requests only; how many were sampled away is not known: {why}."


def _counted(xray: Any, stage: Stage, start: datetime, end: datetime) -> str:
    """Raises botocore's errors, and LookupError when X-Ray has counted nothing."""
    pages = xray.get_paginator("get_sampling_rules").paginate()
    rules = [record["SamplingRule"] for page in pages for record in page["SamplingRuleRecords"]]
    own = [rule for rule in rules if rule["RuleName"] != "Default" and _takes(rule, stage)]
    names = [rule["RuleName"] for rule in own] or ["Default"]
    pages = xray.get_paginator("get_sampling_statistic_summaries").paginate()
    counts = [
        count
        for page in pages
        for count in page["SamplingStatisticSummaries"]
        if count["RuleName"] in names and start <= count["Timestamp"] <= end
    ]
    if not counts:
        raise LookupError(f"X-Ray has no statistics of {', '.join(names)} for this time")
    requests = sum(count.get("RequestCount", 0) for count in counts)
    # A rule's quota that was borrowed is counted apart from what it sampled.
    traced = sum(count.get("SampledCount", 0) + count.get("BorrowCount", 0) for count in counts)
    shared = not own or any(rule["ServiceName"] != stage.service for rule in own)
    return (
        f"Sampling ({', '.join(names)}): of {requests} requests {traced} were traced, "
        f"{requests - traced} were sampled away: they are not in these figures, nor is what the "
        "gateway answered itself." + " Other services count there too." * shared
    )


def _takes(rule: dict[str, Any], stage: Stage) -> bool:
    """Whether requests to the stage can match the sampling rule."""
    return fnmatchcase(stage.service, rule["ServiceName"]) and rule["ServiceType"] in (
        "*",
        "AWS::ApiGateway::Stage",
    )
