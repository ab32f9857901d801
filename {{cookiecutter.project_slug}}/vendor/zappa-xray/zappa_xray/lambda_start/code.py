"""The code of a module that was imported and has not run yet."""

import importlib
import sys
import threading
import time
from _frozen_importlib import _DeadlockError, _ModuleLock  # type: ignore[attr-defined] # not in its stubs
from collections.abc import Callable, Container, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from importlib.abc import Loader  # it imports importlib.resources

# Of two threads that wait for each other Python's own lock for imports tells one, and a lock of
# `threading` lets both wait for ever.
DeadlockError: type[RuntimeError] = _DeadlockError
LET_ANOTHER_RUN_SECONDS = 0.001


class Every:
    """All names."""

    def __contains__(self, _name: object) -> bool:
        return True


class Package(NamedTuple):
    """What can be had of a module without its code.

    submodules  those that can be imported; none of them may need a name of the package's
    names       what is asked for early, each with the module that has it
    calls       functions without arguments that are called early: they are called when the code has run
    parts       what those import: modules of this name, of which none is imported before
    """

    submodules: Container[str] = ()
    names: Mapping[str, str] = {}
    calls: Container[str] = ()
    parts: str = ""


class Code:
    """The `__getattr__` of the module, called for a name that it does not have, and its `__dir__`."""

    def __init__(self, module: ModuleType, loader: "Loader", package: Package) -> None:
        self._module, self._loader, self._package = module, loader, package
        self._lock = _ModuleLock(module.__name__)
        self._thread: int | None = None  # that runs it
        self._calls: list[str] = []
        module.__getattr__, module.__dir__ = self, self.names  # type: ignore[method-assign] # PEP 562
        self._names_of_every_module = set(vars(module))

    def lets_through(self, submodule: str) -> bool:
        """Whether the submodule may be imported though the code has not run, or it ran or does here."""
        return submodule in self._package.submodules or self._runs_here or not self._waits

    def run(self) -> None:
        """Run the code, unless that was done.

        Raises DeadlockError where another thread runs it and waits for what this one imports.
        """
        while self._waits and not self._runs_here:
            self._lock.acquire()
            try:
                if self._waits:
                    self._run()
            except DeadlockError:
                pass  # the thread that waits for the lock imports what the code wants: it is to run it
            finally:
                self._lock.release()
            if self._waits:
                time.sleep(LET_ANOTHER_RUN_SECONDS)

    def names(self) -> list[str]:
        """Return the names that the module has with its code."""
        self.run()
        return sorted(vars(self._module)) if self._waits else dir(self._module)

    def __call__(self, name: str) -> Any:
        if self._runs_here or (name == "__path__" and self._waits):
            raise AttributeError(f"module {self._module.__name__!r} has no attribute {name!r}")
        if self._waits and (early := self._without_code(name)) is not None:
            return early
        self.run()
        return getattr(self._module, name)

    @property
    def _runs_here(self) -> bool:
        return self._thread == threading.get_ident()

    @property
    def _waits(self) -> bool:
        return vars(self._module).get("__getattr__") is self

    def _without_code(self, name: str) -> Any:
        if name in self._package.names:
            return getattr(importlib.import_module(self._package.names[name]), name)
        if name in self._package.calls:
            return self._kept_call(name)
        return self._submodule(name) if name in self._package.submodules else None

    def _kept_call(self, name: str) -> Callable[[], None]:
        return lambda: self._calls.append(name)

    def _submodule(self, name: str) -> ModuleType | None:
        full_name = f"{self._module.__name__}.{name}"
        try:
            return importlib.import_module(full_name)
        except ModuleNotFoundError as error:
            if error.name != full_name:
                raise
        return None

    def _run(self) -> None:
        names = vars(self._module)
        before, set_early = dict(names), self._set_since(self._names_of_every_module)
        self._thread = threading.get_ident()
        try:
            self._loader.exec_module(self._module)
            for name in self._calls:
                names[name]()
        except BaseException:
            for name in self._set_since(before):
                del names[name]
            names.update(before)
            raise
        finally:
            self._thread = None
        names.update(set_early)
        if self._waits:
            del self._module.__getattr__
        if names.get("__dir__") == self.names:
            del self._module.__dir__

    def _set_since(self, names: Container[str]) -> dict[str, Any]:
        """Return what the module has beside these names; its submodules, which an import sets, are not in it."""
        return {
            name: value
            for name, value in vars(self._module).items()
            if name not in names
            and sys.modules.get(f"{self._module.__name__}.{name}", self) is not value
        }
