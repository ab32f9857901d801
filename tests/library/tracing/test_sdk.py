"""An environment that the X-Ray SDK does not take is told in a sentence, and not by where it was imported."""

import os
import subprocess
import sys

import pytest

# As Django does first with a service's LOGGING.
LOGGING = """
import logging.config
logging.config.dictConfig(
    {"version": 1, "filters": {"trace": {"()": "zappa_xray.tracing.logs.TraceContextFilter"}}}
)
"""


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (
            {"AWS_PROFILE": "absent", "AWS_CONFIG_FILE": os.devnull},
            "The config profile (absent) could not be found. AWS_PROFILE: name a profile that",
        ),
        (
            {"AWS_XRAY_DAEMON_ADDRESS": "[::1]:2000"},
            "Invalid daemon address [::1]:2000 specified. AWS_XRAY_DAEMON_ADDRESS: write host:port",
        ),
    ],
)
def test_what_the_sdk_does_not_take_ends_a_command_with_what_to_do(
    environment: dict[str, str], told: str
) -> None:
    ended = subprocess.run(
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
    assert (ended.returncode, ended.stdout) == (1, "")
    [line] = ended.stderr.splitlines()
    assert line.startswith(told)
