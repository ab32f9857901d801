"""What a library makes at its top of another one is made when it is used, not when it is imported."""

import functools
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def import_without(library: str, *modules: str) -> None:
    """Import `library`; the `modules` that it imports are loaded when it uses one of their names.

    What it makes of them while it is imported, such as a client, is made when it is used.
    """
    postponed = {name: PostponedModule(name) for name in modules if name not in sys.modules}
    sys.modules.update(postponed)
    try:
        importlib.import_module(library)
    finally:
        for name, module in postponed.items():
            del sys.modules[name]
            module.library_is_imported = True


class PostponedModule(ModuleType):
    """Stands in for a module that a library imports at its top and that few processes need."""

    library_is_imported = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.library_is_imported:
            return getattr(importlib.import_module(self.__name__), name)
        return Postponed(self, lambda: getattr(self, name))


class Postponed:
    """Stands in for what a library takes from a postponed module, or makes with it."""

    def __init__(self, module: PostponedModule, value: Callable[[], Any]) -> None:
        self._module = module
        self._value = functools.cache(value)

    def __getattr__(self, name: str) -> Any:
        return self._when_used(lambda: getattr(self._value(), name))

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._when_used(lambda: self._value()(*arguments, **keywords))

    def _when_used(self, value: Callable[[], Any]) -> Any:
        return value() if self._module.library_is_imported else Postponed(self._module, value)
