"""The service that is verified: baked, or a copy of somebody's, with what it is to be asked for."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path

from emulator.service import Service, bake, offered_python

VERIFICATION = Path(__file__).with_name("verification")
LEFT_OUT = (".venv", ".lambda", ".git", "dist", "node_modules", "__pycache__", ".mypy_cache")
URLS = """
from verification.urls import urlpatterns as verified  # noqa: E402 - put here by make verify-aws

urlpatterns += verified
"""
SCHEDULED = "verification.scheduled.tick"


def prepare(folder: Path, stage: str, source: Path | None = None) -> Service:
    """Make a service in `folder` whose `stage` can be verified.

    source  the folder of a service, which is copied and stays as it is; none for a new one, of a
            name that no other has

    Raises CommandFailed, and ValueError for a folder that holds no service of this template.
    """
    if source is None:
        slug = f"verify-{secrets.token_hex(3)}"
        service = bake(folder, {"project_slug": slug, "python_version": offered_python()})
    else:
        if (
            not (source / "zappa_settings.json").exists()
            or not (source / "config/urls.py").exists()
        ):
            raise ValueError(
                f"{source} holds no service: zappa_settings.json or config/urls.py is missing"
            )
        copied = folder / source.resolve().name
        shutil.copytree(source, copied, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        service = Service(copied)
    shutil.copytree(
        VERIFICATION, service.folder / "verification", ignore=shutil.ignore_patterns("__pycache__")
    )
    urls = service.folder / "config/urls.py"
    urls.write_text(urls.read_text() + URLS)
    add_stage(service.folder / "zappa_settings.json", stage)
    return service


def add_stage(file: Path, stage: str) -> None:
    """Give a stage one schedule; one that is not there extends the first."""
    stages = json.loads(file.read_text())
    own = stages.setdefault(stage, {"extends": next(iter(stages))})
    own["events"] = [{"function": SCHEDULED, "expression": "rate(1 day)"}]
    file.write_text(json.dumps(stages, indent=4))
