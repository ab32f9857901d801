"""Whose code a frame is: the owner's, a library's, or the runtime's."""

import os
import sysconfig
from functools import cache
from importlib.metadata import distributions
from types import FrameType

# Lambda's runtime client, its Python, and what its layers bring:
# https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
NOT_OWN = (
    "/var/runtime/",
    "/var/lang/",
    "/opt/python/",
    f"{sysconfig.get_path('stdlib')}/",
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
        and path not in _installed_files()
    )


@cache
def _installed_files() -> frozenset[str]:
    # In Lambda the libraries lie in the folder of the service's own packages; each has a list:
    # https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    return frozenset(
        os.path.join(str(distribution.locate_file("")), line.partition(",")[0])
        for distribution in distributions()
        for line in (distribution.read_text("RECORD") or "").splitlines()
    )
