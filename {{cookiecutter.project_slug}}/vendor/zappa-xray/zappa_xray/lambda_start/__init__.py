"""Zappa's handler, made to start fast: what `config/lambda_function.py` of a service gives to Lambda.

All that does not depend on a request is done while Lambda loads the function, before one waits; what
few requests need is loaded when one needs it.
"""

import gc
import importlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from zappa_xray.lambda_start import first_request, init_phase
from zappa_xray.lambda_start.code import Package
from zappa_xray.lambda_start.diet import (
    IN_EACH_REQUEST,
    WHEN_USED,
    WITHOUT,
    import_rest_framework,
)
from zappa_xray.lambda_start.postponed import import_without
from zappa_xray.lambda_start.when_used import WhenUsed


def zappa_handler(when_used: Iterable[str] = (), in_each_request: Iterable[str] = ()) -> Any:
    """Return the function `lambda_handler` of Zappa's handler, Django and all views loaded.

    when_used        libraries that few requests need, such as `["pandas"]`: each is loaded when one of
                     its names is used, and not where it is imported
    in_each_request  libraries that nearly every request needs, such as `["boto3"]`: they are loaded
                     before one waits, though few other services' requests need them

    Raises TypeError for one name in place of a list of them.
    """
    for name, libraries in (("when_used", when_used), ("in_each_request", in_each_request)):
        if isinstance(libraries, str):
            raise TypeError(f"{name} is a list of libraries: [{libraries!r}]")
    needed = tuple(in_each_request)
    with init_phase.measured, without_garbage_collection():
        packages = {**WHEN_USED, **dict.fromkeys(when_used, Package())}
        finder = WhenUsed(
            {name: package for name, package in packages.items() if name not in needed}
        )
        finder.stand_first()
        for library in needed:
            importlib.import_module(library)
        for library, modules in WITHOUT.items():
            import_without(library, *modules)
        # Zappa then loads Django with its handler and not with the first request.
        os.environ["INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT"] = "true"
        handler = importlib.import_module("handler").lambda_handler
        finder.stand_first()
        import_rest_framework()
        for module in IN_EACH_REQUEST:
            importlib.import_module(module)
        first_request.load()
        importlib.import_module("django.urls").get_resolver().url_patterns  # noqa: B018 - imports all views
    return handler


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """What is made meanwhile stays: no collection looks at it, now or later.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
