"""A function, driven by AWS's own runtime client: it answers and fails as on Lambda."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function, FunctionDied, FunctionError, FunctionTimedOut
from emulator.runtime import read_only
from tests.emulator.conftest import MakeFunction

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


def test_returns_what_the_handler_returns(make_function: MakeFunction) -> None:
    function = make_function("def lambda_handler(event, context): return {'got': event}")
    assert function.invoke({"a": [1, "ü"]}) == {"got": {"a": [1, "ü"]}}


def test_keeps_its_process_between_invocations(make_function: MakeFunction) -> None:
    function = make_function("""
        seen = []
        def lambda_handler(event, context):
            seen.append(event["number"])
            return seen
    """)
    function.invoke({"number": 1})
    assert function.invoke({"number": 2}) == [1, 2]
    function.kill()
    assert function.invoke({"number": 3}) == [3]


def test_raises_what_the_handler_raised(make_function: MakeFunction) -> None:
    function = make_function("""
        def lambda_handler(event, context):
            return 1 / event["by"]
    """)
    with pytest.raises(FunctionError, match="division by zero") as failed:
        function.invoke({"by": 0})
    assert failed.value.type == "ZeroDivisionError"
    assert "handler.py" in failed.value.stack
    assert function.invoke({"by": 1}) == 1


def test_refuses_a_result_that_is_no_json(make_function: MakeFunction) -> None:
    function = make_function("def lambda_handler(event, context): return object()")
    with pytest.raises(FunctionError, match="not JSON serializable") as failed:
        function.invoke({})
    assert failed.value.type == "Runtime.MarshalError"


def test_refuses_a_result_over_6_mb(make_function: MakeFunction) -> None:
    function = make_function("def lambda_handler(event, context): return 'x' * event['size']")
    assert len(function.invoke({"size": 6_000_000})) == 6_000_000
    with pytest.raises(FunctionError, match="6291556 bytes") as failed:
        function.invoke({"size": 6_300_000})
    assert failed.value.type == "Function.ResponseSizeTooLarge"
    assert function.invoke({"size": 1}) == "x"


def test_is_killed_when_its_time_is_up(make_function: MakeFunction) -> None:
    function = make_function("""
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        def lambda_handler(event, context):
            print("before", flush=False)
            time.sleep(event["seconds"])
            return "done"
    """)
    assert function.invoke({"seconds": 0}, timeout=5) == "done"
    with pytest.raises(FunctionTimedOut, match=r"Task timed out after 0.20 seconds\n(.*\n)*before"):
        function.invoke({"seconds": 60}, timeout=0.2)
    assert not function.is_warm
    assert function.invoke({"seconds": 0}, timeout=5) == "done"


def test_says_how_its_process_died(make_function: MakeFunction) -> None:
    function = make_function("""
        import os, signal
        def lambda_handler(event, context):
            print("out of memory")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    with pytest.raises(FunctionDied, match=r"SIGKILL\n(.*\n)*out of memory"):
        function.invoke({})


def test_context_counts_down_from_the_timeout(make_function: MakeFunction) -> None:
    function = make_function(
        """
        def lambda_handler(event, context):
            left = context.get_remaining_time_in_millis()
            while context.get_remaining_time_in_millis() == left:
                pass
            return [left, context.get_remaining_time_in_millis(), context.invoked_function_arn]
        """,
        name="notes-api-dev",
    )
    left, later, arn = function.invoke({}, timeout=20)
    assert 19_000 < left <= 20_000
    assert left - 1000 < later < left
    assert arn == "arn:aws:lambda:eu-central-1:123456789012:function:notes-api-dev"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"Root={TRACE};Parent=0102030405060708;Sampled=1", None),
        (f"Root={TRACE};Lineage=1:a:0", None),
        ("", "not set"),
    ],
)
def test_has_the_trace_header(
    make_function: MakeFunction, given: str, expected: str | None
) -> None:
    function = make_function("""
        import os
        def lambda_handler(event, context):
            return os.environ.get("_X_AMZN_TRACE_ID", "not set")
    """)
    assert function.invoke({}).startswith("Root=1-")
    assert function.invoke({}, given) == (expected or given)


def test_traces_a_request_in_the_trace_that_it_names(make_function: MakeFunction) -> None:
    function = make_function("""
        import os
        def lambda_handler(event, context):
            return [os.environ["_X_AMZN_TRACE_ID"], event["headers"]["X-Amzn-Trace-Id"]]
    """)
    header, named = function.invoke(events.rest_request("GET", "/"))
    root, parent, sampled = header.split(";")
    assert root == named
    assert parent.startswith("Parent=")
    assert sampled == "Sampled=1"


def test_sees_lambdas_environment_and_no_other(
    make_function: MakeFunction, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_DEVELOPER", "secret")
    function = make_function(
        """
        import os
        def lambda_handler(event, context):
            return [dict(os.environ), os.getcwd()]
        """,
        environment={"DATABASE_URL": "sqlite://"},
    )
    environment, folder = function.invoke({})
    assert "OF_THE_DEVELOPER" not in environment
    assert environment["DATABASE_URL"] == "sqlite://"
    assert environment["AWS_XRAY_DAEMON_ADDRESS"] == daemon.address
    assert environment["LAMBDA_TASK_ROOT"] == folder == str(function.package)


def test_runs_below_aws_own_runtime_client(make_function: MakeFunction) -> None:
    function = make_function("""
        import awslambdaric, boto3, os, sys, traceback
        def lambda_handler(event, context):
            frames = [frame.filename for frame in traceback.extract_stack()]
            libraries = [awslambdaric.__file__, boto3.__file__]
            return [os.environ["LAMBDA_RUNTIME_DIR"], sys.path, frames, libraries]
    """)
    runtime, search_path, frames, libraries = function.invoke({})
    assert search_path[:2] == [str(function.package), runtime]
    assert not [path for path in search_path if "site-packages" in path]
    assert frames[0] == f"{runtime}/bootstrap.py"
    assert f"{runtime}/awslambdaric/bootstrap.py" in frames
    assert libraries == [f"{runtime}/{name}/__init__.py" for name in ("awslambdaric", "boto3")]


WRITES = """
    import os, pathlib
    def lambda_handler(event, context):
        pathlib.Path(event["folder"], "written").write_text("by the function")
"""


@pytest.mark.parametrize("by", ["mount", "modes"])
def test_cannot_write_into_its_folder(
    make_function: MakeFunction, tmp_path: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "modes":
        monkeypatch.setattr(read_only, "MOUNTED", ("false",))
    function = make_function(WRITES)
    function.invoke({"folder": str(tmp_path)})
    assert (tmp_path / "written").read_text() == "by the function"
    with pytest.raises(FunctionError, match=r"Read-only file system|Permission denied"):
        function.invoke({"folder": str(function.package)})
    assert not (function.package / "written").exists()


def test_its_folder_can_be_written_again_afterwards(
    make_function: MakeFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_only, "MOUNTED", ("false",))
    function = make_function("def lambda_handler(event, context): pass")
    assert function.package.stat().st_mode & 0o222 == 0
    with function:
        pass
    assert function.package.stat().st_mode & 0o222


def test_request_and_response_pass_in_base64(make_function: MakeFunction) -> None:
    function = make_function("""
        def lambda_handler(event, context):
            return {"statusCode": 200, "body": event["body"], "isBase64Encoded": True}
    """)
    response = function.request("POST", "/", json={"title": "ü"})
    assert events.response_json(response) == {"title": "ü"}


HANGS_WHEN_TOLD = """
    import time
    def lambda_handler(event, context):
        print("handling", event["seconds"])
        time.sleep(event["seconds"])
        return "answered"
"""


@pytest.mark.parametrize("rie", [False, True], ids=["runtime client", "rie"])
def test_a_kill_within_an_invocation_ends_it_and_only_it(
    make_function: MakeFunction, rie: bool
) -> None:
    function = make_function(HANGS_WHEN_TOLD, rie=rie)
    assert function.invoke({"seconds": 0}) == "answered"
    descriptors = open_descriptors()
    with ThreadPoolExecutor(1) as threads:
        for _ in range(3):
            before = function.log.count("handling 20")
            hanging = threads.submit(function.invoke, {"seconds": 20})
            while function.log.count("handling 20") == before:
                assert not hanging.done()
            function.kill()
            with pytest.raises(FunctionDied):
                hanging.result(10)
    assert function.invoke({"seconds": 0}) == "answered"
    if not rie:  # between it and the runtime calls come and go
        assert open_descriptors() == descriptors


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_one_that_cannot_be_made_leaves_nothing_open(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, temporary = tmp_path / "package", tmp_path / "temporary"
    package.mkdir()
    temporary.mkdir()
    made: list[Path] = []

    def fails(_python: Path) -> list[str]:
        made.extend(temporary.iterdir())
        raise RuntimeError("no such runtime")

    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr("emulator.function.runtime_command", fails)
    with pytest.raises(RuntimeError, match="no such runtime"):
        Function(package, "127.0.0.1:1", python=python)
    assert made
    assert list(temporary.iterdir()) == []
