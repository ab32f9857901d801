"""Checks of the settings that tracing stands on: part of `manage.py check`."""

import json
from pathlib import Path
from typing import Any

from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException
from aws_xray_sdk.ext.django.conf import DEFAULTS as SDK_DEFAULTS
from aws_xray_sdk.ext.django.conf import XRaySettings
from aws_xray_sdk.ext.django.middleware import XRayMiddleware as SDKMiddleware
from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from zappa_xray.tracing.conf import DEFAULTS, RECORDABLE, settings
from zappa_xray.tracing.middleware import XRayMiddleware

MIDDLEWARE_NOT_FIRST = "tracing.E001"
MIDDLEWARE_TWICE = "tracing.E002"
SDK_APP_MISSING = "tracing.E003"
NAME_MISSING = "tracing.E004"
NAME_STRIPPED = "tracing.E005"
UNKNOWN_KEY = "tracing.E006"
STREAMING_THRESHOLD_SET = "tracing.E007"
DAEMON_ADDRESS_MALFORMED = "tracing.E008"
ASGI_APP = "tracing.E009"
XRAY_TRACING_OFF = "tracing.E010"
TIMEOUT_TOO_SHORT = "tracing.E011"

MESSAGES_AND_HINTS = {
    MIDDLEWARE_NOT_FIRST: (
        "The first entry of MIDDLEWARE is not zappa_xray.tracing.middleware.XRayMiddleware.",
        "Put zappa_xray.tracing.middleware.XRayMiddleware first: what fails before it is lost.",
    ),
    MIDDLEWARE_TWICE: (
        "MIDDLEWARE records each request more than once.",
        "Keep zappa_xray.tracing.middleware.XRayMiddleware and take the X-Ray SDK's own out.",
    ),
    SDK_APP_MISSING: (
        "INSTALLED_APPS does not hold aws_xray_sdk.ext.django.",
        "Add aws_xray_sdk.ext.django: it configures the recorder and records queries.",
    ),
    NAME_MISSING: (
        "XRAY_RECORDER has no AWS_XRAY_TRACING_NAME.",
        "Set AWS_XRAY_TRACING_NAME to the service's name in the service map.",
    ),
    NAME_STRIPPED: (
        "AWS_XRAY_TRACING_NAME {name!r} holds characters that X-Ray strips: {characters}",
        "Use letters, digits, spaces and _ . : / % & # = + \\ - @ for the name.",
    ),
    UNKNOWN_KEY: (
        "{key} is not known.",
        "Correct its spelling or take it out: nothing reads it.",
    ),
    STREAMING_THRESHOLD_SET: (
        "XRAY_RECORDER sets STREAMING_THRESHOLD.",
        "Set STREAMING_THRESHOLD to None: in Lambda any other number loses subsegments.",
    ),
    DAEMON_ADDRESS_MALFORMED: (
        "AWS_XRAY_DAEMON_ADDRESS {address!r} is not the address of a daemon.",
        "Write host:port, such as 127.0.0.1:2000, in the environment or XRAY_RECORDER.",
    ),
    ASGI_APP: (
        "Stage {stage} of zappa_settings.json serves an ASGI application.",
        'Take "app_type" and "app_function" out: X-Ray traces the service under WSGI.',
    ),
    XRAY_TRACING_OFF: (
        "Stage {stage} of zappa_settings.json does not set xray_tracing to true.",
        'Add "xray_tracing": true to the stage, or to the one that it extends.',
    ),
    TIMEOUT_TOO_SHORT: (
        "Stage {stage} of zappa_settings.json ends the function after {seconds:g} s, "
        "not later than DEADLINE_SECONDS and MARGIN_SECONDS allow: {needed:g} s.",
        'Set "timeout_seconds" above {needed:g}, or lower DEADLINE_SECONDS.',
    ),
}

# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
STRIPPED_CHARACTERS = frozenset("?;*()!$~^<>")
# What Zappa gives a function that zappa_settings.json gives no timeout_seconds.
ZAPPA_TIMEOUT_SECONDS = 30


def check_middleware(**_: Any) -> list[CheckMessage]:
    """The first middleware sees every request, and one alone records it."""
    middleware = [_class(path) for path in django_settings.MIDDLEWARE]
    messages: list[CheckMessage] = []
    if not middleware or not issubclass(middleware[0], XRayMiddleware):
        messages.append(_error(MIDDLEWARE_NOT_FIRST))
    if sum(issubclass(one, SDKMiddleware) for one in middleware) > 1:
        messages.append(_error(MIDDLEWARE_TWICE))
    return messages


def check_sdk_app(**_: Any) -> list[CheckMessage]:
    """The SDK's app configures the recorder and records queries and templates."""
    return [] if apps.is_installed("aws_xray_sdk.ext.django") else [_error(SDK_APP_MISSING)]


def check_name(**_: Any) -> list[CheckMessage]:
    """The service has a name, and X-Ray keeps all of it."""
    name = XRaySettings(_recorder()).AWS_XRAY_TRACING_NAME
    if not name:
        return [_error(NAME_MISSING)]
    stripped = " ".join(sorted(STRIPPED_CHARACTERS & set(name)))
    return [_error(NAME_STRIPPED, name=name, characters=stripped)] if stripped else []


def check_keys(**_: Any) -> list[CheckMessage]:
    """A mistyped key has no effect and no message: it is found here."""
    own = getattr(django_settings, "XRAY_TRACING", {})
    unknown = [
        *(f"XRAY_RECORDER[{key!r}]" for key in _recorder() if key not in SDK_DEFAULTS),
        *(f"XRAY_TRACING[{key!r}]" for key in own if key not in DEFAULTS),
        *(f"{name!r} in RECORD" for name in settings.record if name not in RECORDABLE),
    ]
    return [_error(UNKNOWN_KEY, key=key) for key in unknown]


def check_streaming_threshold(**_: Any) -> list[CheckMessage]:
    """In Lambda the SDK sends nothing at all with a threshold above 0."""
    threshold = _recorder().get("STREAMING_THRESHOLD")
    return [] if threshold is None else [_error(STREAMING_THRESHOLD_SET)]


def check_daemon_address(**_: Any) -> list[CheckMessage]:
    """The documents go to an address that can be one."""
    address = XRaySettings(_recorder()).AWS_XRAY_DAEMON_ADDRESS
    try:
        daemon = DaemonConfig(address)
        right = daemon.udp_ip and 0 < daemon.udp_port < 65_536
    except InvalidDaemonAddressException:
        right = False
    return [] if right else [_error(DAEMON_ADDRESS_MALFORMED, address=address)]


def check_app_type(**_: Any) -> list[CheckMessage]:
    """The SDK's context does not survive ASGI: queries would be lost or misplaced."""
    return [
        _error(ASGI_APP, stage=stage)
        for stage, values in _stages().items()
        if values.get("app_type") == "asgi" or "asgi" in values.get("app_function", "")
    ]


def check_xray_tracing(**_: Any) -> list[CheckMessage]:
    """Without it the function has no segment, and nothing can be recorded below it."""
    return [
        _error(XRAY_TRACING_OFF, stage=stage)
        for stage, values in _stages().items()
        if values.get("xray_tracing") is not True
    ]


def check_timeouts(**_: Any) -> list[CheckMessage]:
    """The function outlives the gateway, by enough to record what happened."""
    needed = settings.deadline_seconds + settings.margin_seconds
    return [
        _error(TIMEOUT_TOO_SHORT, stage=stage, seconds=seconds, needed=needed)
        for stage, values in _stages().items()
        if (seconds := values.get("timeout_seconds", ZAPPA_TIMEOUT_SECONDS)) <= needed
    ]


ALWAYS = (
    check_middleware,
    check_sdk_app,
    check_name,
    check_keys,
    check_streaming_threshold,
    check_daemon_address,
    check_app_type,
)
BEFORE_DEPLOY = (check_xray_tracing, check_timeouts)


def register_checks() -> None:
    """Binds the checks; those about deployed stages run with `check --deploy` only."""
    for check in ALWAYS:
        register(check, "tracing")
    for check in BEFORE_DEPLOY:
        register(check, "tracing", deploy=True)


def _error(message_id: str, **values: Any) -> Error:
    message, hint = MESSAGES_AND_HINTS[message_id]
    return Error(message.format(**values), hint=hint.format(**values), id=message_id)


def _class(path: str) -> type:
    try:
        found = import_string(path)
    except ImportError:
        return object  # Django's own error names the middleware that cannot be imported
    return found if isinstance(found, type) else object


def _recorder() -> dict[str, Any]:
    return getattr(django_settings, "XRAY_RECORDER", {})


def _stages() -> dict[str, dict[str, Any]]:
    path = Path(django_settings.BASE_DIR) / "zappa_settings.json"
    if not path.exists():  # in Lambda, where nothing is deployed from
        return {}
    stages = json.loads(path.read_text())
    return {stage: _extended(stages, stage) for stage in stages}


def _extended(stages: dict[str, dict[str, Any]], stage: str) -> dict[str, Any]:
    values = stages[stage]
    base = _extended(stages, values["extends"]) if "extends" in values else {}
    return base | values
