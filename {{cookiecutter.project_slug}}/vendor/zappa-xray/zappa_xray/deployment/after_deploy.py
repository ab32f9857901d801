"""What Zappa's deploy and update leave undone."""

from collections.abc import Callable
from typing import Any

import click

from zappa_xray.deployment import (
    access_log,
    dead_letters,
    gateway_responses,
    log_retention,
    sampling_rule,
    stage_tracing,
)
from zappa_xray.deployment.alarms import made as alarms
from zappa_xray.deployment.stage import Stage
from zappa_xray.deployment.touch import touch

FIRST = (gateway_responses.apply, dead_letters.apply)
LOGS = (access_log.apply, log_retention.apply)


def finish(cli: Any) -> None:
    """Trace the stage, set its sampling rule, logs and alarms, touch the service; each though another fails.

    Takes Zappa's ZappaCLI after a deploy or an update. Raises click.ClickException, which makes
    Zappa exit with 1, when HTTPS requests would not be traced or the service does not work.
    """
    stage = Stage(cli)
    # First what deploys the API anew, which may reset its stage, and changes the function.
    steps = (*FIRST, stage_tracing.switch, sampling_rule.apply, *LOGS, alarms.apply, touch)
    faults = run(stage, steps)
    if not cli.xray_tracing:
        faults.append("xray_tracing is not true in zappa_settings.json: the function is not traced")
    if faults:
        raise click.ClickException("\n".join(["this is not as it should be:", *faults]))


def run(stage: Stage, steps: tuple[Callable[[Stage], str], ...]) -> list[str]:
    """Run each step, say what it did, and return what went wrong."""
    faults = []
    for step in steps:
        try:
            click.echo(step(stage))
        except click.ClickException as fault:
            faults.append(f"- {fault.message}")
    return faults
