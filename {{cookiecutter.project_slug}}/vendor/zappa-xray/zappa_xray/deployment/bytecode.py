"""The bytecode of a package's modules; what did not change since the last package is not compiled again.

Zappa leaves bytecode out and a function's folder is read-only: without it every cold start compiles
every module again.
"""

import importlib.util
import marshal
import sys
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

LAMBDA_ROOT = "/var/task"  # where Lambda unpacks the zip
UNCHECKED = 0b01  # the flags of a bytecode file: it has the source's hash, which nobody looks at


def add_bytecode(zip_path: Path, kept_path: Path) -> None:
    """Add the compiled form of each module to a package.

    `kept_path` is where it is kept for the next package, and taken from where a module is the same.
    """
    kept = read(kept_path)
    compiled: dict[str, bytes] = {}
    with ZipFile(zip_path, "a") as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python has to say of the packages' sources
        for name in [name for name in package.namelist() if name.endswith(".py")]:
            place, source = place_of_bytecode(name), package.read(name)
            bytecode = kept.get(place, b"")
            # Some packages hold templates of modules, and modules for other Pythons.
            with suppress(SyntaxError, ValueError):
                if not bytecode.startswith(header(source)):
                    bytecode = header(source) + code(source, f"{LAMBDA_ROOT}/{name}")
                compiled[place] = bytecode
                package.writestr(place, bytecode, ZIP_DEFLATED)
    if compiled != kept:
        keep(compiled, kept_path)


def place_of_bytecode(module: str) -> str:
    """Return where Lambda's Python looks, whatever PYTHONPYCACHEPREFIX says on this machine."""
    folder, _, name = module.rpartition("/")
    bytecode = f"{name.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
    return f"{folder}/__pycache__/{bytecode}".lstrip("/")


def header(source: bytes) -> bytes:
    """Return how a bytecode file begins for a Python that does not look whether the source changed.

    https://peps.python.org/pep-0552/#specification
    """
    flags = UNCHECKED.to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source)


def code(source: bytes, path: str) -> bytes:
    """Return what follows the header. Raises SyntaxError, ValueError."""
    return marshal.dumps(compile(source, path, "exec", dont_inherit=True, optimize=0))


def read(path: Path) -> dict[str, bytes]:
    """Return the files of a zip by their names, none where it is not there or damaged."""
    with suppress(Exception), ZipFile(path) as kept:  # of many kinds when it is damaged
        return {name: kept.read(name) for name in kept.namelist()}
    return {}


def keep(files: Mapping[str, bytes], path: Path) -> None:
    """Write a zip, in place of one that is there. Where nothing can be written none is kept."""
    with suppress(OSError), TemporaryDirectory(dir=path.parent) as folder:
        with ZipFile(Path(folder, path.name), "w") as kept:
            for name, content in files.items():
                kept.writestr(name, content)
        Path(folder, path.name).replace(path)  # so that nobody ever reads half of it
