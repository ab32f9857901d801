"""`make role`, where it cannot do what is asked; that it makes the role is in tests/operations."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from botocore.exceptions import ClientError
from zappa_xray.deployment.role import make
from zappa_xray.deployment.stage import Stage

from tests.library.deployment.conftest import client, stage, write

ROLE = "notes-dev-ZappaLambdaExecutionRole"


def stage_of_zappa(create_iam_roles: Any, **cli: Any) -> Stage:
    found = stage()
    vars(found.cli).update({"manage_roles": True, "desired_role_arn": None, **cli})
    found.cli.zappa = SimpleNamespace(
        boto_resource=lambda service: None,
        boto_client=client,
        create_iam_roles=create_iam_roles,
        role_name=ROLE,
    )
    return found


@pytest.mark.parametrize(
    ("changed", "said"),
    [(True, "is as zappa_settings.json wants it now"), (False, "stands already")],
)
def test_what_was_done_is_said(changed: bool, said: str) -> None:
    made = stage_of_zappa(lambda: (f"arn:aws:iam::123456789012:role/{ROLE}", changed))
    assert make(made) == f"The role {ROLE} {said}."


def test_a_role_of_ones_own_is_left_alone() -> None:
    own = "arn:aws:iam::123456789012:role/mine"
    refused = stage_of_zappa(pytest.fail, manage_roles=False, desired_role_arn=own)
    with pytest.raises(click.ClickException, match=f"manage_roles of dev is false .* {own}"):
        make(refused)


def test_who_may_not_is_told_who_may(project: Path) -> None:
    write(project, {"iam/role-policy.json": '[\n  "iam:CreateRole"\n]\n'})

    def refuse() -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "No."}}, "CreateRole")

    with pytest.raises(click.ClickException) as refused:
        make(stage_of_zappa(refuse))
    assert refused.value.message == (
        "the permission iam:CreateRole is missing: iam/role-policy.json allows it in line 2,"
        " an administrator runs `make role` for this stage, once"
    )
