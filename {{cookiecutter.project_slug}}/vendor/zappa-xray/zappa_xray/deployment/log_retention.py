"""How long a stage's logs are kept, as `log_retention_days` in zappa_settings.json wants it.

Lambda makes its group with the first line that it writes, and keeps all of it for ever
(https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html).
"""

from zappa_xray.deployment import log_group
from zappa_xray.deployment.access_log import is_wanted
from zappa_xray.deployment.stage import Stage


def apply(stage: Stage) -> str:
    """Have the stage's logs kept as long as is wanted; return what was done. Raises CallFailed.

    Without the setting nothing is changed, for somebody may have set it by hand.
    """
    days = stage.settings.get("log_retention_days")
    if days is None:
        return "How long logs are kept was left alone: there is no log_retention_days."
    changed = [name for name in groups(stage) if keep(stage, name, days)]
    if not changed:
        return f"Logs are kept for {days} days already."
    return f"Logs are kept for {days} days now: {', '.join(changed)}."


def groups(stage: Stage) -> list[str]:
    """Return the names of the groups that the stage writes into."""
    own = [log_group.function_group(stage)]
    return [*own, log_group.access_group(stage)] if is_wanted(stage) else own


def keep(stage: Stage, name: str, days: int) -> bool:
    """Have a group kept for `days`, made where there is none; return whether that was a change."""
    if log_group.make(stage, name).get("retentionInDays") == days:
        return False
    stage.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days)
    return True
