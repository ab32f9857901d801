import json
from pathlib import Path

from django.core.checks import CheckMessage
from django.core.checks.registry import registry
from django.test import override_settings
from zappa_xray.deployment import workflow
from zappa_xray.deployment.doctor.django_settings import no_check_complains

from tests.library.deployment.conftest import write

STEP = (
    "      - env:\n          DATABASE_URL: ${{ secrets.DATABASE_URL }}\n        run: make release\n"
)


def found(folder: Path, deploy: str | None, **stages: list[str]) -> list[CheckMessage]:
    named = {stage: {"environment_from_deployer": names} for stage, names in stages.items()}
    write(folder, {"zappa_settings.json": json.dumps(named)})
    if deploy is not None:
        write(folder, {str(workflow.WORKFLOW): deploy})
    with override_settings(BASE_DIR=folder):
        return workflow.check_workflow()


def test_the_check_is_bound() -> None:
    assert {workflow.check_workflow} <= registry.registered_checks


def test_what_the_workflow_does_not_pass_is_named_with_its_line(tmp_path: Path) -> None:
    [message] = found(tmp_path, STEP, dev=["DATABASE_URL"], production=["STRIPE_KEY", "A_KEY"])
    assert message.id == workflow.NOT_PASSED
    assert message.msg.startswith("A_KEY and STRIPE_KEY of environment_from_deployer")
    assert "`STRIPE_KEY: ${{ secrets.STRIPE_KEY }}`" in str(message.hint)
    assert "DATABASE_URL" not in f"{message.msg}{message.hint}"


def test_what_it_passes_is_passed_over_in_silence(tmp_path: Path) -> None:
    assert found(tmp_path, STEP, dev=["DATABASE_URL"]) == []


def test_what_a_command_sets_is_passed(tmp_path: Path) -> None:
    step = "      - run: A_KEY=${{ secrets.A }} make deploy STAGE=dev\n"
    assert found(tmp_path, step, dev=["A_KEY"]) == []
    assert found(tmp_path, f"{step}        # B_KEY: none\n", dev=["A_KEY", "B_KEY"])


def test_a_workflow_that_deploys_in_a_way_of_its_own_is_not_asked(tmp_path: Path) -> None:
    assert found(tmp_path, "      - uses: ./own/release # make release\n", dev=["A_KEY"]) == []
    assert found(tmp_path, "      - run: zappa update dev\n", dev=["A_KEY"])


def test_the_doctor_of_a_stage_that_stands_does_not_mind(tmp_path: Path) -> None:
    assert found(tmp_path, STEP, dev=["A_KEY"])
    with override_settings(BASE_DIR=tmp_path):
        assert no_check_complains() == "none complains"


def test_a_service_without_that_workflow_is_not_asked(tmp_path: Path) -> None:
    assert found(tmp_path, None, dev=["STRIPE_KEY"]) == []
