"""What the extra `traceview` installs, and what to do where it is missing."""

from importlib.util import find_spec

from django.core.management.base import CommandError


def needs(*modules: str) -> None:
    """Raise CommandError, which says how to install them, when any of these modules is missing."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise CommandError(
            f"This needs {' and '.join(missing)}, which zappa-xray[traceview] brings: ask for that "
            "extra where the service names its development tools, and install them again."
        )
