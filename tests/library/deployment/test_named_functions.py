from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment.named_functions import missing_names

from tests.library.deployment.conftest import write

MODULES = {
    "probe_jobs/__init__.py": "",
    "probe_jobs/nightly.py": "LIMIT = 3\ndef run(event, context): ...\n",
    "probe_jobs/broken.py": "import no_such_module\n",
    "probe_handler.py": (
        "import importlib\nlambda_handler = importlib.import_module('handler').lambda_handler\n"
    ),
    "probe_settings.py": "",
}


@pytest.fixture(autouse=True)
def modules(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, MODULES)
    monkeypatch.syspath_prepend(project)


def missing(**settings: Any) -> list[tuple[str, str, str]]:
    return list(missing_names(settings))


RUN = "probe_jobs.nightly.run"
NOT_FOUND = ModuleNotFoundError.__name__


def test_names_of_what_is_there_are_passed_over_in_silence() -> None:
    queue = {"function": RUN, "event_source": {"arn": "arn:aws:sqs:eu-central-1:1:q"}}
    assert (
        missing(
            events=[{"function": RUN, "expression": "rate(1 day)"}, queue],
            bot_events=[{"function": RUN, "event_source": {"intent": "x"}}],
            cognito={"triggers": [{"source": "PreSignUp", "function": RUN}]},
            authorizer={"function": RUN},
            exception_handler=RUN,
            callbacks={"zip": RUN},
            lambda_handler="probe_handler.lambda_handler",
            django_settings="probe_settings",
        )
        == []
    )


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("probe_jobs.nightly.rum", "probe_jobs.nightly has no rum (perhaps run?)"),
        ("probe_jobs.nightyl.run", "there is no module probe_jobs.nightyl"),
        ("no_jobs.nightly.run", "there is no module no_jobs"),
        ("probe_jobs.nightly.LIMIT", "probe_jobs.nightly.LIMIT is nothing that can be called"),
        ("run", "a path has the form module.function"),
        (
            "probe_jobs.broken.run",
            f"probe_jobs.broken cannot be imported: {NOT_FOUND}: No module named 'no_such_module'",
        ),
    ],
)
@pytest.mark.parametrize("key", ["events", "bot_events"])
def test_what_is_missing_is_said_with_the_key_that_names_it(
    key: str, path: str, wrong: str
) -> None:
    entries = [{"function": RUN}, {"function": path}]
    assert missing(**{key: entries}) == [(key, path, wrong)]


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("cognito", {"cognito": {"triggers": [{"function": "no_jobs.run"}]}}),
        ("authorizer", {"authorizer": {"function": "no_jobs.run"}}),
        ("exception_handler", {"exception_handler": "no_jobs.run"}),
        ("callbacks.post", {"callbacks": {"post": "no_jobs.run"}}),
        ("lambda_handler", {"lambda_handler": "no_jobs.run"}),
    ],
)
def test_every_key_that_names_a_function_is_looked_at(key: str, settings: dict[str, Any]) -> None:
    assert missing(**settings) == [(key, "no_jobs.run", "there is no module no_jobs")]


def test_the_handler_is_read_and_not_run() -> None:
    name = "probe_handler.lambda_handle"
    assert missing(lambda_handler=name) == [
        (
            "lambda_handler",
            name,
            "probe_handler has no lambda_handle (perhaps lambda_handler?)",
        )
    ]
    assert missing(lambda_handler="handler.lambda_handler") == []


def test_a_module_of_settings_that_is_not_there_is_found() -> None:
    assert missing(django_settings="probe_setings") == [
        ("django_settings", "probe_setings", "there is no module probe_setings")
    ]
