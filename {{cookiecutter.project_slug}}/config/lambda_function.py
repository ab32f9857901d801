"""What Lambda calls (`lambda_handler` in zappa_settings.json): Zappa's handler, made to start fast.

All that does not depend on a request is done while Lambda loads the function, before one waits.
"""

import importlib
import os
import sys
from types import ModuleType
from typing import Any


class Postponed(ModuleType):
    """Stands in for a module that a library imports at its top and that few processes need."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            return object  # the library is being imported: this is for a type annotation
        return getattr(importlib.import_module(self.__name__), name)


def import_without(library: str, *modules: str) -> None:
    """Import `library`; the `modules` that it imports are loaded when it uses one of their names."""
    postponed = {name: Postponed(name) for name in modules if name not in sys.modules}
    sys.modules.update(postponed)
    try:
        importlib.import_module(library)
    finally:
        for name in postponed:
            del sys.modules[name]


# Zappa's handler needs three functions of a module that imports boto3, which takes as long as Django.
import_without("zappa.utilities", "boto3", "botocore")

# Zappa then loads Django with its handler and not with the first request.
os.environ["INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT"] = "true"
lambda_handler = importlib.import_module("handler").lambda_handler

importlib.import_module("django.urls").get_resolver().url_patterns  # noqa: B018 - imports all views
