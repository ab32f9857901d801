"""The files of iam/, as they are baked: what AWS's rules and its data say of them.

That they allow what the commands ask, and no more, is in tests/operations/test_iam.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from emulator.service import bake
from tests.operations.mutants import unnoticed
from tests.operations.simulator import Request, denied, simulated

OF_WHO_DEPLOYS = (
    "alarms-policy.json",
    "concurrency-policy.json",
    "deploy-policy.json",
    "domain-policy.json",
    "role-policy.json",
    "snapstart-policy.json",
    "vpc-policy.json",
)
ATTACHED = (*OF_WHO_DEPLOYS, "execution-policy.json")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: of a managed policy
LARGEST_POLICY = 6144
# A condition of the resource RestApis: parliament looks at those of the action alone.
NOT_KNOWN = "Unknown condition apigateway:Request/ApiName for action apigateway:POST"
LONGEST_SLUG = "a-service-with-a-long-name-b"


@pytest.fixture(scope="module")
def iam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder iam/ of a service with the longest name there is."""
    return bake(tmp_path_factory.mktemp("iam"), {"project_slug": LONGEST_SLUG}).folder / "iam"


def statements(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text())["Statement"]
    return found


def test_these_are_all(iam: Path) -> None:
    files = {file.name for file in iam.iterdir()}
    assert files == {*ATTACHED, "github-trust-policy.json"}


@pytest.mark.parametrize("name", ATTACHED)
def test_each_fits_into_a_managed_policy(iam: Path, name: str) -> None:
    counted = "".join((iam / name).read_text().split())  # IAM does not count white space
    assert len(counted) <= LARGEST_POLICY


@pytest.fixture(scope="module")
def findings(iam: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """What parliament, the linter, says of a policy's file and of one with a wrong action, by their names."""
    folder = tmp_path_factory.mktemp("linted")
    for name in ATTACHED:
        text = (iam / name).read_text()
        action = listed(statements(iam / name)[0]["Action"])[0]
        (folder / name).write_text(text)
        (folder / f"wrong-{name}").write_text(text.replace(action, f"{action}s"))
    parliament = str(Path(sys.executable).with_name("parliament"))
    command = [parliament, "--json", "--directory", str(folder)]
    linted = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in linted.stderr
    found = [json.loads(line) for line in linted.stdout.splitlines()]
    return lambda name: [
        f"{one['title']} {one['detail']}"
        for one in found
        if Path(one["location"]["filepath"]).name == name
    ]


@pytest.mark.parametrize("name", ATTACHED)
def test_the_linter_finds_nothing(findings: Callable[[str], list[str]], name: str) -> None:
    assert [found for found in findings(name) if NOT_KNOWN not in found] == []
    assert any("Unknown action" in found for found in findings(f"wrong-{name}"))


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def resource_types(name: str) -> Iterator[str]:
    """Yield the ARN formats that AWS lets an action be narrowed to, such as a function's."""
    service, _, operation = name.partition(":")
    data = get_action_data(service, operation)
    assert data, f"{name} is no action of AWS"
    yield from (row["resource_arn_format"] for row in data[service])


@pytest.mark.parametrize("name", ATTACHED)
def test_every_action_is_narrowed_where_aws_allows_it(iam: Path, name: str) -> None:
    for statement in statements(iam / name):
        for action in listed(statement["Action"]):
            narrow = set(resource_types(action)) - {"*"}
            assert (statement["Resource"] == "*") is not bool(narrow), action
            assert "*" not in action


ARN = "arn:aws:{}:eu-central-1:123456789012:{}"
FUNCTION = ARN.format("lambda", f"function:{LONGEST_SLUG}-dev")
GATEWAY = "arn:aws:apigateway:eu-central-1::/domainnames"
ZONE = "arn:aws:route53:::hostedzone/Z123"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1-2-3"
# What Zappa asks for these settings, and a person on the way to a domain:
# https://github.com/zappa/Zappa/blob/master/zappa/core.py
WANTED = {
    "concurrency-policy.json": [
        (f"lambda:{action}FunctionConcurrency", FUNCTION) for action in ("Delete", "Put")
    ],
    "snapstart-policy.json": [
        *((f"lambda:{action}", FUNCTION) for action in ("PublishVersion",)),
        *((f"lambda:{action}", FUNCTION) for action in ("CreateAlias", "UpdateAlias")),
        *(
            (f"lambda:{action}ProvisionedConcurrencyConfig", f"{FUNCTION}:7")
            for action in ("Get", "Put", "Delete")
        ),
    ],
    "vpc-policy.json": [
        (f"ec2:Describe{things}", "*")
        for things in (
            *("NetworkInterfaces", "RouteTables", "SecurityGroups"),
            *("Subnets", "VpcEndpoints", "Vpcs"),
        )
    ],
    "domain-policy.json": [
        ("apigateway:POST", GATEWAY),
        ("apigateway:GET", f"{GATEWAY}/api.example.org"),
        ("apigateway:PATCH", f"{GATEWAY}/api.example.org"),
        ("apigateway:DELETE", f"{GATEWAY}/api.example.org/basepathmappings/x"),
        *(
            (f"acm:{action}", CERTIFICATE)
            for action in ("DescribeCertificate", "ImportCertificate")
        ),
        *(("acm:RequestCertificate", "*"), ("route53:ListHostedZones", "*")),
        *((f"route53:{action}", ZONE) for action in ("ChangeResourceRecordSets", "GetHostedZone")),
        ("route53:ListResourceRecordSets", ZONE),
    ],
}


@simulated
@pytest.mark.parametrize("name", WANTED)
def test_what_only_some_need_is_allowed_and_each_action_is_missed(iam: Path, name: str) -> None:
    document = json.loads((iam / name).read_text())
    wanted = [Request(action, resource) for action, resource in WANTED[name]]
    assert denied(document, wanted) == set()
    assert unnoticed(document, wanted)[1] == set(), "nothing needs these"


@simulated
def test_github_s_tokens_of_one_environment_are_trusted_in_both_forms(iam: Path) -> None:
    [statement] = statements(iam / "github-trust-policy.json")
    subjects = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subjects == [
        "repo:OWNER/NAME:environment:STAGE",
        "repo:OWNER@OWNER_ID/NAME@NAME_ID:environment:STAGE",
    ]
    # As a policy of who asks, so that the simulator looks at its condition alone.
    trust = {"Effect": "Allow", "Action": statement["Action"], "Resource": "*"}
    document = {
        "Version": "2012-10-17",
        "Statement": [trust | {"Condition": statement["Condition"]}],
    }
    role = "arn:aws:iam::123456789012:role/deploys"

    def token(subject: str, audience: str = "sts.amazonaws.com") -> Request:
        return Request(
            statement["Action"],
            role,
            {
                "token.actions.githubusercontent.com:sub": subject,
                "token.actions.githubusercontent.com:aud": audience,
            },
        )

    trusted = [token(subject) for subject in subjects]
    strange = [
        token("repo:OWNER/NAME:environment:production"),
        token("repo:OWNER/NAME:ref:refs/heads/main"),
        token("repo:OTHER/NAME:environment:STAGE"),
        token(subjects[0], audience="elsewhere"),
    ]
    refused = denied(document, [*trusted, *strange])
    assert [request in refused for request in (*trusted, *strange)] == [False] * 2 + [True] * 4
