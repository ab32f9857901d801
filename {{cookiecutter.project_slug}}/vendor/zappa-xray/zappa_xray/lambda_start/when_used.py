"""Modules whose code runs when a name of theirs is used, and not when they are imported.

Python's own importlib.util.LazyLoader does so too, but runs a submodule twice that is imported before
its package was used, and always runs a package's code for a submodule.
"""

import importlib.util
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from zappa_xray.lambda_start.code import Code, DeadlockError, Package

if TYPE_CHECKING:
    from importlib.abc import Loader  # it imports importlib.resources


class WhenUsed:
    """Finds the modules of these names, for which it asks the other finders of sys.meta_path."""

    def __init__(self, modules: Mapping[str, Package]) -> None:
        self._wanted = modules
        self._wholes = {package.parts: name for name, package in modules.items() if package.parts}
        self._waiting: dict[str, Code] = {}
        self._asked: set[tuple[int, str]] = set()  # of the other finders, by which thread

    def stand_first(self) -> None:
        """Stand before the finders that tell others of an import, which would use the module."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        wrap = self._loader_for(name)
        asked = (threading.get_ident(), name)
        if wrap is None or asked in self._asked or name in sys.modules:
            return None
        self._asked.add(asked)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._asked.remove(asked)
        if spec is not None and spec.loader is not None:
            spec.loader = wrap(spec.loader)
        return spec

    def _loader_for(self, name: str) -> Callable[["Loader"], Any] | None:
        if (package := self._wanted.get(name)) is not None:
            return lambda loader: Waiting(loader, package, self._waiting)
        parent, _, submodule = name.rpartition(".")
        code = self._waiting.get(parent) or self._waiting.get(self._wholes.get(submodule, ""))
        if code is None or code.lets_through(submodule):
            return None
        return lambda loader: AfterPackage(loader, code)


class Waiting:
    """Gives a module, in place of its code, a `__getattr__` that runs it."""

    def __init__(self, loader: "Loader", package: Package, waiting: dict[str, Code]) -> None:
        self._loader, self._package, self._waiting = loader, package, waiting

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        _loaded_by(self._loader, module)
        self._waiting[module.__name__] = Code(module, self._loader, self._package)


class AfterPackage:
    """Loads a submodule when its package's code has run, which may have imported it."""

    def __init__(self, loader: "Loader", package: Code) -> None:
        self._loader, self._package = loader, package
        self._imported: ModuleType | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        with suppress(DeadlockError):  # the thread that runs it waits for this submodule
            self._package.run()
        self._imported = sys.modules.get(spec.name)
        return self._imported or self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        _loaded_by(self._loader, module)
        if module is not self._imported:
            self._loader.exec_module(module)


def _loaded_by(loader: "Loader", module: ModuleType) -> None:
    module.__loader__ = loader
    if module.__spec__ is not None:
        module.__spec__.loader = loader
