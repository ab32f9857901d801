"""How many requests X-Ray was not told of: what its sampling rules have counted."""

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.traceview.stage import Stage


@dataclass(frozen=True)
class Counted:
    """What a stage's sampling rules have counted; `shared` is true when others count there too."""

    rules: list[str]
    requests: int
    traced: int
    shared: bool


def sentence(xray: Any, stage: Stage, start: datetime, end: datetime) -> str:
    """Return what is known of the requests between start and end that were sampled away."""
    try:
        counted = count(xray, stage, start, end)
    except ClientError as error:
        reason = f"{error.operation_name} answered {error.response['Error']['Code']}"
    except (LookupError, BotoCoreError) as error:
        reason = str(error)
    else:
        said = (
            f"Sampling ({', '.join(counted.rules)}): of {counted.requests} requests "
            f"{counted.traced} were traced, {counted.requests - counted.traced} were sampled away: "
            "they are not in these figures."
        )
        return said + " Other services count there too." * counted.shared
    return f"These are traced requests only; how many were sampled away is not known: {reason}."


def count(xray: Any, stage: Stage, start: datetime, end: datetime) -> Counted:
    """Raises botocore's errors, and LookupError when X-Ray has counted nothing."""
    pages = xray.get_paginator("get_sampling_rules").paginate()
    rules = [record["SamplingRule"] for page in pages for record in page["SamplingRuleRecords"]]
    own = [rule for rule in rules if rule["RuleName"] != "Default" and _takes(rule, stage)]
    names = [rule["RuleName"] for rule in own] or ["Default"]
    pages = xray.get_paginator("get_sampling_statistic_summaries").paginate()
    counts = [
        counted
        for page in pages
        for counted in page["SamplingStatisticSummaries"]
        if counted["RuleName"] in names and start <= counted["Timestamp"] <= end
    ]
    if not counts:
        raise LookupError(f"X-Ray has no statistics of {', '.join(names)} for this time")
    return Counted(
        rules=names,
        requests=sum(counted.get("RequestCount", 0) for counted in counts),
        # A rule's quota that was borrowed is counted apart from what it sampled.
        traced=sum(
            counted.get("SampledCount", 0) + counted.get("BorrowCount", 0) for counted in counts
        ),
        shared=not own or any(rule["ServiceName"] != stage.service for rule in own),
    )


def _takes(rule: dict[str, Any], stage: Stage) -> bool:
    """Whether requests to the stage can match the sampling rule."""
    return fnmatchcase(stage.service, rule["ServiceName"]) and rule["ServiceType"] in (
        "*",
        "AWS::ApiGateway::Stage",
    )
