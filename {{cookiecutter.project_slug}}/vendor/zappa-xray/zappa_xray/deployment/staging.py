"""Lets Zappa package what belongs, in place of all that lies in the folder it is called in.

Zappa's own keys cannot: `exclude` knows names and no places, and takes them out of the installed
packages as well, `exclude_glob` is looked at when all has been copied.
"""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import chdir
from pathlib import Path
from typing import Any

import click

from zappa_xray.deployment.belongs import Contents
from zappa_xray.deployment.listing import lines
from zappa_xray.deployment.uncommitted import uncommitted

# Of the installed packages. Bytecode is compiled anew, with the paths that files have in Lambda.
NAMES_LEFT_OUT = ("__pycache__",)
NOT_AT_RUN_TIME = (
    ".lock",
    "zappa_xray/deployment",
    "zappa_xray/testing.py",
    "zappa_xray/traceview",
    "zappa_xray/transaction_search.py",
)


def package_only(contents: Contents, cli: Any) -> None:
    """Have Zappa's ZappaCLI `cli` package these files, and say which when it does."""
    create = cli.zappa.create_lambda_zip

    def create_lambda_zip(
        *,
        output: str | None = None,
        exclude: Iterable[str] = (),
        exclude_glob: Iterable[str] = (),
        venv: Path | None = None,
        **options: Any,
    ) -> str:
        """Take and return what Zappa.create_lambda_zip does."""
        click.echo("\n".join(lines(contents, uncommitted(contents.root, contents.files))))
        environment = venv or cli.zappa.get_current_venv()
        with tempfile.TemporaryDirectory() as folder:
            link(contents, Path(folder))
            with chdir(folder):
                name: str = create(
                    output=output and str(contents.root / output),
                    exclude=[*exclude, *NAMES_LEFT_OUT],
                    exclude_glob=[*exclude_glob, *NOT_AT_RUN_TIME],
                    venv=environment and contents.root / environment,
                    **options,
                )
                if output is None:
                    shutil.move(name, contents.root / name)
        return output or name

    cli.zappa.create_lambda_zip = create_lambda_zip


def link(contents: Contents, folder: Path) -> None:
    """Make a folder that has these files and no others, as links: Zappa's copy follows them."""
    for file in contents.files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).symlink_to(contents.root / file)
