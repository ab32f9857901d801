"""The first import of the X-Ray SDK, which reads the environment and fails where that is wrong."""

import os
from importlib import import_module

# By the names of the errors, whose modules are the SDK's.
WHAT_TO_DO = {
    "InvalidDaemonAddressException": (
        "AWS_XRAY_DAEMON_ADDRESS: write host:port, such as 127.0.0.1:2000; the SDK takes no IPv6 address."
    ),
}


def import_sdk() -> None:
    """Import it. Raises SystemExit, with a sentence, for an environment that it does not take outside
    Lambda: in a command nobody learns more from where it was imported.
    """
    try:
        import_module("aws_xray_sdk.core")
    except Exception as error:
        what_to_do = WHAT_TO_DO.get(type(error).__name__)
        if what_to_do is None or "LAMBDA_TASK_ROOT" in os.environ:
            raise
        raise SystemExit(f"{str(error).rstrip('.')}. {what_to_do}") from error


import_sdk()
