"""Which packages stay out of the zip, and that none does which a service asks for."""

from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment import unneeded

ZAPPA_S = ["boto3", "durationpy", "jmespath", "requests", "tqdm", "werkzeug"]


def lock(*asked_for: str) -> dict[str, dict[str, Any]]:
    """The packages of a uv.lock whose service asks for these beside Zappa."""
    asks = {
        "notes-api": ["zappa", "zappa-xray", *asked_for],
        "zappa": ZAPPA_S,
        "zappa-xray": ["aws-xray-sdk"],
        "aws-xray-sdk": ["botocore", "wrapt"],
        "boto3": ["botocore", "s3transfer"],
        "botocore": ["jmespath", "urllib3"],
        "requests": ["idna", "urllib3"],
        "payments": ["requests"],
        "werkzeug": ["markupsafe"],
    }
    packages: dict[str, dict[str, Any]] = {
        name: {"dependencies": [{"name": one} for one in ones]} for name, ones in asks.items()
    }
    return packages | {"sheets": {"optional-dependencies": {"excel": [{"name": "tqdm"}]}}}


NEVER_NEEDED = {"boto3", "botocore", "jmespath", "s3transfer"}


@pytest.mark.parametrize(
    ("asked_for", "left_out"),
    [
        pytest.param([], {*NEVER_NEEDED, "requests", "idna", "tqdm", "urllib3"}, id="the default"),
        pytest.param(["requests"], {*NEVER_NEEDED, "tqdm"}, id="asked for"),
        pytest.param(["payments"], {*NEVER_NEEDED, "tqdm"}, id="a library asks for it"),
        pytest.param(
            ["boto3"], {*NEVER_NEEDED, "requests", "idna", "tqdm", "urllib3"}, id="Lambda has it"
        ),
    ],
)
def test_what_only_commands_and_lambda_s_own_packages_need_stays_out(
    asked_for: list[str], left_out: set[str]
) -> None:
    assert unneeded.unneeded(lock(*asked_for), "notes-api") == left_out


def test_what_an_extra_asks_for_is_needed() -> None:
    packages = lock("sheets")
    assert "tqdm" in unneeded.unneeded(packages, "notes-api")
    packages["notes-api"]["dependencies"].append({"name": "sheets", "extra": ["excel"]})
    assert "tqdm" not in unneeded.unneeded(packages, "notes-api")


SERVICE = """
version = 1

[[package]]
name = "notes-api"
source = { virtual = "." }
dependencies = [{ name = "zappa" }]

[[package]]
name = "zappa"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "requests" }, { name = "werkzeug" }]
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "uv.lock").write_text(SERVICE)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/views.py").write_text("import werkzeug\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_notes.py").write_text("import requests\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "place", ["vendor/library/api.py", ".venv/lib/api.py", "notes/.hidden/api.py", "notes/.api.py"]
)
def test_what_others_wrote_is_not_looked_at(
    service: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (service / place).parent.mkdir(parents=True, exist_ok=True)
    (service / place).write_text("import requests\n")
    assert unneeded.main() == 0
    (service / "notes/vendor").mkdir()
    (service / "notes/vendor/api.py").write_text("import requests\n")
    assert unneeded.main() == 1
    assert capsys.readouterr().err.startswith("notes/vendor/api.py:1 imports requests")


def test_they_are_printed_as_options_of_uv(
    service: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert unneeded.main() == 0
    assert capsys.readouterr().out == "--prune=requests\n"


@pytest.mark.parametrize(
    "line",
    ["import requests", "import requests.sessions as sessions", "from requests import get"],
)
def test_an_import_without_asking_for_it_is_refused(
    service: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    (service / "notes/views.py").write_text(f"import werkzeug\n\ndef view():\n    {line}\n")
    assert unneeded.main() == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "notes/views.py:4 imports requests, which is here for the command line only\n"
        "Ask for it, as in `uv add requests`, and it comes into the package.\n"
    )
