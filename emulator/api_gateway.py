"""What API Gateway does and moto does not: it takes gateway responses into use with a deployment, and
access logs only where it may write them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.models import Account, APIGatewayBackend, RestAPI, Stage, apigateway_backends

from emulator.events import ACCOUNT_ID

# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/api-gateway-logs"
NO_ROLE = "CloudWatch Logs role ARN must be set in account settings to enable logging"
DEPLOYED_RESPONSES = re.compile(
    r"/emulator/apis/(?P<region>[^/]+)/(?P<api>[^/]+)/(?P<stage>[^/]+)/gateway-responses"
)


def install() -> None:
    """Change moto's API Gateway in this process."""
    make_account, create_deployment = Account.__init__, RestAPI.create_deployment
    update_stage = APIGatewayBackend.update_stage

    def account_with_role(account: Account) -> None:
        make_account(account)
        account.cloudwatch_role_arn = ROLE

    def deployed(api: RestAPI, name: str, *arguments: Any, **keywords: Any) -> Any:
        deployment = create_deployment(api, name, *arguments, **keywords)
        responses = {kind: found.to_json() for kind, found in api.gateway_responses.items()}
        vars(api).setdefault("deployed_responses", {})[name] = responses
        return deployment

    def updated(backend: APIGatewayBackend, api: str, stage: str, operations: Any) -> Stage:
        logs = any(operation["path"].startswith("/accessLogSettings/") for operation in operations)
        if logs and not backend.account.cloudwatch_role_arn:
            raise BadRequestException(NO_ROLE)
        return update_stage(backend, api, stage, operations)

    Account.__init__ = account_with_role  # type: ignore[method-assign, assignment] # as set up by its admin
    RestAPI.create_deployment = deployed  # type: ignore[method-assign, assignment] # moto keeps no copy
    APIGatewayBackend.update_stage = updated  # type: ignore[method-assign, assignment] # moto asks for no role


def deployed_responses(region: str, api: str, stage: str) -> bytes:
    """Return the gateway responses that a stage was last deployed with, as JSON by their types."""
    found = apigateway_backends[ACCOUNT_ID][region].get_rest_api(api)
    return json.dumps(vars(found).get("deployed_responses", {}).get(stage, {})).encode()
