"""CloudWatch's Transaction Search: where an account has switched it on, spans go to CloudWatch Logs.

X-Ray then indexes few of the traces, 1 % unless told otherwise: its summaries, and what finds a trace by
its id, know these only. A trace that is not indexed can still be retrieved by its id.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LOG_GROUP = "aws/spans"
MORE = (
    "aws xray update-indexing-rule --name Default"
    ' --rule \'{"Probabilistic": {"DesiredSamplingPercentage": 100}}\''
)


@dataclass(frozen=True)
class Destination:
    """Where the traces of an account and region go; `indexed` is in percent, None when not known."""

    is_search: bool
    indexed: float | None = None

    @property
    def hides_traces(self) -> bool:
        """Whether there are traces that X-Ray does not find."""
        return self.is_search and (self.indexed is None or self.indexed < 100)

    @property
    def found(self) -> str:
        """What is the case, in words."""
        if not self.is_search:
            return "all traces go to X-Ray, which indexes each"
        share = "few" if self.indexed is None else f"{self.indexed:g} %"
        return (
            f"Transaction Search is on: spans go to CloudWatch Logs ({LOG_GROUP}), "
            f"and X-Ray indexes {share} of the traces"
        )


def destination(ask: Callable[[str], dict[str, Any]]) -> Destination:
    """Return where traces go; `ask` calls an operation of X-Ray's, and what it raises is raised."""
    if ask("get_trace_segment_destination").get("Destination") != "CloudWatchLogs":
        return Destination(False)
    rules = ask("get_indexing_rules")["IndexingRules"]
    shares = [
        rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"]
        for rule in rules
        if rule.get("Name") == "Default" and "Probabilistic" in rule.get("Rule", {})
    ]
    return Destination(True, shares[0] if shares else None)
