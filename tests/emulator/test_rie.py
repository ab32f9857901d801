"""A function under AWS's own Runtime Interface Emulator: the kill is AWS's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.function import FunctionDied, FunctionError, FunctionTimedOut
from tests.emulator.conftest import MakeFunction

pytestmark = pytest.mark.slow

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"
HANDLER = """
    import os, time
    seen = []
    def lambda_handler(event, context):
        seen.append(event)
        time.sleep(event.get("seconds", 0))
        if event.get("exit"):
            os._exit(event["exit"])
        return [len(seen), 1 / event.get("by", 1), os.environ.get("_X_AMZN_TRACE_ID")]
"""


def test_the_kill_is_aws_own_and_the_next_invocation_pays_the_init(
    make_function: MakeFunction,
) -> None:
    function = make_function(HANDLER, timeout=3.0, rie=True)
    assert function.invoke({})[0] == 1
    assert function.invoke({})[0] == 2
    killed = function.process_id
    before = len(function.log)
    assert "phase: init)" in function.log
    assert "SIGKILL" not in function.log

    with pytest.raises(FunctionTimedOut, match=r"Task timed out after 3.00 seconds"):
        function.invoke({"seconds": 60})

    told = function.log[before:]
    assert f"Sending SIGKILL to runtime-1({killed})" in told
    assert re.search(r"Task timed out after 3.00 seconds", told)
    assert not function.is_warm
    assert not Path(f"/proc/{killed}").exists()
    before = len(function.log)
    assert function.invoke({})[0] == 1
    assert "INIT START(type: on-demand, phase: invoke)" in function.log[before:]
    assert function.process_id != killed


def test_the_init_after_a_kill_can_take_all_of_the_invocations_time(
    make_function: MakeFunction,
) -> None:
    function = make_function(
        """
        import pathlib, time
        starts = pathlib.Path(__file__).parents[1] / "starts"
        with starts.open("a") as file:
            file.write("x")
        if starts.read_text() == "xx":
            time.sleep(60)
        def lambda_handler(event, context):
            time.sleep(event.get("seconds", 0))
            return len(starts.read_text())
        """,
        timeout=3.0,
        rie=True,
    )
    assert function.invoke({}) == 1
    for event in ({"seconds": 60}, {}):
        with pytest.raises(FunctionTimedOut):
            function.invoke(event)
    assert function.invoke({}) == 3


@pytest.mark.parametrize("given", [f"Root={TRACE};Parent=0102030405060708;Sampled=1", ""])
def test_has_the_trace_header_that_the_emulator_drops(
    make_function: MakeFunction, given: str
) -> None:
    function = make_function(HANDLER, rie=True)
    assert function.invoke({}, given)[2] == (given or None)
    assert function.invoke({}, "Root=another")[2] == "Root=another"


def test_fails_as_without_the_emulator(make_function: MakeFunction) -> None:
    function = make_function(HANDLER, rie=True)
    with pytest.raises(FunctionError, match="division by zero") as failed:
        function.invoke({"by": 0})
    assert failed.value.type == "ZeroDivisionError"
    with pytest.raises(FunctionDied, match="exit status 3"):
        function.invoke({"exit": 3})
    assert function.invoke({})[0] == 1


def test_an_error_in_the_init_is_told(make_function: MakeFunction) -> None:
    function = make_function("import a_module_that_is_not_there", rie=True)
    with pytest.raises(FunctionError, match="a_module_that_is_not_there") as failed:
        function.invoke({})
    assert failed.value.type == "Runtime.ImportModuleError"


def test_another_timeout_than_the_functions_is_refused(make_function: MakeFunction) -> None:
    function = make_function(HANDLER, timeout=2.0, rie=True)
    with pytest.raises(ValueError, match="kill after 2 s"):
        function.invoke({}, timeout=1.0)


def test_nothing_of_it_is_left_when_it_is_closed(make_function: MakeFunction) -> None:
    function = make_function(HANDLER, rie=True)
    function.invoke({})
    process = Path(f"/proc/{function.process_id}")
    assert process.exists()
    with function:
        pass
    assert not process.exists()
