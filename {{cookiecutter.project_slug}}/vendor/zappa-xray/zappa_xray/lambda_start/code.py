"""The code of a module that was imported and has not run yet."""

import importlib
import threading
from collections.abc import Callable, Container, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from importlib.abc import Loader  # it imports importlib.resources


class Every:
    """All names."""

    def __contains__(self, _name: object) -> bool:
        return True


class Package(NamedTuple):
    """What can be had of a module without its code.

    submodules  those that can be imported; none of them may need a name of the package's
    names       what is asked for early, each with the module that has it
    calls       functions without arguments that are called early: they are called when the code has run
    """

    submodules: Container[str] = ()
    names: Mapping[str, str] = {}
    calls: Container[str] = ()


class Code:
    """The `__getattr__` of the module: called for a name that it does not have."""

    def __init__(self, module: ModuleType, loader: "Loader", package: Package) -> None:
        self._module, self._loader, self._package = module, loader, package
        self._lock = threading.RLock()
        self._runs = False
        self._calls: list[str] = []

    def lets_through(self, submodule: str) -> bool:
        """Whether the submodule may be imported though the code has not run, or it runs or ran."""
        return submodule in self._package.submodules or self._runs or not self._waits

    def run(self) -> None:
        """Run the code, unless that was done."""
        with self._lock:
            if self._waits and not self._runs:
                self._run()

    def __call__(self, name: str) -> Any:
        with self._lock:
            if self._runs or (name == "__path__" and self._waits):
                raise AttributeError(f"module {self._module.__name__!r} has no attribute {name!r}")
            if self._waits and (early := self._without_code(name)) is not None:
                return early
            self.run()
        return getattr(self._module, name)

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
        self._runs = True
        try:
            self._loader.exec_module(self._module)
        finally:
            self._runs = False
        if self._waits:
            del self._module.__getattr__
        for name in self._calls:
            getattr(self._module, name)()
