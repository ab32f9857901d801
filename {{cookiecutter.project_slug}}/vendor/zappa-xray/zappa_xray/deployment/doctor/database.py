"""Whether the function can reach the host of DATABASE_URL, as far as addresses, routes and groups tell."""

import socket
from ipaddress import IPv4Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from zappa_xray.deployment.doctor import function
from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.doctor.network import (
    Network,
    as_far_as_permitted,
    network_of,
    without_a_way_out,
)
from zappa_xray.deployment.stage import Stage

PORTS = {"mysql": 3306, "postgres": 5432, "postgresql": 5432}
CHAPTER = 'PRODUCTION.md, "A database in a VPC"'


@as_far_as_permitted
def can_be_reached(stage: Stage) -> str:
    variables = function.configuration(stage).get("Environment", {}).get("Variables", {})
    host, port = place_of(variables.get("DATABASE_URL", ""))
    if not host:
        return "DATABASE_URL names no host"
    address = address_of(host)
    if not address:
        return f"{host} has no address that is known here: not looked at"
    if ip_address(address).is_loopback:
        raise Broken(f"{host} is the function itself", "name the server in DATABASE_URL")
    network = network_of(stage)
    private = not ip_address(address).is_global
    if network is None:
        if private:
            raise Broken(
                f"{host} is {address}, inside a network, and the function is in no VPC",
                f"vpc_config in zappa_settings.json ({CHAPTER}), then make update STAGE={stage.name}",
            )
        return f"{host} is {address}, a public address: its server has to let everybody in"
    if not private and (closed := without_a_way_out(stage, network)):
        raise Broken(
            f"{host} is {address}, a public address, and {', '.join(closed)} has no NAT",
            f"use the address inside {network.vpc}, or a NAT ({CHAPTER})",
        )
    return groups_let_through(stage, network, address, port)


def place_of(url: str) -> tuple[str, int]:
    """Return host and port of a database's URL, both nothing where it has none."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:  # its text may hold the password
        return "", 0


def address_of(host: str) -> str:
    """Return an IPv4 address of the host. RDS's names have their private one everywhere."""
    try:
        return str(socket.getaddrinfo(host, None, family=socket.AF_INET)[0][4][0])
    except OSError:
        return ""


def groups_let_through(stage: Stage, network: Network, address: str, port: int) -> str:
    """Return what lets a connection through, from the function's groups to the server's.

    Raises Broken where a security group stands in the way.
    """
    theirs = groups_at(stage, network, address)
    out = rules(stage, network.groups, "IpPermissionsEgress")
    if not any(lets(rule, port, [f"{address}/32"], theirs) for rule in out):
        raise Broken(
            f"{', '.join(network.groups)} of the function lets nothing out to {address}:{port}",
            f"allow TCP {port} in its outbound rules ({CHAPTER})",
        )
    if not theirs:
        return f"{address}:{port} may be asked; what is there is not in {network.vpc}"
    subnets = [subnet["CidrBlock"] for subnet in network.subnets.values()]
    into = rules(stage, theirs, "IpPermissions")
    if not any(lets(rule, port, subnets, network.groups) for rule in into):
        raise Broken(
            f"{', '.join(theirs)} of {address} does not let {', '.join(network.groups)} in at {port}",
            f"allow TCP {port} from {network.groups[0]} in its inbound rules ({CHAPTER})",
        )
    return f"{address}:{port} in {network.vpc}, and {', '.join(theirs)} lets the function in"


def groups_at(stage: Stage, network: Network, address: str) -> tuple[str, ...]:
    """Return the security groups of the interface that has the address in the function's VPC."""
    wanted = {"addresses.private-ip-address": address, "vpc-id": network.vpc}
    found = stage.call(
        "ec2",
        "describe_network_interfaces",
        Filters=[{"Name": name, "Values": [value]} for name, value in wanted.items()],
    )
    interfaces = found["NetworkInterfaces"]
    return tuple(group["GroupId"] for one in interfaces for group in one["Groups"])


def rules(stage: Stage, groups: tuple[str, ...], direction: str) -> list[dict[str, Any]]:
    found = stage.call("ec2", "describe_security_groups", GroupIds=list(groups))
    return [rule for group in found["SecurityGroups"] for rule in group[direction]]


def lets(rule: dict[str, Any], port: int, ranges: list[str], groups: tuple[str, ...]) -> bool:
    """Return whether a rule allows the port of one of these address ranges, or of one of these groups."""
    all_ports = rule["IpProtocol"] == "-1"
    if not all_ports and not (
        rule["IpProtocol"] in ("tcp", "6") and rule["FromPort"] <= port <= rule["ToPort"]
    ):
        return False
    allowed = [IPv4Network(one["CidrIp"]) for one in rule.get("IpRanges", [])]
    return (
        any(IPv4Network(one).subnet_of(wide) for one in ranges for wide in allowed)
        or any(pair["GroupId"] in groups for pair in rule.get("UserIdGroupPairs", []))
        or bool(rule.get("PrefixListIds"))  # whose addresses another call would tell
    )
