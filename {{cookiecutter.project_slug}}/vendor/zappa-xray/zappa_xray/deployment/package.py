"""The finished zip: bytecode added, so that it starts fast, and small enough for Lambda."""

import compileall
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import click

LAMBDA_ROOT = "/var/task"  # where Lambda unpacks the zip
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_UNPACKED = 250 * 2**20


def finish(cli: Any) -> None:
    """Add bytecode to the zip at `cli.zip_path`, and say how large it is.

    Raises click.ClickException when Lambda would not take it.
    """
    if not zipfile.is_zipfile(cli.zip_path):
        click.echo("slim_handler: the archive is uploaded as Zappa made it, without bytecode")
        return
    add_bytecode(Path(cli.zip_path))
    with zipfile.ZipFile(cli.zip_path) as package:
        files = {file.filename: file.file_size for file in package.infolist()}
    unpacked = sum(files.values())
    if unpacked > LARGEST_UNPACKED:
        raise click.ClickException("\n".join(too_large(files)))
    packed = Path(cli.zip_path).stat().st_size
    click.echo(
        f"The package: {mebibytes(packed)} zipped, {mebibytes(unpacked)} unpacked (Lambda takes"
        f" {mebibytes(LARGEST_UNPACKED)}), bytecode included"
    )


def add_bytecode(zip_path: Path) -> None:
    """Add the compiled form of each module.

    Zappa leaves bytecode out and a function's folder is read-only: without it every cold start
    compiles every module again.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(zip_path, "a") as package:
        package.extractall(folder, [name for name in package.namelist() if name.endswith(".py")])
        compileall.compile_dir(
            folder,
            quiet=2,
            stripdir=folder,
            prependdir=LAMBDA_ROOT,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
            workers=0,
        )
        for bytecode in sorted(Path(folder).rglob("*.pyc")):
            package.write(bytecode, bytecode.relative_to(folder), zipfile.ZIP_DEFLATED)


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
