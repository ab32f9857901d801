"""What happens to the zip between Zappa's packaging and the upload."""

import compileall
import tempfile
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import click

LAMBDA_ROOT = "/var/task"  # where Lambda unpacks the zip


def add_bytecode(cli: Any) -> None:
    """Add the compiled form of each module to the zip at `cli.zip_path`.

    Zappa leaves bytecode out and a function's folder is read-only: without it every cold start
    compiles every module again.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(cli.zip_path, "a") as package:
        package.extractall(folder)
        compileall.compile_dir(
            folder,
            quiet=2,
            stripdir=folder,
            prependdir=LAMBDA_ROOT,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        for bytecode in sorted(Path(folder).rglob("*.pyc")):
            package.write(bytecode, bytecode.relative_to(folder), zipfile.ZIP_DEFLATED)
    click.echo(f"Bytecode added: {Path(cli.zip_path).stat().st_size / 2**20:.1f} MiB")
