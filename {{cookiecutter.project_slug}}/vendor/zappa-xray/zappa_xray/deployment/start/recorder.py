"""Records the imports of a start: `python recorder.py MODULE OUTPUT` in a process that plays Lambda.

It writes JSON: `imports`, each with the module, its file, who imported it at which line, the index of
the import that it is a part of (-1: of none), the seconds of its own code, and whether the module had
been waiting for its use; `asked`, who imported what waits for its use at the end.
"""

import builtins
import importlib
import json
import sys
import time
from collections import defaultdict
from importlib.machinery import SourceFileLoader
from types import FrameType, ModuleType
from typing import Any

OF_THE_MACHINERY = ("importlib", "_frozen_importlib", "wrapt.importer", "zappa_xray.lambda_start")


class Recorder:
    """Notes each module whose code runs, and each import of a module that waits for its use."""

    def __init__(self) -> None:
        self.imports: list[dict[str, Any]] = []
        self.asked: defaultdict[str, set[str]] = defaultdict(set)
        self._running = [-1]
        self._seconds_within = 0.0

    def start(self) -> None:
        load, find = SourceFileLoader.exec_module, builtins.__import__

        def recorded_load(loader: SourceFileLoader, module: ModuleType) -> None:
            self._record(lambda: load(loader, module), module)

        def recorded_import(name: str, names: Any = None, *more: Any, **named: Any) -> Any:
            found = find(name, names, *more, **named)
            if names and waits(name):
                self.asked[name].add(names.get("__name__", ""))
            return found

        SourceFileLoader.exec_module = recorded_load  # type: ignore[method-assign,assignment]
        builtins.__import__ = recorded_import  # type: ignore[assignment]

    def _record(self, load: Any, module: ModuleType) -> None:
        importer = frame_of_importer(sys._getframe(2))
        entry = {
            "module": module.__name__,
            "file": getattr(module, "__file__", None) or "",
            "importer": importer.f_globals.get("__name__", "") if importer else "",
            "importer_file": importer.f_code.co_filename if importer else "",
            "line": importer.f_lineno if importer else 0,
            "within": self._running[-1],
            "waited": waits(module.__name__),
        }
        self._running.append(len(self.imports))
        self.imports.append(entry)
        outside, self._seconds_within = self._seconds_within, 0.0
        started = time.perf_counter()
        try:
            load()
        finally:
            self._running.pop()
            spent = time.perf_counter() - started
            entry["seconds"] = spent - self._seconds_within
            self._seconds_within = outside + spent


def waits(name: str) -> bool:
    """Whether a module was imported and its code has not run."""
    attribute = vars(sys.modules[name]).get("__getattr__") if name in sys.modules else None
    return type(attribute).__module__ == "zappa_xray.lambda_start.code"


def frame_of_importer(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame that neither records nor does what an import statement does."""
    while frame and (
        frame.f_code.co_filename == __file__
        or str(frame.f_globals.get("__name__")).startswith(OF_THE_MACHINERY)
    ):
        frame = frame.f_back
    return frame


def main() -> None:
    module, output = sys.argv[1:]
    recorder = Recorder()
    recorder.start()
    importlib.import_module(module)
    asked = {name: sorted(names) for name, names in recorder.asked.items() if waits(name)}
    with open(output, "w") as file:
        json.dump({"imports": recorder.imports, "asked": asked}, file)


if __name__ == "__main__":
    main()
