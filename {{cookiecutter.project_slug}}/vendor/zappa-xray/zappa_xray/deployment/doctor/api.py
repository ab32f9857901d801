"""What API Gateway shows of a stage."""

from zappa_xray.deployment import stage_tracing
from zappa_xray.deployment.doctor.link import Broken, LeftOut
from zappa_xray.deployment.stage import Stage


def is_a_rest_api(stage: Stage) -> str:
    if stage.other_front:
        raise Broken(
            f"requests come in through {stage.other_front}, which X-Ray does not trace",
            "HTTPS traces start at Lambda, sampled as Lambda does; for all of the chain use a"
            " REST API (apigateway_version v1)",
        )
    return f"a REST API, {stage.api_id}"


def stage_is_traced(stage: Stage) -> str:
    needs_a_rest_api(stage)
    if not stage_tracing.is_on(stage):
        raise Broken(
            "tracingEnabled is false: no HTTPS request is traced",
            f"manage.py trace_stage {stage.name}",
        )
    return "tracingEnabled is true"


def needs_a_rest_api(stage: Stage) -> None:
    """Raise LeftOut where requests come in through something else."""
    if stage.other_front:
        raise LeftOut(f"{stage.other_front} has none")
