"""The stages of a zappa_settings.json, and where AWS's console shows a trace of theirs.

`python -m zappa_xray.stages STAGE KEY` prints what a stage, or the one that it extends, says. Without a
key nothing is printed unless the stage cannot be read.
"""

import json
import sys
from pathlib import Path
from typing import Any

CONSOLES = {  # by how the region's name begins: China, AWS GovCloud
    "cn-": "console.amazonaws.cn",
    "us-gov-": "console.amazonaws-us-gov.com",
}


def stages(path: Path) -> dict[str, dict[str, Any]]:
    """Return the settings of each stage by its name, with what it `extends`, as Zappa reads them.

    Raises OSError when there is no such file, and ValueError, with a sentence for who wrote the
    file, when it is no JSON, no object of stages, or a stage extends one that is not there or, in
    the end, itself.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name} is not JSON: {error}") from error
    objects = written.values() if isinstance(written, dict) else [written]
    if not all(isinstance(settings, dict) for settings in objects):
        raise ValueError(
            f"{path.name} has to be an object of stages, each of them an object in braces"
        )
    return {name: _extended(written, name, path.name) for name in written}


def _extended(written: dict[str, dict[str, Any]], name: str, file: str) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    passed: list[str] = []
    stage: str | None = name
    while stage:
        if stage in passed:
            raise ValueError(
                f"{file}: stage {name} extends itself: {' -> '.join([*passed, stage])}"
            )
        if not isinstance(stage, str) or stage not in written:
            raise ValueError(f"{file}: stage {passed[-1]} extends {stage}, which is not there")
        passed.append(stage)
        settings = {**written[stage], **settings}
        stage = written[stage].get("extends")
    return settings


def console_address(region: str, trace_id: str) -> str:
    """Return the address of a trace in the AWS console of a region such as eu-central-1."""
    host = next(
        (host for beginning, host in CONSOLES.items() if region.startswith(beginning)),
        "console.aws.amazon.com",
    )
    return f"https://{region}.{host}/cloudwatch/home?region={region}#xray:traces/{trace_id}"


def main(stage: str, *keys: str) -> str | None:
    """Print keys of a stage in this folder; return what is wrong instead, for `sys.exit`."""
    try:
        named = stages(Path("zappa_settings.json"))
    except (OSError, ValueError) as error:
        return str(error)
    if stage not in named:
        return f"zappa_settings.json has no stage {stage}, but: {', '.join(named)}."
    if missing := [key for key in keys if key not in named[stage]]:
        return f"zappa_settings.json has no {', '.join(missing)} for stage {stage}."
    for key in keys:
        print(named[stage][key])
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
