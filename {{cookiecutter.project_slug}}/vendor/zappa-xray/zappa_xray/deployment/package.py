"""The finished zip: bytecode added, so that it starts fast, and small enough for Lambda."""

import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import click

from zappa_xray.deployment.architecture import architecture_faults, packaged_binaries
from zappa_xray.deployment.bytecode import add_bytecode
from zappa_xray.deployment.packaged_environment import packaged_environment
from zappa_xray.deployment.start.report import of_stage

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_UNPACKED = 250 * 2**20
BYTECODE = "bytecode.zip"  # in the environment that is packaged, beside its packages


def finish(cli: Any) -> None:
    """Add bytecode to the zip at `cli.zip_path`, and say how large it is.

    Raises click.ClickException when Lambda would not take it.
    """
    add_bytecode(Path(cli.zip_path), packaged_environment() / BYTECODE)
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
