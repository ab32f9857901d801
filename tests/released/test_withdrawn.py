"""What is wrong is taken back: a version that is broken, by the job or a person, and the stage itself."""

from __future__ import annotations

import pytest

from emulator.processes import CommandFailed
from tests.emulator.asking import ask
from tests.released.conftest import RESERVED, After, Stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("released")]


def test_a_broken_version_is_said_and_rolled_back_and_it_serves_again(
    pushed: After, broken: After, stage: Stage
) -> None:
    said = broken.printed
    assert "/dev/health/ answered 500, its trace: " in said
    assert "Once that is mended: make update STAGE=dev" in said
    assert "make rollback" in said.replace("--no-print-directory ", "")
    assert f"of {stage.function} back to version 1 (" in said
    assert "/dev/health/ answered 200, its trace: " in said
    assert "migrations are not undone" in said
    assert "Error: make update failed: the function has its earlier code again" in said
    assert broken.functions == pushed.functions
    assert ask(f"{stage.served.url}/health/").json == {"status": "ok"}


def test_an_update_and_a_rollback_leave_function_and_stage_traced(
    pushed: After, broken: After
) -> None:
    assert broken.tracing == ("Active", True)
    assert broken.rules == pushed.rules


def test_there_is_no_going_back_further_than_there_are_versions(
    stage: Stage, broken: After
) -> None:
    with pytest.raises(CommandFailed) as failed:
        stage.make("rollback", "9")
    assert f"{stage.function} cannot go back by 9: it has version " in failed.value.output


def test_a_person_can_roll_back_to_the_version_before_each_time(
    pushed: After, broken: After, stage: Stage
) -> None:
    """What was given back is a version of its own: the one before it is the broken one."""
    job = stage.job(stage="dev", rollback=True)
    with pytest.raises(CommandFailed):
        job.run()
    assert job.ran == ["Install, and read the stage's region", "Roll back"]
    assert stage.health() == 500
    assert stage.functions() != pushed.functions
    stage.job(stage="dev", rollback=True).run()
    assert stage.health() == 200
    assert stage.functions() == pushed.functions
    assert stage.tracing() == ("Active", True)


def test_a_reserved_concurrency_survives_updates(stage: Stage, broken: After) -> None:
    found = stage.aws.client("lambda").get_function_concurrency(FunctionName=stage.function)
    assert found["ReservedConcurrentExecutions"] == RESERVED


def test_undeploy_leaves_nothing(pushed: After, undeployed: str, stage: Stage) -> None:
    assert stage.function in pushed.functions
    assert stage.functions() == {}
    assert stage.tracing() == (None, None)
    assert stage.sampling_rules() == {"Default": 0.05}


def test_deploy_without_secrets_names_them_and_uploads_nothing(
    stage: Stage, undeployed: str
) -> None:
    with pytest.raises(CommandFailed) as failed:
        stage.service.make("deploy", STAGE="dev", environment=stage.aws.environment())
    assert "DJANGO_SECRET_KEY" in failed.value.output
    assert "DATABASE_URL" in failed.value.output
    assert "Uploading" not in failed.value.output
    assert stage.functions() == {}
