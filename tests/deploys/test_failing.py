"""Each way in which a deploy or an update fails: what is said, the exit code, and the command that mends it.

The table "When a deploy goes wrong" of the library's README has the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.aws import EmulatedAWS
from tests.deploys.conftest import FUNCTION, Project, write_project
from tests.deploys.ways import FIRST_DEPLOYS, STEPS, UPDATES, Way
from tests.warm.interpreter import Warm

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploys")]


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
    for command in ("rollback", "update"):
        mended = deployed.zappa(command, "dev")
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
