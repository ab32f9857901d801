from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks.registry import registry
from django.test import override_settings
from zappa_xray.tracing import checks

RECORDER = settings.XRAY_RECORDER
OURS = "zappa_xray.tracing.middleware.XRayMiddleware"
THE_SDKS = "aws_xray_sdk.ext.django.middleware.XRayMiddleware"


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_all_checks_are_bound() -> None:
    assert set(checks.ALWAYS) <= registry.registered_checks


@pytest.mark.parametrize("check", checks.ALWAYS)
def test_this_service_passes(check: Any) -> None:
    assert check() == []


LOUD: list[tuple[Any, dict[str, Any], str]] = [
    (checks.check_middleware, {"MIDDLEWARE": []}, checks.MIDDLEWARE_NOT_FIRST),
    (checks.check_middleware, {"MIDDLEWARE": [THE_SDKS]}, checks.MIDDLEWARE_NOT_FIRST),
    (checks.check_middleware, {"MIDDLEWARE": ["no.such", OURS]}, checks.MIDDLEWARE_NOT_FIRST),
    (checks.check_middleware, {"MIDDLEWARE": [OURS, THE_SDKS]}, checks.MIDDLEWARE_TWICE),
    (
        checks.check_name,
        {"XRAY_RECORDER": RECORDER | {"AWS_XRAY_TRACING_NAME": None}},
        checks.NAME_MISSING,
    ),
    (
        checks.check_name,
        {"XRAY_RECORDER": RECORDER | {"AWS_XRAY_TRACING_NAME": "notes*"}},
        checks.NAME_STRIPPED,
    ),
    (checks.check_keys, {"XRAY_RECORDER": RECORDER | {"SAMPLNG": 1}}, checks.UNKNOWN_KEY),
    (checks.check_keys, {"XRAY_TRACING": {"DEADLINE": 1}}, checks.UNKNOWN_KEY),
    (checks.check_keys, {"XRAY_TRACING": {"RECORD": ["cookies"]}}, checks.UNKNOWN_KEY),
    (
        checks.check_streaming_threshold,
        {"XRAY_RECORDER": RECORDER | {"STREAMING_THRESHOLD": 30}},
        checks.STREAMING_THRESHOLD_SET,
    ),
    *(
        (
            checks.check_daemon_address,
            {"XRAY_RECORDER": RECORDER | {"AWS_XRAY_DAEMON_ADDRESS": address}},
            checks.DAEMON_ADDRESS_MALFORMED,
        )
        for address in ("127.0.0.1", "http://127.0.0.1:2000", ":2000", "127.0.0.1:99999")
    ),
]


@pytest.mark.parametrize(("check", "wrong", "message_id"), LOUD)
def test_a_wrong_setting_is_found(check: Any, wrong: dict[str, Any], message_id: str) -> None:
    with override_settings(**wrong):
        messages = check()

    assert ids(messages) == [message_id]
    assert all(message.hint for message in messages)


def test_the_sdk_app_is_needed() -> None:
    apps = [app for app in settings.INSTALLED_APPS if app != "aws_xray_sdk.ext.django"]
    with override_settings(INSTALLED_APPS=apps):
        assert ids(checks.check_sdk_app()) == [checks.SDK_APP_MISSING]
