"""An environment that the X-Ray SDK does not take is told in a sentence, and not by where it was imported."""

import os
import subprocess
import sys

# As Django does first with a service's LOGGING.
LOGGING = """
import logging.config
logging.config.dictConfig(
    {"version": 1, "filters": {"trace": {"()": "zappa_xray.tracing.logs.TraceContextFilter"}}}
)
"""


def command(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LOGGING],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONPYCACHEPREFIX": sys.pycache_prefix or "",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_address_that_the_sdk_does_not_take_ends_a_command_with_what_to_do() -> None:
    ended = command(AWS_XRAY_DAEMON_ADDRESS="[::1]:2000")
    assert (ended.returncode, ended.stdout) == (1, "")
    [line] = ended.stderr.splitlines()
    told = "Invalid daemon address [::1]:2000 specified. AWS_XRAY_DAEMON_ADDRESS: write host:port"
    assert line.startswith(told)


def test_a_profile_that_is_not_there_keeps_no_command_from_its_work() -> None:
    ended = command(AWS_PROFILE="absent", AWS_CONFIG_FILE=os.devnull)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
