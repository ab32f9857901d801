"""The finished zip: bytecode added, so that it starts fast, and small enough for Lambda."""

import importlib.util
import marshal
import sys
import warnings
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from zappa_xray.deployment.architecture import architecture_faults, packaged_binaries
from zappa_xray.deployment.start.report import of_stage

LAMBDA_ROOT = "/var/task"  # where Lambda unpacks the zip
UNCHECKED = 0b01  # the flags of a bytecode file: it has the source's hash, which nobody looks at
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_UNPACKED = 250 * 2**20


def finish(cli: Any) -> None:
    """Add bytecode to the zip at `cli.zip_path`, and say how large it is.

    Raises click.ClickException when Lambda would not take it.
    """
    add_bytecode(Path(cli.zip_path))
    with zipfile.ZipFile(cli.zip_path) as package:
        files = {file.filename: file.file_size for file in package.infolist()}
        faults = architecture_faults(packaged_binaries(package), cli.architecture)
    if faults:
        raise click.ClickException("\n".join(faults))
    unpacked = sum(files.values())
    if unpacked > LARGEST_UNPACKED:
        raise click.ClickException("\n".join(too_large(files)))
    packed = Path(cli.zip_path).stat().st_size
    click.echo(
        f"The package: {mebibytes(packed)} zipped, {mebibytes(unpacked)} unpacked (Lambda takes"
        f" {mebibytes(LARGEST_UNPACKED)}), bytecode included"
    )
    for line in of_stage(cli):
        click.echo(line)


def add_bytecode(zip_path: Path) -> None:
    """Add the compiled form of each module.

    Zappa leaves bytecode out and a function's folder is read-only: without it every cold start
    compiles every module again.
    """
    with zipfile.ZipFile(zip_path, "a") as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python has to say of the packages' sources
        for name in [name for name in package.namelist() if name.endswith(".py")]:
            # Some packages hold templates of modules, and modules for other Pythons.
            with suppress(SyntaxError, ValueError):
                bytecode = compiled(package.read(name), f"{LAMBDA_ROOT}/{name}")
                package.writestr(place_of_bytecode(name), bytecode, zipfile.ZIP_DEFLATED)


def place_of_bytecode(module: str) -> str:
    """Return where Lambda's Python looks, whatever PYTHONPYCACHEPREFIX says on this machine."""
    folder, _, name = module.rpartition("/")
    bytecode = f"{name.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
    return f"{folder}/__pycache__/{bytecode}".lstrip("/")


def compiled(source: bytes, path: str) -> bytes:
    """Return a module's bytecode file, for a Python that does not look whether the source changed.

    https://peps.python.org/pep-0552/#specification
    """
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    header = importlib.util.MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little")
    return header + importlib.util.source_hash(source) + marshal.dumps(code)


def too_large(files: dict[str, int]) -> list[str]:
    """Return the lines that say by how much `files` (name to bytes) are too large, and which."""
    folders: Counter[str] = Counter()
    for name, size in files.items():
        folders["/".join(name.split("/")[:2]) if name.count("/") > 1 else name.split("/")[0]] += (
            size
        )
    return [
        f"the package has {mebibytes(sum(files.values()))} unpacked, Lambda takes"
        f" {mebibytes(LARGEST_UNPACKED)}. The largest folders:",
        *(f"  {mebibytes(size):>10}  {folder}" for folder, size in folders.most_common(10)),
        "Leave out with `exclude_glob` in zappa_settings.json what the function does not need.",
    ]


def mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
