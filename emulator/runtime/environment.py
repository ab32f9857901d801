"""The environment variables that Lambda gives a function."""

from __future__ import annotations

from pathlib import Path

from emulator.runtime.folder import lambda_runtime, python_version

NOWHERE = "http://127.0.0.1:9"


def lambda_environment(
    *,
    python: Path,
    task_root: Path,
    handler: str,
    name: str,
    region: str,
    memory_size: int,
    daemon_address: str,
) -> dict[str, str]:
    """Return them for a function; those that its owner sets are not among them.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(task_root),
        "LAMBDA_RUNTIME_DIR": str(lambda_runtime(python)),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{python_version(python)}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]emulated",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "emulated",
        "AWS_SECRET_ACCESS_KEY": "emulated",
        "AWS_SESSION_TOKEN": "emulated",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": daemon_address,
        # Not Lambda's: no call to AWS leaves this machine unless a test leads it elsewhere.
        "AWS_ENDPOINT_URL": NOWHERE,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
