"""Whose code a frame is: the owner's, a library's, or the runtime's."""

import contextlib
import os
import sys
from functools import cache
from types import FrameType

# Lambda's runtime client, its Python, and what its layers bring:
# https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
NOT_OWN = (
    "/var/runtime/",
    "/var/lang/",
    "/opt/python/",
    f"{os.path.dirname(os.__file__)}/",
    f"{os.path.dirname(os.path.dirname(__file__))}/",
)
LIBRARY_FOLDERS = ("/site-packages/", "/dist-packages/")
# Zappa copies these into the package's root.
ZAPPAS = frozenset({"handler", "zappa_settings", "django_zappa_app"})


def is_own(frame: FrameType) -> bool:
    """Whether a frame runs code of the service itself."""
    return frame.f_globals.get("__name__") not in ZAPPAS and is_own_file(frame.f_code.co_filename)


def is_own_file(path: str) -> bool:
    """Whether a file, by its full path, is of the service and of no library; `<frozen ...>` is not."""
    return (
        os.path.isabs(path)
        and not path.startswith(NOT_OWN)
        and not any(folder in path for folder in LIBRARY_FOLDERS)
        and not _is_installed(path)
    )


def import_folder(path: str) -> str:
    """The entry of sys.path below which a file is imported; empty when it is below none."""
    # The longest: site-packages lies below the project.
    return max(
        (folder for folder in sys.path if path.startswith(f"{folder}/")), key=len, default=""
    )


def _is_installed(path: str) -> bool:
    # In Lambda the libraries lie in the folder of the service's own packages; each has a list:
    # https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    folder = import_folder(path)
    file = path.removeprefix(f"{folder}/")
    return any(f"\n{file}," in record for record in _records(folder, file.partition("/")[0]))


@cache
def _records(folder: str, top: str) -> tuple[str, ...]:
    return tuple(record for record in _all_records(folder) if f"\n{top}" in record)


@cache
def _all_records(folder: str) -> tuple[str, ...]:
    # importlib.metadata takes ten times as long, in the one second that is left.
    records = []
    for entry in os.scandir(folder) if folder else ():
        if entry.name.endswith(".dist-info"):
            with contextlib.suppress(OSError), open(f"{entry.path}/RECORD", "rb") as file:
                records.append("\n" + file.read().decode(errors="replace"))
    return tuple(records)
