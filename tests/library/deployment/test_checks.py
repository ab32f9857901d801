import json
from pathlib import Path
from typing import Any

import pytest
import zappa_xray
from django.core.checks import CheckMessage
from django.core.checks.registry import registry
from django.test import override_settings
from zappa_xray.deployment import checks

from tests.library.deployment.conftest import write

RIGHT = {"xray_tracing": True, "timeout_seconds": 35}
MENDED: dict[str, Any] = {"events": [], "log_retention_days": 30, "api_access_log": False}


def found(root: Path, stages: dict[str, Any], **settings: Any) -> list[CheckMessage]:
    write(root, {"zappa_settings.json": json.dumps(stages)})
    with override_settings(BASE_DIR=root, **settings):
        return [*checks.check_always(), *checks.check_before_deploy()]


def test_the_checks_are_bound() -> None:
    assert {checks.check_always} <= registry.registered_checks
    assert {checks.check_before_deploy} <= registry.deployment_checks


def test_the_readme_has_each_of_them() -> None:
    readme = (Path(zappa_xray.__file__).parent.parent / "README.md").read_text()
    for message_id, (_, hint) in checks.MESSAGES_AND_HINTS.items():
        assert f"`{message_id}`" in readme
        assert hint.partition("{")[0] in readme


@pytest.mark.parametrize(
    ("wrong", "message_id"),
    [
        ({"app_type": "asgi"}, checks.ASGI_APP),
        ({"app_function": "config.asgi.application"}, checks.ASGI_APP),
        ({"xray_tracing": False}, checks.XRAY_TRACING_OFF),
        ({"timeout_seconds": 30}, checks.TIMEOUT_TOO_SHORT),
        (
            {"events": [{"function": "no_such.run", "expression": "rate(1 day)"}]},
            checks.NAME_MISSING,
        ),
        ({"memory_size": "1024"}, checks.KEY_WRONG),
        ({"enviroment_variables": {}}, checks.KEY_WRONG),
        ({"log_retention_days": 31}, checks.RETENTION_UNKNOWN),
        ({"log_retention_days": "30"}, checks.RETENTION_UNKNOWN),
        ({"log_retention_days": True}, checks.RETENTION_UNKNOWN),
        ({"api_access_log": "false"}, checks.NOT_TRUE_OR_FALSE),
        ({"dead_letter_arn": "notes-dead"}, checks.DEAD_LETTERS),
    ],
)
def test_a_wrong_stage_is_found_in_itself_and_in_those_that_extend_it(
    tmp_path: Path, wrong: dict[str, Any], message_id: str
) -> None:
    stages = {
        "dev": RIGHT | wrong,
        "production": {"extends": "dev"},
        "right": RIGHT,
        "mended": {"extends": "dev", **dict.fromkeys(wrong), **MENDED, **RIGHT},
    }
    if "enviroment_variables" in wrong:  # null takes the value of a key away, not the key
        del stages["mended"]
    [message] = found(tmp_path, stages)
    assert message.id == message_id
    assert "dev and production" in message.msg
    assert message.hint


def test_a_stage_that_is_right_is_passed_over_in_silence(tmp_path: Path) -> None:
    assert found(tmp_path, {"dev": RIGHT}) == []


def test_without_zappa_settings_json_there_is_nothing_to_say(tmp_path: Path) -> None:
    with override_settings(BASE_DIR=tmp_path):
        assert checks.check_always() == checks.check_before_deploy() == []


def test_a_file_that_zappa_cannot_read_is_a_fault(tmp_path: Path) -> None:
    message, _ = found(tmp_path, {"dev": {"extends": "base"}})
    assert message.id == checks.UNREADABLE
    assert message.msg == "zappa_settings.json: stage dev extends base, which is not there."


@pytest.mark.parametrize(
    "settings",
    [
        {"TEMPLATES": [{"BACKEND": "x", "DIRS": ["pages"]}]},
        {"STATICFILES_DIRS": [("prefix", "pages")]},
        {"LOCALE_PATHS": ["pages"]},
    ],
)
def test_a_folder_that_django_reads_and_the_package_leaves_behind_is_found(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    write(tmp_path, ["pages/base.html", "notes/__init__.py", "notes/pages/base.html"])
    [name] = settings
    [message] = found(tmp_path, {"dev": RIGHT}, **settings)
    assert message.msg == f"{name} names pages/, which the package leaves behind in stage dev."
    assert found(tmp_path, {"dev": {**RIGHT, "include": ["pages"]}}, **settings) == []
    assert found(tmp_path, {"dev": RIGHT}, LOCALE_PATHS=[tmp_path / "notes" / "pages"]) == []
    assert found(tmp_path, {"dev": RIGHT}, LOCALE_PATHS=["no_such_folder"]) == []
