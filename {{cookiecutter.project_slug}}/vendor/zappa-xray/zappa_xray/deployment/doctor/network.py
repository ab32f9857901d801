"""The VPC of a stage's function, as EC2 shows it, and its ways out.

A function in a VPC has no public address: an internet gateway leads it nowhere, a NAT does.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from zappa_xray.deployment.doctor import function, traces
from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.stage import DENIED, CallFailed, Stage

Look = Callable[[Stage], str]
# What a default route can lead to that may go on to the internet.
LEADS_OUT = (
    *("NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "InstanceId"),
    *("VpcPeeringConnectionId", "CoreNetworkArn"),
)


@dataclass(frozen=True)
class Network:
    """Where a function is: its VPC's id, its subnets by their ids, as EC2 describes them, its groups."""

    vpc: str
    subnets: dict[str, dict[str, Any]]
    groups: tuple[str, ...]


def as_far_as_permitted(look: Look) -> Look:
    """Have a look say which permission it lacks, and be no fault: few stages are in a VPC."""

    @wraps(look)
    def looked(stage: Stage) -> str:
        try:
            return look(stage)
        except CallFailed as failure:
            if failure.code not in DENIED:
                raise
            return f"not looked at: {failure.message}"

    return looked


def network_of(stage: Stage) -> Network | None:
    """Return the network of the deployed function, None where it is in no VPC. Raises CallFailed."""
    network = function.configuration(stage).get("VpcConfig", {})
    if not network.get("SubnetIds"):
        return None
    found = stage.call("ec2", "describe_subnets", SubnetIds=network["SubnetIds"])["Subnets"]
    subnets = {subnet["SubnetId"]: subnet for subnet in found}
    return Network(found[0]["VpcId"], subnets, tuple(network.get("SecurityGroupIds", [])))


@as_far_as_permitted
def leads_to_x_ray(stage: Stage) -> str:
    network = network_of(stage)
    if network is None:
        return "the function is in no VPC"
    closed = without_a_way_out(stage, network)
    if not closed:
        return f"out of {network.vpc} by what its default routes lead to"
    if endpoint := endpoint_of(stage, network, "xray"):
        return f"out of {network.vpc} by {endpoint}"
    service = f"com.amazonaws.{stage.region}.xray"
    none = (
        f"{', '.join(closed)} in {network.vpc} has no NAT, and {network.vpc} no endpoint {service}"
    )
    try:
        seen = traces.come_from_django(stage, 0)
    except Broken as nothing:
        raise Broken(
            f"{none}; traces from inside Django: {nothing.found}",
            f"make an interface endpoint {service}, or a NAT for the subnets"
            ' (PRODUCTION.md, "A database in a VPC")',
        ) from nothing
    return f"{none}; traces come all the same: {seen}"


def without_a_way_out(stage: Stage, network: Network) -> list[str]:
    """Return the subnets from which nothing outside the VPC can be reached."""
    tables = [
        table
        for page in stage.pages(
            "ec2",
            "describe_route_tables",
            Filters=[{"Name": "vpc-id", "Values": [network.vpc]}],
        )
        for table in page["RouteTables"]
    ]
    return [subnet for subnet in network.subnets if not leads_out(table_of(subnet, tables))]


def table_of(subnet: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the subnet's own route table, or the VPC's main one, which holds where it has none."""
    own = main = None
    for table in tables:
        for association in table.get("Associations", []):
            own = table if association.get("SubnetId") == subnet else own
            main = table if association.get("Main") else main
    return own or main or {"Routes": []}


def leads_out(table: dict[str, Any]) -> bool:
    return any(
        route.get("DestinationCidrBlock") == "0.0.0.0/0"
        and route.get("State") != "blackhole"
        and any(route.get(key) for key in LEADS_OUT)
        for route in table["Routes"]
    )


def endpoint_of(stage: Stage, network: Network, service: str) -> str:
    """Return the id of the VPC's endpoint of an AWS service, such as xray; empty for none."""
    wanted = {
        "vpc-id": network.vpc,
        "service-name": f"com.amazonaws.{stage.region}.{service}",
        "vpc-endpoint-state": "available",
    }
    found = stage.call(
        "ec2",
        "describe_vpc_endpoints",
        Filters=[{"Name": name, "Values": [value]} for name, value in wanted.items()],
    )
    return next((str(one["VpcEndpointId"]) for one in found["VpcEndpoints"]), "")
