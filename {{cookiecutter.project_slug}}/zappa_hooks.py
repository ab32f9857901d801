"""Zappa's callbacks, named in zappa_settings.json.

Zappa shows an ImportError of a file's first lines as a bare "Failed to import": so the imports stand
in the functions.
"""

from typing import Any


def settings(cli: Any) -> None:
    """Run for every command, once zappa_settings.json is loaded."""
    from zappa_xray.deployment.before_deploy import prepare

    prepare(cli)


def zip(cli: Any) -> None:
    """Run when the package is built, before it is uploaded."""
    from zappa_xray.deployment.package import finish

    finish(cli)


def post(cli: Any) -> None:
    """Run at the end of deploy and update."""
    from zappa_xray.deployment.after_deploy import finish

    finish(cli)
