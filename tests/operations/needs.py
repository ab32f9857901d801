"""What IAM is asked at each call to AWS: actions, ARNs, and the context that conditions look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from botocore.session import Session

from emulator.events import ACCOUNT_ID
from tests.operations.simulator import Request

# IAM's action where it is not called as the operation is.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
RENAMED = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "lambda:Invoke": "lambda:InvokeFunction",
}
FOR_EVERYBODY = {"sts:GetCallerIdentity"}
# What AWS lets nobody narrow to a resource, as the operations are called.
ON_ANYTHING = {
    *("events:ListRuleNamesByTarget", "logs:DescribeLogGroups"),
    *("logs:DeleteQueryDefinition", "logs:DescribeQueryDefinitions", "logs:PutQueryDefinition"),
    *("xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries"),
    *("xray:GetTraceSummaries", "xray:BatchGetTraces"),
    *("xray:GetIndexingRules", "xray:GetTraceSegmentDestination"),
    *("xray:ListRetrievedTraces", "xray:StartTraceRetrieval"),
    *("cloudwatch:GetMetricData", "logs:StopQuery"),
}
SERVICE_LINKED = "aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"


@dataclass(frozen=True)
class Call:
    """A call as tests/operations/recorder.py saw it."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """What the ARNs and the tags of a stage's calls are made of.

    function  the name of the function, of its stack, which is tagged with it, and of its REST API
    api       the REST API's id
    """

    region: str
    function: str
    api: str

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT_ID}:{rest}"

    def role(self, name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"

    def gateway(self, path: str) -> str:
        return f"arn:aws:apigateway:{self.region}::{path}"

    def requests(self, call: Call) -> Iterator[Request]:
        """Yield what IAM decides for a call: itself, and what AWS does with the caller's rights."""
        name = f"{call.service}:{call.operation}"
        if name not in FOR_EVERYBODY:
            yield self._itself(name, call)
        yield from self._in_its_wake(name, call.parameters)

    def _itself(self, name: str, call: Call) -> Request:
        if call.service == "apigateway":
            return self._of_the_gateway(call)
        resource = "*" if name in ON_ANYTHING else self._resource(call.service, call.parameters)
        return Request(RENAMED.get(name, name), resource)

    def _of_the_gateway(self, call: Call) -> Request:
        model = Session().get_service_model("apigateway").operation_model(call.operation)
        path = model.http["requestUri"].partition("?")[0]
        for parameter, shape in model.input_shape.members.items():
            if shape.serialization.get("location") == "uri":
                value = quote(str(call.parameters[parameter]), safe="")
                path = path.replace(f"{{{shape.serialization['name']}}}", value)
        return self._at_the_gateway(model.http["method"], path)

    def _at_the_gateway(self, method: str, path: str) -> Request:
        # A tag of the API is inherited by what lies below it:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
        below = path.startswith("/restapis/")
        tags = {"aws:ResourceTag/ZappaProject": self.function} if below else {}
        return Request(f"apigateway:{method}", self.gateway(path), tags)

    def _resource(self, service: str, given: Mapping[str, Any]) -> str:
        if service == "lambda":
            return self._function(given)
        if service == "s3":
            return f"arn:aws:s3:::{given['Bucket']}" + (
                f"/{given['Key']}" if "Key" in given else ""
            )
        if service == "iam":
            role = given.get("RoleName") or given["PolicySourceArn"].rpartition("/")[2]
            return self.role(role)
        if service == "cloudformation":
            return self.arn(service, f"stack/{given['StackName']}/8ad0f9a0-id")
        if service == "events":
            return self.arn(service, f"rule/{given.get('Rule') or given['Name']}")
        if service == "logs":
            # The results of a query are asked for by its id.
            group = given.get("logGroupName", f"/aws/lambda/{self.function}")
            return self.arn(service, f"log-group:{group}")
        if service == "sns":
            return given.get("TopicArn") or self.arn(service, given["Name"])
        if service == "cloudwatch":
            return self._watched(given)
        if service == "xray" and ("GroupName" in given or "GroupARN" in given):
            return given.get("GroupARN") or self.arn(service, f"group/{given['GroupName']}/id")
        if service == "xray":
            rule = given.get("SamplingRule") or given.get("SamplingRuleUpdate") or given
            return self.arn(service, f"sampling-rule/{rule['RuleName']}")
        raise LookupError(f"Say here which ARN a call of {service} with {list(given)} is about.")

    def _watched(self, given: Mapping[str, Any]) -> str:
        if dashboard := given.get("DashboardName") or next(
            iter(given.get("DashboardNames", ())), ""
        ):
            return f"arn:aws:cloudwatch::{ACCOUNT_ID}:dashboard/{dashboard}"
        alarm = given.get("AlarmName") or next(iter(given.get("AlarmNames", ())), "")
        return self.arn("cloudwatch", f"alarm:{alarm or given.get('AlarmNamePrefix', '')}")

    def _function(self, given: Mapping[str, Any]) -> str:
        name = given["FunctionName"].rpartition("function:")[2]
        version = given.get("Qualifier")
        return self.arn("lambda", f"function:{name}" + (f":{version}" if version else ""))

    def _in_its_wake(self, name: str, given: Mapping[str, Any]) -> Iterator[Request]:
        role = self.role(f"{self.function}-ZappaLambdaExecutionRole")
        if name in ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"):
            yield Request("iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"})
        if name in ("lambda:CreateFunction", "lambda:UpdateFunctionCode"):
            code = given.get("Code", given)
            if "S3Key" in code:  # Lambda fetches the package as the caller
                yield Request("s3:GetObject", f"arn:aws:s3:::{code['S3Bucket']}/{code['S3Key']}")
        if name == "events:PutRule":
            yield Request("iam:PassRole", role, {"iam:PassedToService": "events.amazonaws.com"})
        if name == "apigateway:UpdateStage" and "tracingEnabled" in str(given):
            # API Gateway makes its role at the account's first traced stage.
            service = {"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}
            yield Request("iam:CreateServiceLinkedRole", self.role(SERVICE_LINKED), service)
        if name == "cloudformation:CreateStack":
            yield from self._of_the_stack(role)
        if name == "cloudformation:DeleteStack":
            yield self._at_the_gateway("DELETE", f"/restapis/{self.api}")

    def _of_the_stack(self, role: str) -> Iterator[Request]:
        """Yield what CloudFormation does as the caller to make the resources of Zappa's stack."""
        yield Request(
            "apigateway:POST",
            self.gateway("/restapis"),
            {"apigateway:Request/ApiName": self.function},
        )
        yield Request(
            "apigateway:PUT",
            self.gateway(f"/tags/{quote(self.gateway(f'/restapis/{self.api}'), safe='')}"),
        )
        yield self._at_the_gateway("POST", f"/restapis/{self.api}/resources/root")
        yield self._at_the_gateway("PUT", f"/restapis/{self.api}/resources/root/methods/ANY")
        yield Request("iam:PassRole", role, {"iam:PassedToService": "apigateway.amazonaws.com"})
        # Asked while CloudFormation is still at work, and where it has failed.
        stack = self.arn("cloudformation", f"stack/{self.function}/id")
        for operation in ("ListStackResources", "DescribeStackEvents", "ContinueUpdateRollback"):
            yield Request(f"cloudformation:{operation}", stack)
