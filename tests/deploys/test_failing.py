"""Each way in which a deploy or an update fails: what is said, the exit code, and the command that mends it.

The table "When a deploy goes wrong" of the library's README has the same rows.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from tests.deploys.conftest import FUNCTION, Project, write_project
from tests.warm.interpreter import Warm

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploys")]

NO_FUNCTION = "As it is now: there is no function notes-dev."
NO_API = "As it is now: the function notes-dev is there, but its API is not"
MENDED = "def nightly(event, context):\n    return 'mended'\n"
DEPLOYED = "As it is now: the stage dev is deployed (its stack is "


@dataclass(frozen=True)
class Way:
    """A way of failing: what goes wrong, what the command says of it, and the command that mends it."""

    operation: str
    says: tuple[str, ...]
    next: str
    how: dict[str, Any] = field(default_factory=dict)


def denied(operation: str, *says: str, next: str, **how: Any) -> Way:
    refused = {"code": "AccessDeniedException", "status": 403, **how}
    return Way(operation, (*says, f"make {next} STAGE=dev"), next, refused)


FIRST_DEPLOYS = {
    "refused CreateFunction": Way(
        "CreateFunction",
        ("InvalidParameterValueException", "Too many layers.", NO_FUNCTION),
        "deploy",
        {"code": "InvalidParameterValueException", "message": "Too many layers."},
    ),
    "stack rolled back": Way(
        "CreateStack",
        (
            "the stack notes-dev is ROLLBACK_COMPLETE",
            "  Api: CREATE_FAILED: No more than 600 APIs.",
            f"{NO_API} (its stack is ROLLBACK_COMPLETE).",
        ),
        "deploy",
        {"stack": "ROLLBACK_COMPLETE", "message": "No more than 600 APIs."},
    ),
    "stack not created": Way(
        "CreateStack",
        ("the stack notes-dev is CREATE_FAILED", "  Api: CREATE_FAILED: Internal failure."),
        "deploy",
        {"stack": "CREATE_FAILED", "message": "Internal failure."},
    ),
}
UPDATES = {
    "refused UpdateFunctionCode": Way(
        "UpdateFunctionCode",
        ("CodeStorageExceededException", DEPLOYED),
        "update",
        {"code": "CodeStorageExceededException"},
    ),
    "denied UpdateFunctionConfiguration": denied(
        "UpdateFunctionConfiguration",
        "the permission lambda:UpdateFunctionConfiguration is missing: add it to iam/",
        DEPLOYED,
        next="update",
    ),
    "stack's update rolled back": Way(
        "UpdateStack",
        (
            "the stack notes-dev is UPDATE_ROLLBACK_COMPLETE",
            "  Api: UPDATE_FAILED: Throttled.",
            DEPLOYED,
        ),
        "update",
        {"stack": "UPDATE_ROLLBACK_COMPLETE", "message": "Throttled."},
    ),
    "stack's rollback failed": Way(
        "UpdateStack",
        ("the stack notes-dev is UPDATE_ROLLBACK_FAILED", "  Api: UPDATE_FAILED: Gone.", DEPLOYED),
        "update",
        {"stack": "UPDATE_ROLLBACK_FAILED", "message": "Gone."},
    ),
    "denied by the hook": denied(
        "GetSamplingRules",
        "the permission xray:GetSamplingRules is missing",
        DEPLOYED,
        next="update",
    ),
}
# The calls of a first deploy, in their order: each deploy comes one further than the one before.
STEPS = {
    "CreateRole": denied("CreateRole", "iam:CreateRole is missing", NO_FUNCTION, next="deploy"),
    "PutRolePolicy": denied("PutRolePolicy", "iam:PutRolePolicy is missing", next="deploy"),
    "HeadBucket": denied(
        "HeadBucket",
        "s3:ListBucket is missing",
        "or the bucket packages-of-notes is somebody else's",
        next="deploy",
        code="403",
    ),
    "CreateBucket": denied("CreateBucket", "s3:CreateBucket is missing", next="deploy"),
    "PutObject": denied("PutObject", "was not uploaded", "s3:PutObject is missing", next="deploy"),
    "CreateFunction": denied(
        "CreateFunction",
        "lambda:CreateFunction is missing: iam/deploy-policy.json allows it in line 3",
        NO_FUNCTION,
        next="deploy",
    ),
    "PutRule": denied("PutRule", "events:PutRule is missing", f"{NO_API}.", next="deploy"),
    "AddPermission": denied("AddPermission", "lambda:AddPermission is missing", next="deploy"),
    "PutTargets": denied("PutTargets", "events:PutTargets is missing", next="deploy"),
    "CreateStack": denied(
        "CreateStack", "cloudformation:CreateStack is missing", NO_API, next="deploy"
    ),
    "UpdateRestApi": denied(
        "UpdateRestApi",
        "apigateway:PATCH is missing",
        f"{NO_API} (its stack is CREATE_COMPLETE).",
        next="deploy",
    ),
    "CreateDeployment": denied("CreateDeployment", "apigateway:POST is missing", next="deploy"),
    "UpdateStage": denied("UpdateStage", "apigateway:PATCH is missing", DEPLOYED, next="update"),
}


@pytest.fixture(scope="module")
def account() -> Iterator[EmulatedAWS]:
    with EmulatedAWS() as aws:
        yield aws


@pytest.fixture(scope="module")
def deployed(
    account: EmulatedAWS, interpreter: Warm, tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A project that was deployed, for updates that fail and are mended."""
    folder = tmp_path_factory.mktemp("deployed")
    write_project(folder)
    project = Project(folder, account, interpreter)
    project.set()
    assert project.zappa("deploy", "dev").code == 0
    assert project.is_whole()
    return project


def fails(project: Project, command: str, way: Way) -> None:
    """Run a command that fails in that way, and look at all that it leaves."""
    project.aws.fail(way.operation, **way.how)
    ended = project.zappa(command, "dev")
    project.aws.forget_faults()
    for words in (*way.says, f"Once that is mended: make {way.next} STAGE=dev"):
        assert words in ended.printed
    assert ended.code == 1
    assert "Traceback" not in ended.printed
    assert project.left_over() == []


@pytest.mark.parametrize("name", FIRST_DEPLOYS)
def test_a_first_deploy_that_failed_is_finished_by_the_next(project: Project, name: str) -> None:
    way = FIRST_DEPLOYS[name]
    fails(project, "deploy", way)
    assert not project.is_whole()
    mended = project.zappa(way.next, "dev")
    assert (mended.code, project.is_whole()) == (0, True), mended.printed


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_that_failed_is_mended_by_the_next(deployed: Project, name: str) -> None:
    way = UPDATES[name]
    deployed.set(apigateway_description=name)  # else the stack has nothing to update
    fails(deployed, "update", way)
    mended = deployed.zappa(way.next, "dev")
    assert (mended.code, deployed.is_whole()) == (0, True), mended.printed
    assert deployed.stack() == "UPDATE_COMPLETE"


@pytest.fixture(scope="module")
def walk(interpreter: Warm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("walk")
    write_project(folder)
    with EmulatedAWS() as aws:
        project = Project(folder, aws, interpreter)
        project.set()
        yield project


@pytest.mark.parametrize("step", STEPS)
def test_a_call_that_is_denied_is_named_and_the_next_deploy_comes_further(
    walk: Project, step: str
) -> None:
    assert not walk.is_whole()
    fails(walk, "deploy", STEPS[step])


def test_an_update_mends_what_the_last_of_these_left(walk: Project) -> None:
    ended = walk.zappa("update", "dev")
    assert (ended.code, walk.is_whole()) == (0, True), ended.printed


def test_a_role_that_is_too_young_is_waited_for(project: Project) -> None:
    young = "The role defined for the function cannot be assumed by Lambda."
    refused = {"code": "InvalidParameterValueException", "message": young}
    project.aws.fail("CreateFunction", **refused, times=1)
    ended = project.zappa("deploy", "dev")
    assert "Lambda does not know the role yet, waiting 2 s" in ended.printed
    assert (ended.code, project.is_whole()) == (0, True), ended.printed


def test_a_deploy_that_was_killed_after_it_made_the_function_is_finished(project: Project) -> None:
    project.aws.fail("CreateFunction", hold=True)
    command, options = project.command("deploy", "dev")
    with subprocess.Popen(command, **options, start_new_session=True) as killed:
        project.aws.wait_for_held_call()
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate(timeout=60)
    project.aws.forget_faults()
    assert project.aws.function_tracing(FUNCTION) == "Active"
    assert not project.is_whole()
    wrong = project.zappa("update", "dev")
    assert (wrong.code, "make deploy STAGE=dev" in wrong.printed) == (1, True)
    (project.folder / "jobs.py").write_text(MENDED)
    mended = project.zappa("deploy", "dev")
    assert f"An earlier deploy made {FUNCTION} and did not come to its end" in mended.printed
    assert (mended.code, project.is_whole()) == (0, True), mended.printed
    code = project.aws.download(FUNCTION, project.folder / "code")
    assert (code / "jobs.py").read_text() == MENDED


@pytest.mark.parametrize(
    ("operation", "sent", "left", "next"),
    [
        ("CreateFunction", signal.SIGTERM, f"{NO_API}.", "deploy"),
        ("CreateDeployment", signal.SIGINT, DEPLOYED, "update"),
    ],
)
def test_a_deploy_that_is_interrupted_says_what_it_leaves_and_cleans_up(
    project: Project, operation: str, sent: signal.Signals, left: str, next: str
) -> None:
    project.aws.fail(operation, hold=True)
    command, options = project.command("deploy", "dev")

    def heed() -> None:  # what runs in a shell's background has SIGINT ignored, and hands that on
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    options |= {"start_new_session": True, "preexec_fn": heed}
    with subprocess.Popen(command, **options) as interrupted:
        project.aws.wait_for_held_call()
        os.killpg(interrupted.pid, sent)
        printed, _ = interrupted.communicate(timeout=60)
    project.aws.forget_faults()
    assert "Interrupted.\nAs it is now: " in printed
    assert left in printed
    assert f"Next: make {next} STAGE=dev" in printed
    assert ("Traceback" in printed, interrupted.returncode, project.left_over()) == (False, 130, [])
    ended = project.zappa(next, "dev")
    assert (ended.code, project.is_whole()) == (0, True), ended.printed


def test_an_undeploy_goes_on_where_an_earlier_one_stopped(project: Project) -> None:
    assert project.zappa("deploy", "dev").code == 0
    asked = project.zappa("undeploy", "dev")
    assert (asked.code, "there is nobody to ask: ARGS=--yes" in asked.printed) == (1, True)
    project.aws.fail("DeleteFunction", code="AccessDeniedException", status=403)
    denied = project.zappa("undeploy", "dev", "--yes")
    project.aws.forget_faults()
    assert "the permission lambda:DeleteFunction is missing" in denied.printed
    assert "Once that is mended: make undeploy STAGE=dev" in denied.printed
    assert (denied.code, project.stack(), "Traceback" in denied.printed) == (1, "", False)
    undeployed = project.zappa("undeploy", "dev", "--yes")
    assert (undeployed.code, project.aws.function_tracing(FUNCTION)) == (0, None)
    again = project.zappa("undeploy", "dev", "--yes")
    assert (again.code, f"There is nothing of {FUNCTION}" in again.printed) == (0, True)


def test_a_stack_that_zappa_did_not_make_is_left_alone(project: Project) -> None:
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    project.aws.fail("CreateStack", stack="CREATE_FAILED")
    client = project.aws.client("cloudformation")
    client.create_stack(StackName=FUNCTION, TemplateBody=template)
    ended = project.zappa("deploy", "dev")
    assert ended.code == 1
    assert "is not Zappa's and is CREATE_FAILED: delete it, or give the service" in ended.printed
    assert project.stack() == "CREATE_FAILED"
    assert project.aws.function_tracing(FUNCTION) is None


def test_a_rollback_that_is_denied_names_the_permission_and_changes_nothing(
    deployed: Project,
) -> None:
    assert deployed.zappa("update", "dev").code == 0
    deployed.aws.fail("UpdateFunctionCode", code="AccessDeniedException", status=403)
    ended = deployed.zappa("rollback", "dev")
    deployed.aws.forget_faults()
    assert "the permission lambda:UpdateFunctionCode is missing" in ended.printed
    assert "Once that is mended: make rollback STAGE=dev" in ended.printed
    assert (ended.code, "Traceback" in ended.printed) == (1, False)
    mended = deployed.zappa("rollback", "dev")
    assert (mended.code, deployed.is_whole()) == (0, True), mended.printed


def test_a_package_is_made_without_an_account(project: Project) -> None:
    ended = project.zappa("package", "dev", AWS_ENDPOINT_URL="", AWS_ACCESS_KEY_ID="")
    assert (ended.code, "Package created" in ended.printed) == (0, True), ended.printed


def test_an_update_of_what_is_not_deployed_says_so_before_it_builds(project: Project) -> None:
    ended = project.zappa("update", "dev")
    assert "- there is no function notes-dev: make deploy STAGE=dev\n" in ended.printed
    assert (ended.code, "Packaging" in ended.printed) == (1, False)


def test_a_deploy_of_what_is_deployed_says_so_before_it_builds(deployed: Project) -> None:
    ended = deployed.zappa("deploy", "dev")
    assert "- the stage dev is deployed (its stack is " in ended.printed
    assert "): make update STAGE=dev\n" in ended.printed
    assert (ended.code, "Packaging" in ended.printed) == (1, False)
