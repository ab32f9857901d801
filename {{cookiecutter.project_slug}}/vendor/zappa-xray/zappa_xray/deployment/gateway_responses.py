"""What API Gateway answers by itself (403, 413, 429, 502, 504), made readable for the scripts that may read
the service's own answers.

Without it a script gets no status and no reason, only that something failed. These answers are the same
for everybody: with one origin they name it, with several they name `*`, for what they hold is no secret.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping
from typing import Any

from zappa_xray.deployment.origins import ANY, origin_for_all
from zappa_xray.deployment.rehearsal import rehearse
from zappa_xray.deployment.stage import CallFailed, Stage

KINDS = ("DEFAULT_4XX", "DEFAULT_5XX")
PREFIX = "gatewayresponse.header.Access-Control-"
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
OF_RESPONSE = ("statusCode", "responseTemplates")


def apply(stage: Stage) -> str:
    """Give or take API Gateway's answers their CORS headers, as Django's settings say; return what was done.

    A change is deployed at once, which it needs to be of use. Raises click.ClickException.
    """
    if stage.other_front:
        return (
            f"{stage.other_front} has no gateway responses: what it answers by itself is its own."
        )
    wanted = wanted_headers(stage)
    if wanted is None:
        return "Gateway responses were left alone: Django's settings say nothing of CORS."
    found = responses(stage)
    changed = [kind for kind in KINDS if change(stage, kind, found.get(kind, {}), wanted)]
    who = origin_in(wanted)
    if not changed:
        return f"What API Gateway answers by itself can be read by scripts of {who} already."
    deploy(stage)
    return f"What API Gateway answers by itself can be read by scripts of {who} now."


def wanted_headers(stage: Stage) -> dict[str, str] | None:
    """Return the parameters of a gateway response, empty for none, and None where it is not known."""
    module = stage.settings.get("django_settings", "")
    if not module or stage.settings.get("remote_env"):
        return None
    function = stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    environment = function.get("Environment", {}).get("Variables", {})
    cors = rehearse(stage.settings, stage.name, environment).cors
    return None if cors is None else headers(cors)


def headers(cors: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that the settings of django-cors-headers make."""
    origin = origin_for_all(cors)
    if not origin:
        return {}
    found = {f"{PREFIX}Allow-Origin": f"'{origin}'"}
    if exposed := cors.get("CORS_EXPOSE_HEADERS"):
        found[f"{PREFIX}Expose-Headers"] = f"'{','.join(exposed)}'"
    if cors.get("CORS_ALLOW_CREDENTIALS") and origin != ANY:  # browsers refuse both together
        found[f"{PREFIX}Allow-Credentials"] = "'true'"
    return found


def origin_in(parameters: Mapping[str, str]) -> str:
    """Return whose scripts a gateway response lets read it, in a word."""
    origin = parameters.get(f"{PREFIX}Allow-Origin", "nobody").strip("'")
    return "any origin" if origin == ANY else origin


def cors_headers(response: Mapping[str, Any]) -> dict[str, str]:
    """Return those parameters of a gateway response that are about CORS."""
    parameters = response.get("responseParameters") or {}
    return {name: value for name, value in parameters.items() if name.startswith(PREFIX)}


def responses(stage: Stage) -> dict[str, dict[str, Any]]:
    """Return the API's gateway responses by their types. Raises CallFailed."""
    found = stage.call("apigateway", "get_gateway_responses", restApiId=stage.api_id, limit=500)
    return {response["responseType"]: response for response in found["items"]}


def change(stage: Stage, kind: str, found: dict[str, Any], wanted: dict[str, str]) -> bool:
    """Give a gateway response these headers and leave what else it has; return whether that was a change."""
    had, ours = found.get("responseParameters") or {}, cors_headers(found)
    has = {name: had[name] for name in had if name not in ours} | wanted
    if has == had:
        return False
    response = {"restApiId": stage.api_id, "responseType": kind}
    kept = {key: found[key] for key in OF_RESPONSE if found.get(key)}
    if has or kept.get("responseTemplates", TEMPLATES) != TEMPLATES or "statusCode" in kept:
        stage.call("apigateway", "put_gateway_response", **response, **kept, responseParameters=has)
    else:
        stage.call("apigateway", "delete_gateway_response", **response)
    return True


def deploy(stage: Stage) -> None:
    try:
        stage.call("apigateway", "create_deployment", restApiId=stage.api_id, stageName=stage.name)
    except CallFailed as failure:
        raise CallFailed(
            f"{failure.message}\n  The new gateway responses wait for a deployment: make update"
            f" STAGE={stage.name}",
            failure.code,
        ) from failure
