"""A served stage of an installed service with views that misbehave, for the report and for why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

from emulator import installed as installed_service
from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.events import ACCOUNT_ID
from emulator.runtime.folder import python_version
from emulator.service import Service
from tests.emulator.deploying import Deployed, deploy

ACCESS = {
    "requestId": "$context.requestId",
    "traceId": "$context.xrayTraceId",
    "time": "$context.requestTimeEpoch",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integrationStatus",
    "lambdaRequestId": "$context.integration.requestId",
    "error": "$context.error.responseType",
    "errorMessage": "$context.error.message",
}
ENTRY = "config.lambda_function.lambda_handler"
SETTINGS = """
from config.settings import *

ROOT_URLCONF = "report_views"
XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 1}
DATABASES["default"]["OPTIONS"] = {"timeout": 60}
"""


@contextmanager
def served(
    service: Service,
    aws: EmulatedAWS,
    database: Path,
    *,
    timeout: int = 30,
    settings: str = "",
    **rule: Any,
) -> Iterator[DeployedStage]:
    """Serve the stage dev, traced, sampled as `rule` says; a request counts as late after 1 s.

    `timeout` is the function's, in seconds; `settings` is Python that is added to the service's.
    """
    files = {
        "report_views.py": Path(__file__).with_name("report_views.py").read_text(),
        "report_settings.py": SETTINGS + settings,
    }
    own = {"django_settings": "report_settings"}
    folder = installed_service.lay_out(service, "dev", own, files)
    try:
        deployed = deploy(
            aws,
            "",
            runtime=f"python{python_version(service.python)}",
            timeout=timeout,
            name=service.function_name("dev"),
            entry=ENTRY,
            environment={
                "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "true",
                "DJANGO_SECRET_KEY": "a key for tests",
                "DATABASE_URL": f"sqlite:///{database}",
            },
        )
        deployed.switch_tracing(True)
        deployed.sample(**rule)
        keep_access_log(deployed)
        with DeployedStage(aws, deployed.name, code=folder) as stage:
            yield stage
    finally:
        rmtree(folder, ignore_errors=True)


def keep_access_log(deployed: Deployed) -> None:
    """Switch the access log on, as the library's hook does."""
    group = f"/aws/apigateway/{deployed.name}"
    deployed.aws.client("logs").create_log_group(logGroupName=group)
    destination = f"arn:aws:logs:{deployed.aws.region}:{ACCOUNT_ID}:log-group:{group}"
    values = {"destinationArn": destination, "format": json.dumps(ACCESS)}
    deployed.aws.client("apigateway").update_stage(
        restApiId=deployed.aws.rest_api_id(deployed.name),
        stageName="dev",
        patchOperations=[
            {"op": "replace", "path": f"/accessLogSettings/{key}", "value": value}
            for key, value in values.items()
        ],
    )
