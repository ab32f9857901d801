"""The folders that Django's settings name."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from django.conf import settings


def folders_that_django_reads(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the folders below `root` that hold files and that a setting names: its name, the folder.

    The folders are relative to `root`. Those of apps are not named by settings.
    """
    for setting, named in _named():
        folder = Path(named)
        folder = folder if folder.is_absolute() else root / folder
        if folder.resolve().is_relative_to(root.resolve()) and _has_files(folder):
            yield setting, folder.resolve().relative_to(root.resolve())


def _named() -> Iterator[tuple[str, Any]]:
    for engine in settings.TEMPLATES:
        yield from (("TEMPLATES", folder) for folder in cast(Iterable[Any], engine.get("DIRS", [])))
    for entry in settings.STATICFILES_DIRS:
        # https://docs.djangoproject.com/en/5.2/ref/settings/#prefixes-optional
        yield "STATICFILES_DIRS", entry[1] if isinstance(entry, list | tuple) else entry
    yield from (("LOCALE_PATHS", folder) for folder in settings.LOCALE_PATHS)


def _has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))
