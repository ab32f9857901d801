"""The first import of the X-Ray SDK, which reads the environment and fails where that is wrong."""

import os
from importlib import import_module

ADDRESS_WRONG = "InvalidDaemonAddressException"  # of a module that the failed import would import


def import_sdk() -> None:
    """Import it. Raises SystemExit, with a sentence, for an address that it does not take outside
    Lambda: in a command nobody learns more from where it was imported.
    """
    try:
        import_module("aws_xray_sdk.core")
    except Exception as error:
        if type(error).__name__ != ADDRESS_WRONG or "LAMBDA_TASK_ROOT" in os.environ:
            raise
        raise SystemExit(
            f"{str(error).rstrip('.')}. AWS_XRAY_DAEMON_ADDRESS: write host:port, such as"
            " 127.0.0.1:2000; the SDK takes no IPv6 address."
        ) from error


import_sdk()
