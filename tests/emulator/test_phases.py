"""The phases of a function's life, and the lines that Lambda writes about them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from emulator.function import Function, FunctionDied, FunctionError, FunctionTimedOut
from emulator.runtime import execution_environment
from tests.emulator.conftest import MakeFunction

SLOW_TO_LOAD = """
    import pathlib, time
    starts = pathlib.Path(__file__).parents[1] / "starts"
    with starts.open("a") as file:
        file.write("x")
    if starts.read_text() in {slow!r}:
        time.sleep({seconds})
    def lambda_handler(event, context):
        time.sleep(event.get("seconds", 0))
        return len(starts.read_text())
"""


def masked(log: str) -> list[str]:
    """Return a log's lines with `ID` and `N` in place of ids, times and sizes."""
    log = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", log)
    log = re.sub(r"1-[0-9a-f]{8}-[0-9a-f]{24}", "TRACE", log)
    log = re.sub(r"\b[0-9a-f]{16}\b", "SEGMENT", log)
    log = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", log)
    log = re.sub(r"\d+(\.\d\d)? (ms|MB)\b", r"N \2", log)
    return re.sub(r"python:3\.\d+", "python:3.N", log).splitlines()


def reports(function: Function) -> list[str]:
    return [line for line in function.log.splitlines() if line.startswith("REPORT")]


INIT_START = "INIT_START Runtime Version: python:3.N.emulated"
START = "START RequestId: ID Version: $LATEST"
END = "END RequestId: ID"
REPORT = (
    "REPORT RequestId: ID\tDuration: N ms\tBilled Duration: N ms\tMemory Size: N MB\t"
    "Max Memory Used: N MB\t"
)


def test_the_log_has_what_the_function_says_between_lambdas_own_lines(
    make_function: MakeFunction,
) -> None:
    function = make_function("""
        import logging, sys
        print("loaded")
        def lambda_handler(event, context):
            print("printed")
            print("complained", file=sys.stderr)
            logging.warning("logged")
            print("no end of line", end="")
    """)
    function.invoke({}, "")
    function.invoke({})
    said = ["printed", "complained", "[WARNING]\tTIME\tID\tlogged", "no end of line"]
    first = [START, *said, END, f"{REPORT}Init Duration: N ms\t"]
    second = [START, *said, END, REPORT, "XRAY TraceId: TRACE\tSegmentId: SEGMENT\tSampled: true\t"]
    assert masked(function.log) == [INIT_START, "loaded", *first, *second]
    ids = set(re.findall(r"RequestId: (\S+)", function.log))
    assert len(ids) == 2
    assert all(f"\t{request_id}\tlogged" in function.log for request_id in ids)


def test_the_log_has_an_errors_lines(make_function: MakeFunction) -> None:
    function = make_function("def lambda_handler(event, context): return 1 / 0")
    with pytest.raises(FunctionError):
        function.invoke({}, "")
    lines = masked(function.log)
    assert lines[2:4] == [
        "[ERROR] ZeroDivisionError: division by zero",
        "Traceback (most recent call last):",
    ]
    assert lines[-2:] == [END, f"{REPORT}Init Duration: N ms\t"]


def test_the_log_can_be_json(make_function: MakeFunction) -> None:
    function = make_function(
        """
        import logging
        def lambda_handler(event, context):
            logging.warning("logged")
            return context.aws_request_id
        """,
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"},
    )
    request_id = function.invoke({})
    record = json.loads(next(line for line in function.log.splitlines() if line[0] == "{"))
    assert (record["message"], record["requestId"]) == ("logged", request_id)


def test_a_killed_invocation_is_told_and_the_next_one_pays_the_init(
    make_function: MakeFunction,
) -> None:
    function = make_function(SLOW_TO_LOAD.format(slow=["xx"], seconds=0.4))
    assert function.invoke({}, "") == 1
    with pytest.raises(FunctionTimedOut):
        function.invoke({"seconds": 60}, "", timeout=0.2)
    assert masked(function.log)[-5:] == [
        START,
        "TIME ID Task timed out after 0.20 seconds",
        "",
        END,
        f"{REPORT}Status: timeout\t",
    ]
    told = len(function.log)
    assert function.invoke({}, "", timeout=5) == 2
    assert masked(function.log[told:]) == [START, INIT_START, END, REPORT]
    assert function.init_seconds > 0.4
    assert function.last_seconds > 0.4


def test_one_time_out_breeds_another_when_the_init_takes_longer_than_the_timeout(
    make_function: MakeFunction,
) -> None:
    function = make_function(SLOW_TO_LOAD.format(slow=["xx", "xxx"], seconds=60))
    assert function.invoke({}, timeout=5) == 1
    for _ in range(3):
        with pytest.raises(FunctionTimedOut):
            function.invoke({"seconds": 60}, timeout=0.3)
    assert function.log.count("INIT_REPORT") == 2
    assert function.log.count("Phase: invoke\tStatus: timeout") == 2


def test_a_temporary_folder_of_its_own_outlives_a_kill_and_not_the_function(
    make_function: MakeFunction,
) -> None:
    function = make_function("""
        import pathlib, tempfile, time
        def lambda_handler(event, context):
            file = pathlib.Path(tempfile.gettempdir(), "seen")
            seen = file.read_text() if file.exists() else ""
            file.write_text(f"{seen}x")
            time.sleep(event.get("seconds", 0))
            return [seen, str(file)]
    """)
    assert function.invoke({})[0] == ""
    with pytest.raises(FunctionTimedOut):
        function.invoke({"seconds": 60}, timeout=2)
    seen, file = function.invoke({})
    assert seen == "xx"
    assert Path(file).exists()
    with function:
        pass
    assert not Path(file).exists()


def test_an_explicit_kill_gives_a_new_environment_with_an_init_phase(
    make_function: MakeFunction,
) -> None:
    function = make_function(SLOW_TO_LOAD.format(slow=["xx"], seconds=2.5))
    function.invoke({})
    function.kill()
    function.invoke({}, timeout=2)
    assert ["Init Duration" in line for line in reports(function)] == [True, True]


def test_an_init_over_its_limit_is_done_again_in_the_invocations_time(
    make_function: MakeFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution_environment, "INIT_SECONDS", 3)  # enough to begin, on any machine
    function = make_function(SLOW_TO_LOAD.format(slow=["x"], seconds=60))
    assert function.invoke({}, timeout=10) == 2
    assert "Phase: init\tStatus: timeout" in function.log
    assert "Init Duration" not in reports(function)[0]


def test_a_handler_that_cannot_be_loaded_is_tried_twice(make_function: MakeFunction) -> None:
    function = make_function("print('loading'); import a_module_that_is_not_there")
    with pytest.raises(FunctionError, match="a_module_that_is_not_there") as failed:
        function.invoke({})
    assert failed.value.type == "Runtime.ImportModuleError"
    assert function.log.count("loading") == 2
    for phase in ("init", "invoke"):
        told = rf"INIT_REPORT .*\tPhase: {phase}\tStatus: error\tError Type: Runtime.ImportModule"
        assert len(re.findall(told, function.log)) == 1


def test_a_process_that_ends_by_itself_is_told(make_function: MakeFunction) -> None:
    function = make_function("""
        import os
        def lambda_handler(event, context):
            os._exit(3)
    """)
    with pytest.raises(FunctionDied, match="exit code 3"):
        function.invoke({}, "")
    assert masked(function.log)[-4:] == [
        "RequestId: ID Error: Runtime exited with error: exit status 3",
        "Runtime.ExitError",
        END,
        f"{REPORT}Init Duration: N ms\tStatus: error\tError Type: Runtime.ExitError\t",
    ]


def test_a_snapshot_is_restored_before_the_first_invocation(make_function: MakeFunction) -> None:
    handler = """
        from snapshot_restore_py import register_after_restore, register_before_snapshot
        seen = []
        register_before_snapshot(lambda: seen.append("before the snapshot"))
        register_after_restore(lambda: seen.append("after the restore"))
        def lambda_handler(event, context):
            return seen
    """
    environment = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
    function = make_function(handler, environment=environment)
    assert function.invoke({}) == ["before the snapshot", "after the restore"]


def test_without_a_snapshot_nothing_is_restored(make_function: MakeFunction) -> None:
    function = make_function("""
        from snapshot_restore_py import register_after_restore
        seen = []
        register_after_restore(lambda: seen.append("after the restore"))
        def lambda_handler(event, context):
            return seen
    """)
    assert function.invoke({}) == []


def test_a_restore_that_fails_is_an_error_of_the_init(make_function: MakeFunction) -> None:
    function = make_function(
        """
        from snapshot_restore_py import register_after_restore
        register_after_restore(lambda: 1 / 0)
        def lambda_handler(event, context):
            return "never"
        """,
        environment={"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"},
    )
    with pytest.raises(FunctionError, match="ZeroDivisionError"):
        function.invoke({})
