"""The first request after a deploy, and where its trace is."""

import secrets
import time
from dataclasses import dataclass

import click
import urllib3
from botocore.exceptions import WaiterError

from zappa_xray.deployment.stage import Stage
from zappa_xray.stages import console_address

TRIES = 4
SECONDS_BETWEEN = 3.0
ANSWER_SECONDS = 35.0  # longer than API Gateway's 29, so that its own 504 arrives


@dataclass(frozen=True)
class Answer:
    """What came back: `status` is None when nothing did, `reason` says why."""

    trace_id: str
    status: int | None
    reason: str = ""


def touch(stage: Stage) -> str:
    """Ask the deployed service for its health until it answers; return what came back.

    Raises click.ClickException when it goes on to answer 500 or more. An address that cannot be
    reached from here is said and is no fault.
    """
    unknown = why_no_address(stage)
    if unknown:
        return f"Not touched: {unknown}."
    wait_for_the_function(stage)
    url = address(stage)
    answer = persist(url)
    if answer.status is None:
        return f"{url} cannot be reached from here ({answer.reason}): try it yourself."
    said = f"{url} answered {answer.status}, its trace: {console_address(stage.region, answer.trace_id)}"
    if answer.status >= 500:
        raise click.ClickException(f"{said}\n  Why, say the logs: make logs STAGE={stage.name}")
    return said


def why_no_address(stage: Stage) -> str:
    """Return why there is no address that could be asked from here, or an empty text."""
    if "health_url" in stage.settings:
        return ""
    if stage.other_front:
        return f"the address of {stage.other_front} is not known here, health_url can name it"
    if "PRIVATE" in (stage.settings.get("endpoint_configuration") or []):
        return "the API is private, health_url can name an address that is reached from here"
    return ""


def address(stage: Stage) -> str:
    """Return the address that is touched: `health_url`, the custom domain, or API Gateway's own."""
    if "health_url" in stage.settings:
        return str(stage.settings["health_url"])
    return root_address(stage) + str(stage.settings.get("touch_path", "/health/"))


def root_address(stage: Stage) -> str:
    """Return where the service's paths begin, without the slash at the end."""
    if stage.cli.domain:
        base_path = f"/{stage.cli.base_path}" if stage.cli.base_path else ""
        return f"https://{stage.cli.domain}{base_path}"
    endpoint = urllib3.util.parse_url(stage.client("apigateway").meta.endpoint_url)
    if ".amazonaws.com" not in (endpoint.host or ""):
        # https://docs.localstack.cloud/aws/services/apigateway/
        return f"{endpoint}/_aws/execute-api/{stage.api_id}/{stage.name}"
    return f"https://{stage.api_id}.execute-api.{stage.region}.amazonaws.com/{stage.name}"


def wait_for_the_function(stage: Stage) -> None:
    """Return when Lambda has taken the new code and configuration, which it does after Zappa's call."""
    waiter = stage.client("lambda").get_waiter("function_updated")
    try:
        waiter.wait(FunctionName=stage.function, WaiterConfig={"Delay": 2, "MaxAttempts": 60})
    except WaiterError as error:
        raise click.ClickException(f"Lambda does not finish the update: {error}") from error


def persist(url: str) -> Answer:
    """Ask until the answer is below 500, TRIES times at most: a first start may be too slow."""
    answer = ask(url)
    for _ in range(TRIES - 1):
        if answer.status is None or answer.status < 500:
            break
        time.sleep(SECONDS_BETWEEN)
        answer = ask(url)
    return answer


def ask(url: str) -> Answer:
    # With a trace id of our own and Sampled=1 the trace can be found, whatever the sampling rules say:
    # https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    trace_id = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    headers = {"X-Amzn-Trace-Id": f"Root={trace_id};Sampled=1"}
    try:
        response = urllib3.request(
            "GET", url, headers=headers, timeout=ANSWER_SECONDS, retries=False, redirect=False
        )
    except urllib3.exceptions.HTTPError as error:
        return Answer(trace_id, None, type(error).__name__)
    return Answer(trace_id, response.status)
