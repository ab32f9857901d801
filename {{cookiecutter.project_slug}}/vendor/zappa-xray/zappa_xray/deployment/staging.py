"""Lets Zappa package what belongs, in place of all that lies in the folder it is called in.

Zappa's own keys cannot: `exclude` knows names and no places, and takes them out of the installed
packages as well, `exclude_glob` is looked at when all has been copied.
"""

import shutil
from collections.abc import Iterable, Mapping
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from zappa.utilities import get_venv_from_python_version

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
        environment = environment and contents.root / environment
        with TemporaryDirectory() as folder, TemporaryDirectory() as without_packages:
            link(contents, Path(folder), environment)
            packages = environment and installed(environment)
            if packages and is_copied_as_it_is(packages, options):
                link_packages(packages, Path(folder))
                environment = Path(without_packages)
                installed(environment).mkdir(parents=True)
            with chdir(folder):
                name: str = create(
                    output=output and str(contents.root / output),
                    exclude=[*exclude, *NAMES_LEFT_OUT],
                    exclude_glob=[*exclude_glob, *NOT_AT_RUN_TIME],
                    venv=environment,
                    **options,
                )
                if output is None:
                    shutil.move(name, contents.root / name)
        return output or name

    cli.zappa.create_lambda_zip = create_lambda_zip


def link(contents: Contents, folder: Path, environment: Path | None) -> None:
    """Make a folder that has these files and no others, as links: Zappa's copy follows them.

    As Zappa does it leaves out, anywhere, what is called as the environment is.
    """
    for file in contents.files:
        if environment and environment.name in file.parts:
            continue
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).symlink_to(contents.root / file)


def installed(environment: Path) -> Path:
    """Return the folder from which Zappa takes the packages of a virtual environment."""
    return Path(environment, "lib", get_venv_from_python_version(), "site-packages")


def is_copied_as_it_is(packages: Path, options: Mapping[str, Any]) -> bool:
    """Return whether Zappa copies a folder of packages and does no more: then once is enough.

    It copies them to a folder of their own, and all of that again to where the service's files are.
    It also looks there for packages that are elsewhere, and for those to replace by precompiled ones.
    """
    elsewhere = any(packages.glob("*.egg-link")) or (packages / "64").exists()
    return not (elsewhere or options.get("use_precompiled_packages", True))


def link_packages(packages: Path, folder: Path) -> None:
    """Add links to what is installed; it takes the place of the service's own where both are files."""
    for path in packages.iterdir():
        place = folder / path.name
        if place.is_dir() and path.is_dir():
            link_packages(path, place)
        else:
            place.unlink(missing_ok=True)
            place.symlink_to(path)
