"""Zappa's callbacks, named in zappa_settings.json.

Zappa shows an ImportError of a file's first lines as a bare "Failed to import": so the imports stand
in the functions.
"""


def settings(cli: object) -> None:
    """Run for every command, once zappa_settings.json is loaded."""
    from zappa_xray.deployment.before_deploy import prepare

    prepare(cli)


def zip(cli: object) -> None:
    """Run when the package is built, before it is uploaded."""
    from zappa_xray.deployment.package import finish

    finish(cli)


def post(cli: object) -> None:
    """Run at the end of deploy and update."""
    from zappa_xray.deployment.after_deploy import finish

    finish(cli)
