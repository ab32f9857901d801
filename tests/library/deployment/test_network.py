"""The doctor's looks at a VPC: routes, endpoints, security groups, and what it cannot tell."""

from typing import Any

import pytest
from zappa_xray.deployment.doctor import database, network
from zappa_xray.deployment.doctor.link import Broken

from tests.library.deployment.conftest import AWS
from tests.library.deployment.test_doctor import FUNCTION, annotated

VPC = {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
SUBNETS = {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.1.1.0/24"}]}
NAT = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
INTERNET = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
MAIN = {"Main": True}
OWN = {"SubnetId": "subnet-1", "Main": False}
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
POSTGRESQL = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
PRIVATE = "postgresql://notes:secret-word@10.1.1.77/notes"
PUBLIC = "mysql://notes:secret-word@52.28.1.7:3307/notes"


def table(association: dict[str, Any], *routes: dict[str, Any]) -> dict[str, Any]:
    return {"Associations": [association], "Routes": list(routes)}


def is_in_a_vpc(aws: AWS, url: str = PRIVATE, configurations: int = 1) -> None:
    function = FUNCTION | VPC | {"Environment": {"Variables": {"DATABASE_URL": url}}}
    for _ in range(configurations):
        aws.answers("lambda", "get_function_configuration", function)
    aws.answers("ec2", "describe_subnets", SUBNETS, SubnetIds=["subnet-1"])


def has_tables(aws: AWS, *tables: dict[str, Any]) -> None:
    aws.answers("ec2", "describe_route_tables", {"RouteTables": list(tables)})


@pytest.mark.parametrize(
    "tables",
    [
        [table(MAIN, NAT)],
        [table(MAIN, INTERNET), table(OWN, NAT)],
    ],
    ids=["main table", "own table"],
)
def test_a_nat_leads_to_x_ray(aws: AWS, tables: list[dict[str, Any]]) -> None:
    stage = aws.stage()
    is_in_a_vpc(aws)
    has_tables(aws, *tables)
    assert network.leads_to_x_ray(stage) == "out of vpc-1 by what its default routes lead to"


@pytest.mark.parametrize(
    "tables",
    [
        [],
        [table(MAIN, INTERNET)],
        [table(MAIN, NAT), table(OWN)],
        [table(OWN, NAT | {"State": "blackhole"})],
    ],
    ids=["none", "internet gateway", "own table without", "blackhole"],
)
def test_without_one_an_endpoint_does_or_traces_tell(
    aws: AWS, tables: list[dict[str, Any]]
) -> None:
    stage = aws.stage()
    for endpoints in ([{"VpcEndpointId": "vpce-1"}], [], []):
        is_in_a_vpc(aws)
        has_tables(aws, *tables)
        aws.answers("ec2", "describe_vpc_endpoints", {"VpcEndpoints": endpoints})
    assert network.leads_to_x_ray(stage) == "out of vpc-1 by vpce-1"
    aws.answers("xray", "get_trace_summaries", {"TraceSummaries": [annotated("1-2-3", "dev")]})
    assert network.leads_to_x_ray(stage).endswith(
        "traces come all the same: the last hour has 1-2-3"
    )
    aws.answers("xray", "get_trace_summaries", {"TraceSummaries": []})
    aws.answers("xray", "get_trace_segment_destination", {"Destination": "XRay"})
    with pytest.raises(Broken) as broken:
        network.leads_to_x_ray(stage)
    assert broken.value.found == (
        "subnet-1 in vpc-1 has no NAT, and vpc-1 no endpoint com.amazonaws.eu-central-1.xray;"
        " traces from inside Django: none in the last hour"
    )


def test_a_permission_that_is_missing_is_said_and_is_no_fault(aws: AWS) -> None:
    stage = aws.stage()
    for look in (network.leads_to_x_ray, database.can_be_reached):
        function = FUNCTION | VPC | {"Environment": {"Variables": {"DATABASE_URL": PRIVATE}}}
        for _ in range(2 if look is database.can_be_reached else 1):
            aws.answers("lambda", "get_function_configuration", function)
        aws.refuses("ec2", "describe_subnets", "UnauthorizedOperation")
        said = look(stage)
        assert said.startswith("not looked at: the permission ec2:DescribeSubnets is missing")


@pytest.mark.parametrize(
    ("out", "interfaces", "into", "found"),
    [
        ([EVERYTHING], ["sg-db"], [POSTGRESQL | {"IpRanges": [{"CidrIp": "10.1.0.0/16"}]}], ""),
        ([EVERYTHING], ["sg-db"], [POSTGRESQL | {"UserIdGroupPairs": [{"GroupId": "sg-1"}]}], ""),
        ([POSTGRESQL | {"UserIdGroupPairs": [{"GroupId": "sg-db"}]}], ["sg-db"], [EVERYTHING], ""),
        (
            [POSTGRESQL | {"FromPort": 443, "ToPort": 443, "IpRanges": EVERYTHING["IpRanges"]}],
            ["sg-db"],
            None,
            "sg-1 of the function lets nothing out to 10.1.1.77:5432",
        ),
        (
            [EVERYTHING],
            ["sg-db"],
            [POSTGRESQL | {"IpRanges": [{"CidrIp": "10.2.0.0/16"}]}],
            "sg-db of 10.1.1.77 does not let sg-1 in at 5432",
        ),
        ([EVERYTHING], [], None, ""),
    ],
)
def test_the_security_groups_of_both_ends(
    aws: AWS,
    out: list[dict[str, Any]],
    interfaces: list[str],
    into: list[dict[str, Any]] | None,
    found: str,
) -> None:
    stage = aws.stage()
    is_in_a_vpc(aws, configurations=2)
    there = [{"Groups": [{"GroupId": group} for group in interfaces]}]
    aws.answers("ec2", "describe_network_interfaces", {"NetworkInterfaces": there})
    aws.answers(
        "ec2", "describe_security_groups", {"SecurityGroups": [{"IpPermissionsEgress": out}]}
    )
    if into is not None:
        group = {"IpPermissions": into}
        asked = {"GroupIds": interfaces}
        aws.answers("ec2", "describe_security_groups", {"SecurityGroups": [group]}, **asked)
    if found:
        with pytest.raises(Broken) as broken:
            database.can_be_reached(stage)
        assert broken.value.found == found
    else:
        assert database.can_be_reached(stage).startswith("10.1.1.77:5432 ")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////tmp/db.sqlite3", "DATABASE_URL names no host"),
        ("postgresql://u:[p@db/notes", "DATABASE_URL names no host"),
        ("postgresql://u:p@db.invalid/notes", "db.invalid has no address that is known here"),
        (PUBLIC, "52.28.1.7 is 52.28.1.7, a public address: its server has to let everybody"),
    ],
)
def test_what_cannot_be_told_is_said(
    aws: AWS, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setattr(database, "address_of", lambda host: host if host[0].isdigit() else "")
    stage = aws.stage()
    function = FUNCTION | {"Environment": {"Variables": {"DATABASE_URL": url}}}
    for _ in range(2 if url == PUBLIC else 1):
        aws.answers("lambda", "get_function_configuration", function)
    assert database.can_be_reached(stage).startswith(said)


def test_a_public_address_wants_a_nat(aws: AWS) -> None:
    stage = aws.stage()
    is_in_a_vpc(aws, PUBLIC, configurations=2)
    has_tables(aws, table(MAIN, INTERNET))
    with pytest.raises(Broken, match="a public address, and subnet-1 has no NAT"):
        database.can_be_reached(stage)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (PRIVATE, "10.1.1.77 is 10.1.1.77, inside a network, and the function is in no VPC"),
        ("mysql://notes@127.0.0.1/notes", "127.0.0.1 is the function itself"),
    ],
)
def test_an_address_that_a_function_in_no_vpc_does_not_reach(
    aws: AWS, url: str, found: str
) -> None:
    stage = aws.stage()
    function = FUNCTION | {"Environment": {"Variables": {"DATABASE_URL": url}}}
    for _ in range(2 if url == PRIVATE else 1):
        aws.answers("lambda", "get_function_configuration", function)
    with pytest.raises(Broken) as broken:
        database.can_be_reached(stage)
    assert broken.value.found == found
    assert broken.value.remedy
