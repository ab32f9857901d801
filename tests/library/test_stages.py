import json
from pathlib import Path
from typing import Any

import pytest
from zappa_xray.stages import console_address, stages


def written(folder: Path, settings: dict[str, Any]) -> Path:
    path = folder / "zappa_settings.json"
    path.write_text(json.dumps(settings))
    return path


def test_a_stage_has_what_it_extends_and_its_own_where_both_say_something(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "late": {"extends": "production", "memory_size": 2048},
            "dev": {"memory_size": 512, "xray_tracing": True, "events": []},
            "production": {"extends": "dev", "memory_size": 1024},
        },
    )
    found = stages(path)
    assert {name: settings["memory_size"] for name, settings in found.items()} == {
        "late": 2048,
        "dev": 512,
        "production": 1024,
    }
    assert all(settings["xray_tracing"] is True for settings in found.values())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"dev": {"extends": "base"}}, "stage dev extends base, which is not there"),
        (
            {"dev": {"extends": "test"}, "test": {"extends": "dev"}},
            "stage dev extends itself: dev -> test -> dev",
        ),
    ],
)
def test_what_cannot_be_extended_is_said_in_a_sentence(
    tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^zappa_settings.json: {sentence}$"):
        stages(written(tmp_path, settings))


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "zappa_settings.json").write_text('{"dev": {},}')
    with pytest.raises(ValueError, match=r"^zappa_settings.json is not JSON: .* line 1"):
        stages(tmp_path / "zappa_settings.json")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_console_is_that_of_the_region(region: str, host: str) -> None:
    assert console_address(region, "1-2-3") == (
        f"https://{host}/cloudwatch/home?region={region}#xray:traces/1-2-3"
    )
