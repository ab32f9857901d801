"""Whether scripts of other origins can read what API Gateway answers by itself."""

from zappa_xray.deployment import gateway_responses
from zappa_xray.deployment.doctor.api import needs_a_rest_api
from zappa_xray.deployment.doctor.link import Broken, LeftOut
from zappa_xray.deployment.stage import Stage


def can_read_the_gateways_answers(stage: Stage) -> str:
    needs_a_rest_api(stage)
    wanted = gateway_responses.wanted_headers(stage)
    if wanted is None:
        raise LeftOut("Django's settings say nothing of CORS")
    found = gateway_responses.responses(stage)
    for kind in gateway_responses.KINDS:
        if gateway_responses.cors_headers(found.get(kind, {})) != wanted:
            raise Broken(
                f"{kind} is not as the settings want it", f"manage.py trace_stage {stage.name}"
            )
    if not wanted:
        return "for no page of another origin"
    return f"scripts of {gateway_responses.origin_in(wanted)} can read them"
