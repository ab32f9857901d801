"""What the init phase of this process cost, by package: `measured` is read with the first request."""

import time
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Self


class InitPhase:
    """Measures while it is entered.

    started, ended  seconds since the epoch
    packages        seconds that the code of each took, without what it imports of others; reading its
                    bytecode is included
    modules         how many were loaded
    """

    def __init__(self) -> None:
        self.started = self.ended = 0.0
        self.packages: dict[str, float] = {}
        self.modules = 0
        self._imported_within = 0.0

    def __enter__(self) -> Self:
        self.started = time.time()
        self._load = SourceFileLoader.exec_module

        def measured_load(loader: SourceFileLoader, module: ModuleType) -> None:
            self._measure(loader, module)

        SourceFileLoader.exec_module = measured_load  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *_exception: object) -> None:
        SourceFileLoader.exec_module = self._load  # type: ignore[method-assign]
        self.ended = time.time()

    def _measure(self, loader: SourceFileLoader, module: ModuleType) -> None:
        before, self._imported_within = self._imported_within, 0.0
        started = time.perf_counter()
        try:
            self._load(loader, module)
        finally:
            seconds = time.perf_counter() - started
            package = module.__name__.partition(".")[0]
            own = seconds - self._imported_within
            self.packages[package] = self.packages.get(package, 0.0) + own
            self.modules += 1
            self._imported_within = before + seconds


measured = InitPhase()
