"""Killing a function as Lambda does, but as soon as it has told what the test is about."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator.function import Function, FunctionDied, FunctionTimedOut

LONGEST_SECONDS = 60.0


def killed_once_told(
    function: Function, invoke: Callable[[], object], told: str = "has not finished after"
) -> None:
    """Invoke what never ends, and kill its process when its log has the line with `told`, its last word."""
    end = time.monotonic() + LONGEST_SECONDS
    with ThreadPoolExecutor(1) as caller:
        invocation = caller.submit(invoke)
        while told not in function.log and not invocation.done() and time.monotonic() < end:
            time.sleep(0.02)
        function.kill()
        with pytest.raises((FunctionDied, FunctionTimedOut)):
            invocation.result()
    assert told in function.log
