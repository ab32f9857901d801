"""Zappa's callbacks, named in zappa_settings.json. The work is done in deployment/.

Zappa loads this file without the project's folder on sys.path, and shows an ImportError of its
first lines as a bare "Failed to import": so the imports stand in the functions.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))


def settings(cli: Any) -> None:
    """Run for every command, once zappa_settings.json is loaded."""
    from deployment.environment import prepare

    prepare(cli)


def zip(cli: Any) -> None:
    """Run when the package is built, before it is uploaded."""
    from deployment.package import finish

    finish(cli)


def post(cli: Any) -> None:
    """Run at the end of deploy and update."""
    from deployment.after_deploy import finish

    finish(cli)
