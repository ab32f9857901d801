"""Checks of zappa_settings.json: part of `manage.py check`, and asked again before each deploy."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, register

from zappa_xray.deployment.alarms.wanted import faults_of
from zappa_xray.deployment.belongs import contents
from zappa_xray.deployment.dead_letter_target import target_faults
from zappa_xray.deployment.folders import folders_that_django_reads
from zappa_xray.deployment.keys.faults import ill_typed, key_faults
from zappa_xray.deployment.named_functions import missing_names
from zappa_xray.stages import stages
from zappa_xray.tracing.conf import DEFAULTS

Settings = dict[str, Any]  # of one stage, with what it extends

UNREADABLE = "deployment.E001"
NAME_MISSING = "deployment.E002"
FOLDER_LEFT_BEHIND = "deployment.E003"
RETENTION_UNKNOWN = "deployment.E004"
NOT_TRUE_OR_FALSE = "deployment.E005"
ALARMS = "deployment.E006"
DEAD_LETTERS = "deployment.E007"
KEY_WRONG = "deployment.E008"
ASGI_APP = "tracing.E009"
XRAY_TRACING_OFF = "tracing.E010"
TIMEOUT_TOO_SHORT = "tracing.E011"

MESSAGES_AND_HINTS = {
    UNREADABLE: ("{fault}.", "Mend it: Zappa could not read it either."),
    NAME_MISSING: (
        "{stages} of zappa_settings.json: {key} names {path}, but {wrong}.",
        "Correct its spelling, or take the entry out.",
    ),
    FOLDER_LEFT_BEHIND: (
        "{setting} names {folder}/, which the package leaves behind in {where}.",
        'Add "{folder}" to "include" in zappa_settings.json, or move it into an app.',
    ),
    RETENTION_UNKNOWN: (
        "{stages} of zappa_settings.json: log_retention_days is {days}, which CloudWatch Logs does not"
        " know.",
        "Use one of {known}, or take it out to keep logs for ever.",
    ),
    NOT_TRUE_OR_FALSE: (
        "{stages} of zappa_settings.json: api_access_log is {value}.",
        "Write true or false, without quotes.",
    ),
    ALARMS: (
        "{stages} of zappa_settings.json: xray_alarms {wrong}.",
        "Its keys are time_outs, faults, period_seconds, sns_topic_arn and email; {{}} is the default.",
    ),
    DEAD_LETTERS: (
        "{stages} of zappa_settings.json: {fault}.",
        "Or take dead_letter_arn out: failed schedules and tasks are then lost.",
    ),
    KEY_WRONG: (
        "{stages} of zappa_settings.json: {fault}.",
        "What each key takes says https://github.com/zappa/Zappa#advanced-settings.",
    ),
    ASGI_APP: (
        "{stages} of zappa_settings.json serves an ASGI application.",
        'Take "app_type" and "app_function" out: X-Ray traces the service under WSGI.',
    ),
    XRAY_TRACING_OFF: (
        "{stages} of zappa_settings.json does not set xray_tracing to true.",
        'Add "xray_tracing": true to the stage, or to the one that it extends.',
    ),
    TIMEOUT_TOO_SHORT: (
        "{stages} of zappa_settings.json ends the function after {seconds:g} s, "
        "not later than DEADLINE_SECONDS and MARGIN_SECONDS allow: {needed:g} s.",
        'Set "timeout_seconds" above {needed:g}, or lower DEADLINE_SECONDS.',
    ),
}

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
# What Zappa gives a function that zappa_settings.json gives no timeout_seconds.
ZAPPA_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Fault:
    """What is wrong with a stage: the message's id, and the values of its text by name."""

    message_id: str
    values: tuple[tuple[str, Any], ...] = ()


def app_type(settings: Settings) -> Iterator[Fault]:
    """The SDK's context does not survive ASGI: queries would be lost or misplaced."""
    if settings.get("app_type") == "asgi" or "asgi" in settings.get("app_function", ""):
        yield Fault(ASGI_APP)


def keys(settings: Settings) -> Iterator[Fault]:
    """Zappa takes a misspelt key in silence, and AWS refuses a wrong value half-way through a deploy."""
    for wrong in key_faults(settings):
        yield Fault(KEY_WRONG, (("fault", wrong),))


def names(settings: Settings) -> Iterator[Fault]:
    """Zappa calls functions by the names in its settings, and finds out when it calls."""
    for key, path, wrong in missing_names(settings):
        yield Fault(NAME_MISSING, (("key", key), ("path", path), ("wrong", wrong)))


def folders(settings: Settings) -> Iterator[Fault]:
    """What Django reads from a folder of the service has to go into the package."""
    root = base_folder()
    named = list(folders_that_django_reads(root))
    packaged = contents(root, settings).files if named else ()
    for setting, folder in named:
        if not any(file.is_relative_to(folder) for file in packaged):
            yield Fault(FOLDER_LEFT_BEHIND, (("setting", setting), ("folder", folder.as_posix())))


def logs(settings: Settings) -> Iterator[Fault]:
    """CloudWatch Logs would refuse it after the deploy."""
    days = settings.get("log_retention_days")
    if days is not None and (type(days) is not int or days not in RETENTION_DAYS):
        known = ", ".join(map(str, RETENTION_DAYS))
        yield Fault(RETENTION_UNKNOWN, (("days", json.dumps(days)), ("known", known)))
    if not isinstance(wanted := settings.get("api_access_log", True), bool):
        yield Fault(NOT_TRUE_OR_FALSE, (("value", json.dumps(wanted)),))


def failed_calls(settings: Settings) -> Iterator[Fault]:
    """Lambda would refuse it when the function is there."""
    for fault in target_faults(settings, base_folder()):
        yield Fault(DEAD_LETTERS, (("fault", fault),))


def alarms(settings: Settings) -> Iterator[Fault]:
    """A misspelt key would be an alarm that never comes."""
    for wrong in faults_of(settings):
        yield Fault(ALARMS, (("wrong", wrong),))


def xray_tracing(settings: Settings) -> Iterator[Fault]:
    """Without it the function has no segment, and nothing can be recorded below it."""
    if settings.get("xray_tracing") is not True:
        yield Fault(XRAY_TRACING_OFF)


def timeouts(settings: Settings) -> Iterator[Fault]:
    """The function outlives the gateway, by enough to record what happened."""
    tracing = {**DEFAULTS, **getattr(django_settings, "XRAY_TRACING", {})}
    needed = float(tracing["DEADLINE_SECONDS"] + tracing["MARGIN_SECONDS"])
    seconds = settings.get("timeout_seconds", ZAPPA_TIMEOUT_SECONDS)
    if seconds <= needed:
        yield Fault(TIMEOUT_TOO_SHORT, (("seconds", seconds), ("needed", needed)))


Look = Callable[[Settings], Iterator[Fault]]
ALWAYS: tuple[Look, ...] = (keys, app_type, names, folders, logs, failed_calls, alarms)
BEFORE_DEPLOY: tuple[Look, ...] = (xray_tracing, timeouts)


def messages(by_stage: dict[str, Settings], looks: Iterable[Look]) -> list[CheckMessage]:
    """Return what is wrong with stages; what is wrong with several of them is said once."""
    concerned: dict[Fault, list[str]] = {}
    for look in looks:
        for stage, settings in by_stage.items():
            for fault in look(settings if look is keys else sound(settings)):
                concerned.setdefault(fault, []).append(stage)
    return [_error(fault, stages_with_it) for fault, stages_with_it in concerned.items()]


def sound(settings: Settings) -> Settings:
    """Return what of a stage's settings can be looked at more closely: neither ill-typed nor null."""
    wrong = {key for key, _fault in ill_typed(settings)}
    return {key: value for key, value in settings.items() if key not in wrong and value is not None}


def check_always(**_: Any) -> list[CheckMessage]:
    """What holds while one develops as well."""
    return _check(ALWAYS)


def check_before_deploy(**_: Any) -> list[CheckMessage]:
    """What matters to a deployed stage only."""
    return _check(BEFORE_DEPLOY)


def register_checks() -> None:
    """Bind the checks; those about deployed stages run with `check --deploy` only."""
    register(check_always, "deployment")
    register(check_before_deploy, "deployment", deploy=True)


def base_folder() -> Path:
    """Return the service's folder: BASE_DIR of Django's settings, else the one it is run in."""
    return Path(getattr(django_settings, "BASE_DIR", None) or Path.cwd())


def _check(looks: Iterable[Look]) -> list[CheckMessage]:
    path = base_folder() / "zappa_settings.json"
    if not path.exists():  # Zappa takes YAML, TOML and Python as well
        return []
    try:
        return messages(stages(path), looks)
    except ValueError as error:
        return [_error(Fault(UNREADABLE, (("fault", error),)), [])]


def _error(fault: Fault, concerned: list[str]) -> Error:
    listed = _listed(concerned)
    values = {"stages": listed, "where": listed.lower(), **dict(fault.values)}
    message, hint = (text.format(**values) for text in MESSAGES_AND_HINTS[fault.message_id])
    return Error(message, hint=hint, id=fault.message_id)


def _listed(names: list[str]) -> str:
    return f"Stage{'s' if len(names) > 1 else ''} {' and '.join(names)}"
