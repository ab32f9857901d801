"""What CloudWatch Logs and API Gateway show of a stage's logs."""

from zappa_xray.deployment import access_log, log_group, log_retention
from zappa_xray.deployment.doctor.api import needs_a_rest_api
from zappa_xray.deployment.doctor.link import Broken, LeftOut
from zappa_xray.deployment.stage import Stage


def are_kept_as_wanted(stage: Stage) -> str:
    days = stage.settings.get("log_retention_days")
    if days is None:
        raise LeftOut("zappa_settings.json has no log_retention_days")
    groups = {name: log_group.find(stage, name) for name in log_retention.groups(stage)}
    kept = {name: (group or {}).get("retentionInDays", "ever") for name, group in groups.items()}
    other = [f"{name} is kept for {found}" for name, found in kept.items() if found != days]
    if other:
        raise Broken(
            f"{'; '.join(other)}, not for {days} days", f"manage.py trace_stage {stage.name}"
        )
    return f"kept for {days} days"


def tell_each_request(stage: Stage) -> str:
    needs_a_rest_api(stage)
    found, wanted = access_log.settings(stage), access_log.is_wanted(stage)
    group, mend = log_group.access_group(stage), f"manage.py trace_stage {stage.name}"
    if not wanted and not found:
        raise LeftOut("api_access_log is false")
    if not wanted:
        raise Broken("it is on, and api_access_log is false", mend)
    if not found:
        raise Broken("it is off: nothing tells what API Gateway answered by itself", mend)
    if not found["destinationArn"].endswith(f":{group}") or found["format"] != access_log.FORMAT:
        raise Broken(f"it does not go to {group} in the form that the report reads", mend)
    return f"in {group}"
