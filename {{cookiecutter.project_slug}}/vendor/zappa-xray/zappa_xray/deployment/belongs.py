"""What of the service's folder belongs into the package: what Python can import, and `include`.

In go the modules and packages that Python can import from the folder, packages with their data files,
less their tests; and what the key `include` of zappa_settings.json names. Nothing else does.
(Zappa reads `include` with slim_handler only, for libraries to be loaded first.)
"""

import inspect
import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from keyword import iskeyword
from pathlib import Path
from typing import Any

from zappa_xray.deployment.suspicious import is_suspicious

NEVER = ("__pycache__", "bower_components", "node_modules", "*.ipynb")
TESTS = ("conftest.py", "tests.py", "test_*.py")
MANAGE = "manage.py"  # Zappa calls Django's commands without it


@dataclass
class Contents:
    """The files of the folder `root` that go into the package, and what is wrong with them.

    All paths are relative to `root`. `named` are those that `include` names by themselves and not
    only with their folder, `left` what does not go in though its package does.
    """

    root: Path
    files: set[Path] = field(default_factory=set)
    named: set[Path] = field(default_factory=set)
    left: set[Path] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def stays_behind(self) -> list[str]:
        """Return the names of what is not in the package, of a folder left as a whole only its own."""
        inside = {path.parts[0] for path in self.files}
        outside = {Path(path.name) for path in self.root.iterdir() if path.name not in inside}
        folders = {path for path in outside | self.left if (self.root / path).is_dir()}
        return sorted(f"{path}/" if path in folders else str(path) for path in outside | self.left)


def contents(root: Path, settings: Mapping[str, Any]) -> Contents:
    """Return what of the folder `root` goes into the package of a stage with these settings."""
    found = Contents(root)
    search = Search(found, settings)
    search.modules_and_packages()
    for pattern in settings.get("include", []):
        search.include(pattern)
    suspects = sorted(path for path in found.files - found.named if is_suspicious(path.name))
    if suspects:
        found.faults.append(
            "these look like secrets or databases and would be packaged:"
            f" {', '.join(map(str, suspects))}. Move them out of the package, or name them in"
            " zappa_settings.json: in `exclude_glob` to leave them out, in `include` to take them"
        )
    return found


class Search:
    """Walks the folder of `found` and adds what belongs, by the owner's keys.

    Of Zappa's two, `exclude` knows names and `exclude_glob` places, both anywhere in the package.
    """

    def __init__(self, found: Contents, settings: Mapping[str, Any]) -> None:
        from zappa.core import ZIP_EXCLUDES  # imports boto3, for which no manage.py should wait

        self.found, self.root, self.settings = found, found.root, settings
        self.excluded = shutil.ignore_patterns(*ZIP_EXCLUDES, *settings.get("exclude", []))
        places = [
            place for place in settings.get("exclude_glob", []) if not Path(place).is_absolute()
        ]
        self.excluded_places = {path for place in places for path in self.root.glob(place)}
        callbacks = settings.get("callbacks", {}).values()
        self.for_deployment = {MANAGE, *(f"{path.partition('.')[0]}.py" for path in callbacks)}

    def modules_and_packages(self) -> None:
        """Add all that Python can import from the folder."""
        without_init = list(self.importable(self.root, but=self.for_deployment))
        while named := [path for path in without_init if self.is_named(path)]:
            for folder in named:
                without_init.remove(folder)
                self.namespace(folder)

    def namespace(self, folder: Path) -> None:
        for deeper in list(self.importable(folder)):
            self.namespace(deeper)

    def importable(self, folder: Path, but: Collection[str] = ()) -> Iterator[Path]:
        """Add the modules and packages of a folder; yield its folders without `__init__.py`.

        Those are packages too where something imports from them:
        https://docs.python.org/3/reference/import.html#namespace-packages
        """
        for path in self.entries(folder):
            if self.stays_behind(path) or path.name in but:
                continue
            if path.is_file() and is_name(inspect.getmodulename(path.name) or ""):
                self.add([path])
            elif path.is_dir() and is_name(path.name):
                if (path / "__init__.py").is_file():
                    self.add(self.below(path))
                else:
                    yield path

    def is_named(self, folder: Path) -> bool:
        """Return whether code that goes in, or the stage's settings, name a module of a folder."""
        code = (self.root / path for path in self.found.files if path.suffix == ".py")
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in code]
        dotted = rf"\b{folder.name}\.(\w+)|\bfrom\s+{folder.name}\s+import\s+\(?\s*(\w+)"
        found = re.findall(dotted, "\n".join([json.dumps(self.settings), *texts]))
        names = {first or second for first, second in found}
        return any(
            (folder / f"{name}.py").is_file() or has_modules(folder / name) for name in names
        )

    def include(self, pattern: str) -> None:
        """Add what a file name, a folder or a pattern of the key `include` names."""
        inside = pattern and not Path(pattern).is_absolute() and ".." not in Path(pattern).parts
        paths = sorted(self.root.glob(pattern)) if inside else []
        named = [path for path in paths if path.is_file() and not self.leaves_out(path)]
        self.found.named.update(path.relative_to(self.root) for path in named)
        files = [*named, *(file for path in paths if path.is_dir() for file in self.below(path))]
        self.add(files)
        if not files:
            why = "that is not in this folder" if not paths else "`exclude` or Zappa leaves it out"
            self.found.faults.append(f"`include` in zappa_settings.json names {pattern!r}: {why}")

    def below(self, folder: Path, above: Collection[Path] = ()) -> Iterator[Path]:
        """Yield the files of a package or of an included folder, less its tests."""
        place = folder.resolve()
        if place in above:
            return  # a link to a folder above it
        for path in self.entries(folder):
            if self.stays_behind(path):
                self.found.left.add(path.relative_to(self.root))
            elif path.is_dir():
                yield from self.below(path, {*above, place})
            elif path.is_file():
                yield path

    def add(self, files: Collection[Path] | Iterator[Path]) -> None:
        self.found.files.update(file.relative_to(self.root) for file in files)

    def entries(self, folder: Path) -> list[Path]:
        return sorted(path for path in folder.iterdir() if not self.leaves_out(path))

    def leaves_out(self, path: Path) -> bool:
        """Return whether Zappa leaves it out, by its own list or by the owner's two."""
        return path in self.excluded_places or bool(self.excluded(str(path.parent), [path.name]))

    def stays_behind(self, path: Path) -> bool:
        """Return whether it is a test, hidden, another tool's, or a virtual environment."""
        if any(fnmatchcase(path.name, pattern) for pattern in NEVER):
            return True
        if not path.is_dir():
            return any(fnmatchcase(path.name, pattern) for pattern in TESTS)
        return (
            (path.name.startswith(".") and path.name != ".well-known")
            or (path / "pyvenv.cfg").exists()
            or (path.name == "tests" and has_modules(path))
        )


def is_name(name: str) -> bool:
    """Return whether Python could import something of this name."""
    return name.isidentifier() and not iskeyword(name)


def has_modules(folder: Path) -> bool:
    """Return whether a folder holds Python code, at any depth."""
    return next(folder.rglob("*.py"), None) is not None
