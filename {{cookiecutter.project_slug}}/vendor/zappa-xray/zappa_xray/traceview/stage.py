"""A deployed stage as X-Ray knows it, from zappa_settings.json."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from zappa_xray.stages import stages


@dataclass(frozen=True)
class Stage:
    """A stage of zappa_settings.json; region and profile are None where it leaves them to AWS's tools."""

    name: str
    function: str
    region: str | None
    profile: str | None

    @property
    def service(self) -> str:
        """What X-Ray calls the stage of the REST API, in traces and in sampling rules."""
        return f"{self.function}/{self.name}"


def stage_named(name: str) -> Stage:
    """Return the stage of that name. Raises CommandError, which names those there are."""
    folder = Path(settings.BASE_DIR)
    try:
        found = stages(folder / "zappa_settings.json")
    except OSError as error:
        raise CommandError(f"{folder} has no zappa_settings.json to be read: {error}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    if name not in found:
        known = ", ".join(sorted(found))
        raise CommandError(f"zappa_settings.json has no stage {name!r}, but: {known}.")
    own = found[name]
    project_name = own.get("project_name") or folder.name[:15]
    # Zappa's own rule for the name of the function, and of its REST API.
    words = re.findall(r"[a-z0-9]+", f"{project_name}-{name}".lower())
    return Stage(name, "-".join(words), own.get("aws_region"), own.get("profile_name"))
