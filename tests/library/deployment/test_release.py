"""What `make release` does in which order, and how it goes back."""

from collections.abc import Iterable

import click
import pytest
from zappa_xray.deployment.release import AFTER, BEFORE, BY_HAND, Step, release

from tests.library.deployment.conftest import AWS


class Makefile:
    """Stands for the service's: fails the targets that it is told to, and remembers all."""

    def __init__(self, failing: Iterable[str] = ()) -> None:
        self.failing, self.made = set(failing), list[str]()

    def __call__(self, step: Step) -> bool:
        self.made.append(step[0])
        return step[0] not in self.failing


def is_deployed(aws: AWS) -> None:
    aws.answers("lambda", "get_function_configuration", {})
    stack = {"StackName": "notes-dev", "StackStatus": "UPDATE_COMPLETE", "CreationTime": 0}
    aws.answers("cloudformation", "describe_stacks", {"Stacks": [stack]})
    aws.has_an_api()
    aws.traces_the_stage(True)


def is_not_deployed(aws: AWS) -> None:
    aws.refuses("lambda", "get_function_configuration", "ResourceNotFoundException")
    aws.refuses("cloudformation", "describe_stacks", "ValidationError")


def has_code(aws: AWS, *digests: str) -> None:
    is_deployed(aws)
    for digest in digests:
        aws.answers("lambda", "get_function_configuration", {"CodeSha256": digest})


@pytest.mark.parametrize(
    ("migrate", "order"),
    [
        (BEFORE, ["migrate", "update", "doctor"]),
        (AFTER, ["update", "migrate", "doctor"]),
        (BY_HAND, ["update", "doctor"]),
    ],
)
def test_an_update_migrates_when_its_owner_wants_it(
    aws: AWS, migrate: str, order: list[str]
) -> None:
    has_code(aws, "old")
    make = Makefile()
    assert release(aws.stage(), migrate, make) == "notes-dev is updated, and its doctor is content."
    assert make.made == order


def test_a_stage_without_a_function_is_deployed_and_migrated_after(aws: AWS) -> None:
    is_not_deployed(aws)
    make = Makefile()
    assert "is deployed" in release(aws.stage(), BEFORE, make)
    assert make.made == ["deploy", "migrate", "doctor"]


@pytest.mark.parametrize("failing", ["update", "migrate", "doctor"])
def test_what_fails_once_the_code_is_another_is_rolled_back(aws: AWS, failing: str) -> None:
    has_code(aws, "old", "new")
    make = Makefile({failing})
    with pytest.raises(click.ClickException, match=f"make {failing} failed: .* earlier code again"):
        release(aws.stage(), AFTER, make)
    assert make.made[-2:] == [failing, "rollback"]


def test_what_fails_before_the_upload_changes_nothing(aws: AWS) -> None:
    has_code(aws, "old", "old")
    make = Makefile({"update"})
    with pytest.raises(click.ClickException, match="the function has the code that it had"):
        release(aws.stage(), AFTER, make)
    assert make.made == ["update"]


def test_a_migration_that_fails_before_the_update_keeps_the_update_back(aws: AWS) -> None:
    has_code(aws, "old", "old")
    make = Makefile({"migrate"})
    with pytest.raises(click.ClickException, match="make migrate failed"):
        release(aws.stage(), BEFORE, make)
    assert make.made == ["migrate"]


def test_a_first_deploy_that_fails_has_nothing_to_go_back_to(aws: AWS) -> None:
    is_not_deployed(aws)
    make = Makefile({"doctor"})
    with pytest.raises(click.ClickException, match="no earlier version"):
        release(aws.stage(), BEFORE, make)
    assert "rollback" not in make.made


def test_a_rollback_that_fails_is_told(aws: AWS) -> None:
    has_code(aws, "old", "new")
    with pytest.raises(click.ClickException, match="make rollback failed as well"):
        release(aws.stage(), AFTER, Makefile({"doctor", "rollback"}))
