"""Follows a request from the client to X-Ray and says of each link whether it holds."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from zappa_xray.deployment import sampling_rule, stage_tracing
from zappa_xray.deployment.environment import REQUIRED
from zappa_xray.deployment.stage import CallFailed, Stage

MIDDLEWARE = "zappa_xray.tracing.middleware.XRayMiddleware"
SDK_APP = "aws_xray_sdk.ext.django"
LOOK_BACK_SECONDS = 3600
SECONDS_BETWEEN_LOOKS = 5
# Zappa lets API Gateway invoke the function with the function's own role.
ROLE_ACTIONS = ["lambda:InvokeFunction", "xray:PutTraceSegments", "xray:PutTelemetryRecords"]
CALLBACKS = ("settings", "zip", "post")


class Broken(Exception):
    """A link does not hold: what was found, and what to do about it."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found, self.remedy = found, remedy


class LeftOut(Exception):
    """A link could not be looked at; the message says why."""


@dataclass(frozen=True)
class Link:
    """What was found of one link: `holds` is None when it was left out."""

    name: str
    holds: bool | None
    found: str
    remedy: str = ""


Question = Callable[[], str]


def look(name: str, question: Question) -> Link:
    """Ask `question`, which returns what it found or raises Broken, LeftOut or CallFailed."""
    try:
        return Link(name, True, question())
    except Broken as broken:
        return Link(name, False, broken.found, broken.remedy)
    except LeftOut as reason:
        return Link(name, None, str(reason))
    except click.ClickException as failure:
        return Link(name, False, failure.message)


def examine_here() -> Iterator[Link]:
    """Yield the links that can be looked at without AWS and without a stage."""
    yield look("Django's checks", no_check_complains)
    yield look("Middleware", middleware_is_first)
    yield look("The SDK's app", sdk_app_is_installed)


def no_check_complains() -> str:
    found = [
        message
        for message in checks.run_checks()
        if message.level >= checks.WARNING and not message.is_silenced()
    ]
    if found:
        raise Broken(
            "; ".join(f"{message.id} {message.msg}" for message in found),
            "; ".join(message.hint for message in found if message.hint) or "manage.py check",
        )
    return "none complains"


def middleware_is_first() -> str:
    first = settings.MIDDLEWARE[0] if settings.MIDDLEWARE else "nothing"
    ours = import_string(MIDDLEWARE)
    if not settings.MIDDLEWARE or not issubclass(import_string(first), ours):
        raise Broken(
            f"MIDDLEWARE begins with {first}", f"put {MIDDLEWARE} first in config/settings.py"
        )
    return f"{first} comes first"


def sdk_app_is_installed() -> str:
    if SDK_APP not in settings.INSTALLED_APPS:
        raise Broken(
            f"INSTALLED_APPS lacks {SDK_APP}",
            "add it in config/settings.py: it reads XRAY_RECORDER",
        )
    return f"{SDK_APP} is installed"


@dataclass(frozen=True)
class Examination:
    """The links of one stage. `wait_seconds`: how long to wait for a trace to appear."""

    stage: Stage
    wait_seconds: float = 0

    def in_the_settings(self) -> Iterator[Link]:
        """Yield the links that zappa_settings.json shows."""
        yield look(f"zappa_settings.json, {self.stage.name}", self.settings_ask_for_traces)

    def in_aws(self) -> Iterator[Link]:
        """Yield the links that AWS shows; without credentials each is left out."""
        account = look("Credentials", self.account)
        yield account
        for name, question in self.questions():
            yield look(name, question) if account.holds else Link(name, None, "no credentials")

    def questions(self) -> Iterator[tuple[str, Question]]:
        yield "The function", self.function_is_as_in_the_settings
        yield "The function's tracing", self.function_is_traced
        yield "The function's environment", self.environment_is_complete
        yield "The function's role", self.role_may_send
        yield "The API's kind", self.api_is_a_rest_api
        yield "The stage's tracing", self.stage_is_traced
        yield "The sampling rules", self.sampling_rules_take_the_stage
        yield "Traces through the stage", self.traces_come_through_the_stage
        yield "Traces from inside Django", self.traces_come_from_django

    def settings_ask_for_traces(self) -> str:
        if not self.stage.cli.xray_tracing:
            raise Broken("xray_tracing is not true", "set it to true, then make update")
        callbacks = self.stage.settings.get("callbacks", {})
        missing = [name for name in CALLBACKS if not callbacks.get(name)]
        if missing:
            raise Broken(
                f"the callbacks {', '.join(missing)} are missing",
                "name zappa_hooks.<callback> for each, then make update",
            )
        return "xray_tracing is true and the hooks are named"

    def account(self) -> str:
        try:
            caller = self.stage.call("sts", "get_caller_identity")
        except CallFailed as failure:
            raise LeftOut(f"AWS was not asked: {failure.message}") from failure
        return f"{caller['Arn']} in {self.stage.region}"

    def configuration(self) -> dict[str, Any]:
        try:
            return self.stage.call(
                "lambda", "get_function_configuration", FunctionName=self.stage.function
            )
        except CallFailed as failure:
            if failure.code != "ResourceNotFoundException":
                raise
            raise Broken(
                f"{self.stage.function} does not exist in {self.stage.region}",
                f"make deploy STAGE={self.stage.name}",
            ) from failure

    def function_is_as_in_the_settings(self) -> str:
        deployed, cli = self.configuration(), self.stage.cli
        wanted = {
            "Runtime": cli.runtime,
            "Timeout": cli.timeout_seconds,
            "MemorySize": cli.memory_size,
            "Handler": cli.lambda_handler,
        }
        other = [
            f"{key} is {deployed.get(key)} and not {value}"
            for key, value in wanted.items()
            if deployed.get(key) != value
        ]
        if other:
            raise Broken("; ".join(other), f"make update STAGE={self.stage.name}")
        return f"{self.stage.function} is deployed as zappa_settings.json says"

    def function_is_traced(self) -> str:
        mode = self.configuration().get("TracingConfig", {}).get("Mode", "PassThrough")
        if mode != "Active":
            raise Broken(
                f"TracingConfig is {mode}",
                f"set xray_tracing to true, then make update STAGE={self.stage.name}",
            )
        return "TracingConfig is Active"

    def environment_is_complete(self) -> str:
        deployed = self.configuration().get("Environment", {}).get("Variables", {})
        wanted = self.stage.settings.get("aws_environment_variables", {})
        wrong = [f"{name} is not set" for name in REQUIRED if not deployed.get(name)]
        wrong += [
            f"{name} is not as in zappa_settings.json"
            for name, value in wanted.items()
            if deployed.get(name) != value
        ]
        # https://docs.aws.amazon.com/xray-sdk-for-python/latest/reference/configurations.html
        if deployed.get("AWS_XRAY_SDK_ENABLED", "true").lower() == "false":
            wrong.append("AWS_XRAY_SDK_ENABLED is false: the SDK records nothing")
        if wrong:
            raise Broken(
                "; ".join(wrong),
                f"put it right in .env.{self.stage.name} or zappa_settings.json, then make update"
                f" STAGE={self.stage.name}; Zappa's update keeps variables that are named nowhere",
            )
        return f"it has {', '.join((*REQUIRED, *wanted))}"

    def role_may_send(self) -> str:
        function = self.configuration()
        role = function["Role"]
        answer = self.stage.call(
            "iam",
            "simulate_principal_policy",
            PolicySourceArn=role,
            ActionNames=ROLE_ACTIONS,
            ResourceArns=[function["FunctionArn"]],
        )
        denied = [
            result["EvalActionName"]
            for result in answer["EvaluationResults"]
            if result["EvalDecision"] != "allowed"
        ]
        if denied:
            raise Broken(
                f"{role} may not {', '.join(denied)}",
                "iam/execution-policy.json allows it; with a role of your own (role_arn) add it there",
            )
        return f"{role.rpartition('/')[2]} may be used by API Gateway and may send traces"

    def api_is_a_rest_api(self) -> str:
        if self.stage.other_front:
            raise Broken(
                f"requests come in through {self.stage.other_front}, which X-Ray does not trace",
                "HTTPS traces start at Lambda, sampled as Lambda does; for all of the chain use a"
                " REST API (apigateway_version v1)",
            )
        return f"a REST API, {self.stage.api_id}"

    def stage_is_traced(self) -> str:
        self.needs_a_rest_api()
        if not stage_tracing.is_on(self.stage):
            raise Broken(
                "tracingEnabled is false: no HTTPS request is traced",
                f"manage.py trace_stage {self.stage.name}",
            )
        return "tracingEnabled is true"

    def needs_a_rest_api(self) -> None:
        if self.stage.other_front:
            raise LeftOut(f"{self.stage.other_front} has none")

    def sampling_rules_take_the_stage(self) -> str:
        self.needs_a_rest_api()
        rule, earlier = self.first_rule()
        own, wanted = sampling_rule.rule_name(self.stage), sampling_rule.wanted_rule(self.stage)
        mend = f"manage.py trace_stage {self.stage.name}"
        if not rule["FixedRate"] and not rule["ReservoirSize"]:
            raise Broken(f"{sampling_rule.describe(rule)} comes first and takes nothing", mend)
        if wanted and rule["RuleName"] != own:
            raise Broken(
                f"{sampling_rule.describe(rule)} comes before {own}",
                f"{mend}; if it is there, give it a lower priority number",
            )
        if wanted and wanted.items() - {key: rule.get(key) for key in wanted}.items():
            raise Broken(f"{sampling_rule.describe(rule)} is not as zappa_settings.json says", mend)
        before = f"; for some requests before it {', '.join(earlier)}" if earlier else ""
        return f"{sampling_rule.describe(rule)}{before}"

    def first_rule(self) -> tuple[dict[str, Any], list[str]]:
        """Return the rule that takes all other requests, and the names of those that take some."""
        earlier: list[str] = []
        for rule in sampling_rule.rules(self.stage):
            if not self.concerns_the_stage(rule):
                continue
            if all(rule[part] == "*" for part in ("Host", "HTTPMethod", "URLPath", "ResourceARN")):
                return rule, earlier
            earlier.append(rule["RuleName"])
        raise Broken("no rule applies, not even X-Ray's own default", "look at X-Ray's console")

    def concerns_the_stage(self, rule: dict[str, Any]) -> bool:
        return fnmatchcase(self.stage.xray_name, rule["ServiceName"]) and fnmatchcase(
            "AWS::ApiGateway::Stage", rule["ServiceType"]
        )

    def traces_come_through_the_stage(self) -> str:
        self.needs_a_rest_api()
        return self.wait_for_a_trace(
            lambda trace: True,
            f"send a request to the stage and ask again after a minute (make doctor"
            f" STAGE={self.stage.name})",
        )

    def traces_come_from_django(self) -> str:
        return self.wait_for_a_trace(
            self.was_annotated, f"look for what the SDK says in make logs STAGE={self.stage.name}"
        )

    def was_annotated(self, trace: dict[str, Any]) -> bool:
        values = trace.get("Annotations", {}).get("stage", [])
        return {"StringValue": self.stage.name} in [value["AnnotationValue"] for value in values]

    def wait_for_a_trace(self, wanted: Callable[[dict[str, Any]], bool], remedy: str) -> str:
        """Look for a trace of the last hour until one is there or `wait_seconds` are over."""
        deadline = time.monotonic() + self.wait_seconds
        while not (found := self.a_trace(wanted)):
            if time.monotonic() >= deadline:
                raise Broken("none in the last hour", remedy)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return f"the last hour has {found}"

    def a_trace(self, wanted: Callable[[dict[str, Any]], bool]) -> str | None:
        """Return the id of a trace of the stage or the function, None when there is none."""
        now = time.time()
        name = self.stage.function if self.stage.other_front else self.stage.xray_name
        pages = self.stage.pages(
            "xray",
            "get_trace_summaries",
            StartTime=now - LOOK_BACK_SECONDS,
            EndTime=now,
            # Some versions of AWS's guide forbid an annotation beside service(): it is looked at here.
            FilterExpression=f'service("{name}")',
        )
        return next(
            (trace["Id"] for page in pages for trace in page["TraceSummaries"] if wanted(trace)),
            None,
        )


def stages() -> list[str]:
    """Return the names of all stages in zappa_settings.json."""
    return list(json.loads(Path("zappa_settings.json").read_text()))


def lines(links: list[Link], mark: Callable[[bool | None], str]) -> list[str]:
    """Return the report's lines; `mark` makes the sign of a link that holds, not, or was left out."""
    width = max(len(link.name) for link in links)
    report = []
    for link in links:
        report.append(f"{mark(link.holds)} {link.name:<{width}}  {link.found}")
        if link.remedy:
            report.append(f"  {'':<{width}}  -> {link.remedy}")
    return [*report, "", verdict(links)]


def verdict(links: list[Link]) -> str:
    broken = sum(link.holds is False for link in links)
    left_out = sum(link.holds is None for link in links)
    say = f"{broken} of {len(links)} links broken" if broken else "All that was looked at holds"
    return f"{say}, {left_out} left out." if left_out else f"{say}."
