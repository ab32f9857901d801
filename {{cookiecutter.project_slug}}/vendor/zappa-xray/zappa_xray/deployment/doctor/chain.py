"""The links from the client to X-Ray, in their order, each with the look at it."""

from collections.abc import Callable, Iterator
from functools import partial

from zappa_xray.deployment.doctor import (
    alarms,
    api,
    browsers,
    database,
    dead_letters,
    django_settings,
    function,
    logs,
    network,
    sampling,
    search,
    traces,
    zappa_settings,
)
from zappa_xray.deployment.doctor.link import Broken, Link, examined
from zappa_xray.deployment.stage import CallFailed, Stage

IN_DJANGO: tuple[tuple[str, Callable[[], str]], ...] = (
    ("Django's checks", django_settings.no_check_complains),
    ("Middleware", django_settings.middleware_is_first),
    ("The SDK's app", django_settings.sdk_app_is_installed),
)
IN_AWS: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("The function", function.is_as_in_the_settings),
    ("The function's tracing", function.is_traced),
    ("The function's environment", function.has_its_environment),
    ("The function's role", function.role_may_send),
    ("The way to X-Ray", network.leads_to_x_ray),
    ("The way to the database", database.can_be_reached),
    ("The API's kind", api.is_a_rest_api),
    ("The stage's tracing", api.stage_is_traced),
    ("The sampling rules", sampling.rules_take_the_stage),
    ("Transaction Search", search.hides_traces_or_not),
    ("The API's access log", logs.tell_each_request),
    ("The logs", logs.are_kept_as_wanted),
    ("The alarms", alarms.warn_somebody),
    ("The gateway's own answers", browsers.can_read_the_gateways_answers),
    ("Failed asynchronous calls", dead_letters.are_kept),
)
# These wait for a trace, as many seconds as they are told to.
IN_X_RAY: tuple[tuple[str, Callable[[Stage, float], str]], ...] = (
    ("Traces through the stage", traces.come_through_the_stage),
    ("Traces from inside Django", traces.come_from_django),
)


def links_here(stages: list[Stage]) -> Iterator[Link]:
    """Yield the links that can be looked at without AWS."""
    for name, look in IN_DJANGO:
        yield examined(name, look)
    for stage in stages:
        look_at_settings = partial(zappa_settings.settings_ask_for_traces, stage)
        yield examined(f"zappa_settings.json, {stage.name}", look_at_settings)


def links_in_aws(stage: Stage, wait_seconds: float = 0) -> Iterator[Link]:
    """Yield the links that AWS shows; without credentials each is left out."""
    credentials = examined("Credentials", partial(account, stage))
    yield credentials
    looks = [(name, partial(look, stage)) for name, look in IN_AWS]
    looks += [(name, partial(look, stage, wait_seconds)) for name, look in IN_X_RAY]
    for name, look in looks:
        yield examined(name, look) if credentials.holds else Link(name, None, "no credentials")


def account(stage: Stage) -> str:
    try:
        caller = stage.call("sts", "get_caller_identity")
    except CallFailed as failure:
        remedy = "put credentials of AWS into your environment, or name a profile_name"
        raise Broken(f"AWS was not asked: {failure.message}", remedy) from failure
    return f"{caller['Arn']} in {stage.region}"
