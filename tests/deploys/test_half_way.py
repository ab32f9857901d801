"""A deploy that is killed or interrupted, and an undeploy that is refused, and what goes on from there."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.deploys.conftest import FUNCTION, Project
from tests.deploys.ways import DEPLOYED, NO_API

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploys")]

MENDED = "def nightly(event, context):\n    return 'mended'\n"


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
