"""The first push to main deploys a stage that is traced, and has its database migrated."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from emulator.deployed_stage import DeployedStage
from emulator.processes import CommandFailed, run
from tests.emulator.asking import ask
from tests.released.conftest import SECRETS, After, Stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("released")]


def test_the_workflow_passes_all_that_the_settings_want(stage: Stage) -> None:
    [step] = [
        step
        for step in yaml.safe_load(stage.workflow.read_text())["jobs"]["deploy"]["steps"]
        if step.get("name") == "Release"
    ]
    named = stage.service.stage_settings("dev")["environment_from_deployer"]
    assert {*step["env"]} == {*named, "MIGRATE"}  # type: ignore[misc]  # a list of names


def test_without_a_role_nothing_is_done_and_it_says_why(stage: Stage) -> None:
    job = stage.job(variables={})
    job.run()
    assert job.ran == ["Say why nothing is deployed"]
    assert job.printed.startswith("::notice::Nothing was deployed, the variable AWS_ROLE_ARN")


def test_it_deploys_migrates_and_asks_the_doctor(pushed: After, stage: Stage) -> None:
    assert pushed.job.ran == ["Install, and read the stage's region", "Release"]
    assert pushed.job.contexts["steps"]["stage"]["outputs"] == {"region": "eu-central-1"}
    done = [line for line in pushed.printed.splitlines() if line.startswith("make --no-print")]
    assert [line.split()[2] for line in done] == ["deploy", "migrate", "doctor"]
    assert "All that was looked at holds" in pushed.printed
    assert ask(f"{stage.served.url}/api/notes/").status == 401


def test_trap_01_it_traces_function_and_stage_and_says_so(pushed: After, stage: Stage) -> None:
    assert pushed.tracing == ("Active", True)
    assert pushed.rules == {"Default": 0.05, stage.function: 1.0}
    assert "X-Ray tracing of the stage dev" in pushed.printed


def test_its_secrets_reach_the_function_and_no_log(pushed: After, stage: Stage) -> None:
    assert SECRETS.items() <= stage.aws.function_environment(stage.function).items()
    for value in SECRETS.values():
        assert value not in pushed.printed


def test_lambda_has_the_code_that_make_package_builds(
    pushed: After, stage: Stage, tmp_path: Path
) -> None:
    def files(folder: Path) -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    code = files(stage.aws.download(stage.function, tmp_path / "code"))
    assert code == files(stage.service.unpack(tmp_path / "package"))
    assert "notes/views.py" in code


def test_the_database_is_migrated_by_a_function_of_its_own_that_is_gone_then(
    pushed: After, stage: Stage, tmp_path: Path
) -> None:
    assert "Applying notes.0001_initial... OK" in pushed.printed
    assert [*pushed.functions] == [stage.function]
    nowhere = {"DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere' / 'db'}"}
    again = ["manage.py", "stage_migrate", "dev", str(stage.service.zip_path())]
    with (
        DeployedStage(stage.aws, f"{stage.function}-migrate", environment=nowhere),
        pytest.raises(CommandFailed) as failed,
    ):
        run(
            [str(stage.service.folder / ".venv/bin/python"), *again],
            folder=stage.service.folder,
            environment=stage.aws.environment() | SECRETS,
        )
    assert "migrate --noinput failed: unable to open database file" in failed.value.output
    assert stage.functions() == pushed.functions
    variables = stage.aws.function_environment(stage.function)
    assert variables["DATABASE_URL"] == SECRETS["DATABASE_URL"]
