"""What goes into the zip: nothing that must not, and all that starts fast."""

import compileall
import os
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import click
from zappa.core import ZIP_EXCLUDES

LAMBDA_ROOT = "/var/task"  # where Lambda unpacks the zip
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_UNPACKED = 250 * 2**20
UNWANTED = (".env", ".env.*", "*.env", "*.sqlite", "*.sqlite3*", "*.db")


def finish(cli: Any) -> None:
    """Add bytecode to the zip at `cli.zip_path`, say what is in it and what is not.

    Raises click.ClickException when Lambda would not take it.
    """
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
    click.echo(f"  left out of this folder: {', '.join(left_out(files))}")


def add_bytecode(zip_path: Path) -> None:
    """Add the compiled form of each module.

    Zappa leaves bytecode out and a function's folder is read-only: without it every cold start
    compiles every module again.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(zip_path, "a") as package:
        package.extractall(folder)
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


def left_out(files: dict[str, int]) -> list[str]:
    """Return what lies in this folder and not in the zip, hidden files only where they hold secrets."""
    packaged = {name.split("/")[0] for name in files}
    found = {path.name for path in Path().iterdir() if path.suffix != ".zip"}
    return sorted(
        name for name in found - packaged if name.startswith(".env") or not name.startswith(".")
    )


def unwanted_files(cli: Any) -> list[str]:
    """Return the files with secrets and the databases that Zappa would package."""
    excluded = {
        path
        for pattern in cli.stage_config.get("exclude_glob", [])
        for path in Path().glob(pattern)
    }
    return sorted(
        str(file)
        for file in project_files(cli)
        if any(fnmatch(file.name, pattern) for pattern in UNWANTED)
        and not excluded.intersection([file, *file.parents])
    )


def project_files(cli: Any) -> Iterator[Path]:
    """Walk the files of this folder that Zappa's `exclude` lets through."""
    ignored = shutil.ignore_patterns(*ZIP_EXCLUDES, *cli.stage_config.get("exclude", []))
    for folder, folders, files in os.walk("."):
        skipped = ignored(folder, [*folders, *files])
        folders[:] = [name for name in folders if name not in skipped]
        yield from (Path(folder, name) for name in files if name not in skipped)


def mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
