"""A service as it stands in its folder, laid out as the zip would be, without packaging it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from emulator.processes import run
from emulator.service import Service

NOT_OF_THE_FUNCTION = shutil.ignore_patterns(".*", "dist", "vendor")


def lay_out(
    service: Service,
    stage: str,
    zappa_settings: Mapping[str, Any] | None,
    files: Mapping[str, str] | None,
) -> Path:
    """Return a new folder that can be a function's: a copy of the service's own code, what Zappa
    adds, and links to all that is installed in its `.venv`.

    zappa_settings  replace keys of the stage in zappa_settings.json; None takes a key away
    files           more modules, path to content; they hide the service's own of that name
    """
    folder = Path(tempfile.mkdtemp(prefix="function-"))
    shutil.copytree(service.folder, folder, ignore=NOT_OF_THE_FUNCTION, dirs_exist_ok=True)
    zappa = service.site_packages / "zappa"
    shutil.copy(zappa / "handler.py", folder)
    shutil.copy(zappa / "ext" / "django_zappa.py", folder / "django_zappa_app.py")
    overrides = json.dumps(dict(zappa_settings or {}), sort_keys=True)
    (folder / "zappa_settings.py").write_text(zappa_settings_module(service, stage, overrides))
    for path, content in (files or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    for installed in installed_folders(service):
        for module in installed.iterdir():
            if module.suffix != ".pth" and not os.path.lexists(folder / module.name):
                (folder / module.name).symlink_to(module)
    return folder


def installed_folders(service: Service) -> Iterator[Path]:
    """Yield the `.venv`'s site-packages and the folders of what is installed to be edited there."""
    yield service.site_packages
    for file in sorted(service.site_packages.glob("*.pth")):
        yield from (Path(line) for line in file.read_text().splitlines() if Path(line).is_dir())


ZAPPA_LOADER = """
import json, sys, tempfile
from zappa.cli import ZappaCLI

stage, overrides, output = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
with open("zappa_settings.json") as file:
    settings = json.load(file)
settings[stage].update(overrides)
settings[stage] = {key: value for key, value in settings[stage].items() if value is not None}
with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    json.dump(settings, file)
    file.flush()
    cli = ZappaCLI()
    cli.api_stage, cli.load_credentials = stage, False
    cli.load_settings(file.name)
    with open(output, "w") as module:
        module.write(cli.get_zappa_settings_string())
"""


@cache
def zappa_settings_module(service: Service, stage: str, overrides: str) -> str:
    """Return the zappa_settings.py that Zappa would put into the zip; `overrides` is JSON."""
    with tempfile.NamedTemporaryFile("r") as module:
        arguments = [stage, overrides, module.name]
        python = str(service.folder / ".venv/bin/python")
        run([python, "-I", "-c", ZAPPA_LOADER, *arguments], folder=service.folder, timeout=60)
        return module.read()
