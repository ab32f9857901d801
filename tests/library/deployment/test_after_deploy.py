import click
import pytest
from zappa_xray.deployment import after_deploy
from zappa_xray.deployment.stage import Stage

from tests.library.deployment.conftest import AWS


@pytest.fixture(autouse=True)
def no_touch(monkeypatch: pytest.MonkeyPatch) -> None:
    def touch(stage: Stage) -> str:
        return "touched"

    monkeypatch.setattr(after_deploy, "touch", touch)
    monkeypatch.setattr(after_deploy, "LOGS", ())
    monkeypatch.setattr(after_deploy, "FIRST", ())


def finish(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the hook's work with the stubbed clients of `stage`."""
    monkeypatch.setattr(after_deploy, "Stage", lambda cli: stage)
    after_deploy.finish(stage.cli)


def test_trap_14_a_permission_that_is_missing_fails_the_command_and_stops_no_other_step(
    aws: AWS, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = aws.stage()
    aws.has_an_api()
    aws.traces_the_stage(True)
    aws.refuses("xray", "get_sampling_rules", "AccessDeniedException")
    aws.has_no_alarms()
    with pytest.raises(click.ClickException) as failed:
        finish(stage, monkeypatch)
    assert failed.value.exit_code == 1
    assert "- the permission xray:GetSamplingRules is missing: iam/deploy-policy.json" in str(
        failed.value
    )
    assert capsys.readouterr().out == (
        "X-Ray tracing of the stage dev is on already.\n"
        "There are no alarms of notes-dev, as zappa_settings.json has no xray_alarms.\n"
        "touched\n"
    )


def test_trap_01_a_function_that_is_not_traced_fails_the_command(
    aws: AWS, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = aws.stage(xray_tracing=False, xray_sampling_rule=None)
    aws.has_an_api()
    aws.traces_the_stage(True)
    aws.has_rules()
    aws.has_no_alarms()
    with pytest.raises(click.ClickException, match="xray_tracing is not true"):
        finish(stage, monkeypatch)
