"""Checks of the settings that tracing stands on: part of `manage.py check`."""

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
# E009 to E011 are about zappa_settings.json: zappa_xray.deployment.checks.

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
}

# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
STRIPPED_CHARACTERS = frozenset("?;*()!$~^<>")


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


ALWAYS = (
    check_middleware,
    check_sdk_app,
    check_name,
    check_keys,
    check_streaming_threshold,
    check_daemon_address,
)


def register_checks() -> None:
    """Binds the checks."""
    for check in ALWAYS:
        register(check, "tracing")


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
