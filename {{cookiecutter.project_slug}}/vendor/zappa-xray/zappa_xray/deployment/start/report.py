"""`make why-slow`: the service's own imports that a cold start waits for."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import environ

from zappa_xray import stages
from zappa_xray.deployment.start.cost import CostlyImport, NotStarted, costly_imports, record

# Zappa's handler needs a package's zappa_settings.py; this loads what it would load of the service.
HANDLER = """
import os, sys
import werkzeug.wrappers, zappa.middleware, zappa.utilities, zappa.wsgi
from zappa.ext.django_zappa import get_django_wsgi
lambda_handler = get_django_wsgi(os.environ["DJANGO_SETTINGS_MODULE"])
"""


def lines(service: Path, settings: str, environment: Mapping[str, str]) -> list[str]:
    """Return what is to say of the start of the service in this folder; nothing when all is well.

    settings     its `django_settings`
    environment  the variables of its function, as far as they are known

    Raises NotStarted.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "handler.py").write_text(HANDLER)
        known = {"DJANGO_SETTINGS_MODULE": settings, **made_up(), **environment}
        recorded = record(service, [Path(folder), *map(Path, filter(None, sys.path))], known)
    total = sum(entry["seconds"] for entry in recorded["imports"])
    if not (costly := costly_imports(recorded, service)):
        return []
    return [
        "Imports of this service's own that each cold start waits for:",
        *(line_of(one, total) for one in costly),
        *advice(costly),
    ]


def of_stage(cli: Any) -> list[str]:
    """Return the lines for the stage that Zappa's ZappaCLI packages."""
    service = Path.cwd()
    if not (service / "config" / "lambda_function.py").exists():
        return []
    variables = {**cli.environment_variables, **cli.aws_environment_variables}
    try:
        return lines(service, cli.stage_config["django_settings"], variables)
    except NotStarted as error:
        return [not_started(cli.api_stage, error)]


def not_started(stage: str, error: NotStarted) -> str:
    return (
        "The start cannot be looked at: with the variables of zappa_settings.json and "
        f".env.{stage} the service does not start here: {error}"
    )


def made_up() -> dict[str, str]:
    return {"DJANGO_SECRET_KEY": "made up", "DATABASE_URL": "sqlite://:memory:"}


def line_of(one: CostlyImport, total: float) -> str:
    verb = "uses" if one.used else "imports"
    part = one.seconds / total
    return f"  {one.seconds * 1e3:5.0f} ms {part:5.0%}  {one.file}:{one.line} {verb} {one.module}"


def advice(costly: list[CostlyImport]) -> Iterator[str]:
    imported = sorted({one.module.partition(".")[0] for one in costly if not one.used})
    if any(one.used for one in costly):
        yield "What is used: make it in the function that needs it, such as a client of boto3."
    if imported:
        names = ", ".join(f'"{name}"' for name in imported)
        yield (
            "What is imported: in the function that needs it, or when it is used: name it in "
            f"config/lambda_function.py, zappa_handler(when_used=[{names}])."
        )
    yield (
        "What each request needs is better loaded here than with the first one: name it in "
        "zappa_handler(in_each_request=[...]), and nothing is said of it."
    )


def stage_variables(service: Path, stage: str) -> dict[str, str]:
    """Return what `.env.<stage>` holds; nothing where it is not there."""

    class StageEnvironment(environ.Env):
        ENVIRON: dict[str, str] = {}

    if (file := service / f".env.{stage}").exists():
        StageEnvironment.read_env(file)
    return StageEnvironment.ENVIRON


def main(stage: str = "dev") -> str | None:
    """Print what `lines` says of a stage of the service in this folder; return what is wrong instead, for
    `sys.exit`."""
    if wrong := stages.main(stage):
        return wrong
    service = Path.cwd()
    settings = stages.stages(service / "zappa_settings.json")[stage]
    environment = {
        **settings.get("environment_variables", {}),
        **settings.get("aws_environment_variables", {}),
        **stage_variables(service, stage),
    }
    try:
        found = lines(service, settings.get("django_settings", ""), environment)
    except NotStarted as error:
        return not_started(stage, error)
    print("\n".join(found or ["No import of this service's own takes much of its start."]))
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
