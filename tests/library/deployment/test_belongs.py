"""What belongs into the package: what Python can import from the folder, and `include`; nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment.belongs import contents

from tests.library.deployment.conftest import write

SERVICE = {
    "notes/__init__.py",
    "notes/models.py",
    "notes/migrations/__init__.py",
    "notes/templates/notes/mail.html",
    "notes/static/notes/logo.svg",
    "notes/locale/de/LC_MESSAGES/django.mo",
    "notes/fixtures/first.json",
    "notes/data/no_python_here.csv",
    "gateway_client.py",
}


def packaged(root: Path, files: Iterable[str] = (), **settings: Any) -> set[str]:
    """Return what would be packaged of a folder with these files beside the service's."""
    write(root, {*SERVICE, *files})
    return {path.as_posix() for path in contents(root, settings).files}


def faults(root: Path, files: Iterable[str] = (), **settings: Any) -> list[str]:
    write(root, {*SERVICE, *files})
    return contents(root, settings).faults


def test_a_module_and_a_package_with_its_data_go_in_without_any_setting(tmp_path: Path) -> None:
    assert packaged(tmp_path) == SERVICE


TEMPTING = (
    "service.pem",
    "id_rsa",
    "terraform/s.tfstate",
    "terraform/lambda.py",
    "dump.sql",
    "backup.dump",
    "secrets.yaml",
    "node_modules/left-pad/index.js",
    "node_modules/node-gyp/gyp/gyp_main.py",
    "media/2026/photo.jpg",
    "venv/pyvenv.cfg",
    "venv/lib/python3.13/site-packages/django/__init__.py",
    ".env",
    ".env.local",
    "db.sqlite3",
    "db.sqlite3-wal",
    "exploration.ipynb",
    "docs/index.md",
    "docs/conf.py",
    "build/lib/notes/__init__.py",
    "dist/notes.zip",
    "data.csv",
    "credentials.json",
    "my-script.py",
    "class.py",
    ".git/config",
    ".github/workflows/test.yml",
    "htmlcov/index.html",
)


@pytest.mark.parametrize("file", TEMPTING)
def test_nothing_else_goes_in(tmp_path: Path, file: str) -> None:
    assert packaged(tmp_path, [file]) == SERVICE
    assert faults(tmp_path) == []


def test_a_virtual_environment_never_goes_in(tmp_path: Path) -> None:
    assert packaged(tmp_path, ["env/__init__.py"]) == {*SERVICE, "env/__init__.py"}
    assert packaged(tmp_path, ["env/pyvenv.cfg"]) == SERVICE


@pytest.mark.parametrize(
    "file",
    [
        "tests/__init__.py",
        "tests/test_notes.py",
        "tests/golden.json",
        "test_client.py",
        "conftest.py",
        "manage.py",
        "zappa_hooks.py",
        "notes/tests.py",
        "notes/test_models.py",
        "notes/conftest.py",
        "notes/tests/__init__.py",
        "notes/tests/test_views.py",
        "notes/tests/deeper/data.json",
        "notes/__pycache__/models.cpython-313.pyc",
        "notes/theme/node_modules/left-pad/index.js",
        "notes/.ipynb_checkpoints/x.py",
        "notes/exploration.ipynb",
    ],
)
def test_tests_and_what_serves_only_here_stay_behind(tmp_path: Path, file: str) -> None:
    write(tmp_path, ["notes/tests/__init__.py"])
    callbacks = {"zip": "zappa_hooks.zip"}
    assert packaged(tmp_path, [file], callbacks=callbacks) == SERVICE


@pytest.mark.parametrize(
    "file",
    [
        "notes/templates/tests/list.html",  # templates of an app that is about tests
        "notes/static/.well-known/assetlinks.json",
        "notes/testing.py",
        "notes/py.typed",
        "billing/__init__.py",
    ],
)
def test_what_only_looks_so_goes_in(tmp_path: Path, file: str) -> None:
    assert packaged(tmp_path, [file]) == {*SERVICE, file}


@pytest.mark.parametrize(
    "text",
    [
        "import apps.billing.models",
        "from apps import billing",
        "from apps import (\n    billing,\n)",
        "from apps.billing import models",
        'INSTALLED_APPS = ["apps.billing"]',
    ],
)
def test_a_folder_without_init_is_a_package_when_code_names_what_is_in_it(
    tmp_path: Path, text: str
) -> None:
    billing = {"apps/billing/__init__.py", "apps/billing/models.py", "apps/billing/terms.txt"}
    files = {*billing, "apps/README.md", "apps/billing/tests/test_models.py"}
    assert packaged(tmp_path, files) == SERVICE
    write(tmp_path, {"gateway_client.py": text})
    found = {path.as_posix() for path in contents(tmp_path, {}).files}
    assert found == {*SERVICE, *billing}


def test_a_folder_without_init_is_a_package_when_the_stage_s_settings_name_a_function_of_it(
    tmp_path: Path,
) -> None:
    events = [{"function": "jobs.nightly.run", "expression": "rate(1 day)"}]
    files = {"jobs/nightly.py", "jobs/notes.txt"}
    assert packaged(tmp_path, files, events=events) == {*SERVICE, "jobs/nightly.py"}


def test_a_namespace_that_only_another_one_names_goes_in(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "gateway_client.py": "import first.module",
            "first/module.py": "import second.module",
            "second/module.py": "",
            "third/module.py": "",
        },
    )
    found = {path.as_posix() for path in contents(tmp_path, {}).files}
    assert found == {"gateway_client.py", "first/module.py", "second/module.py"}


@pytest.mark.parametrize(
    ("include", "files"),
    [
        ("certs/ca.pem", {"certs/ca.pem"}),
        ("certs/*.pem", {"certs/ca.pem", "certs/other.pem"}),
        ("templates", {"templates/base.html", "templates/mail/first.txt"}),
        ("**/*.txt", {"templates/mail/first.txt"}),
        ("tests/golden.json", {"tests/golden.json"}),
    ],
)
def test_a_file_a_folder_or_a_pattern_that_include_names_goes_in(
    tmp_path: Path, include: str, files: set[str]
) -> None:
    there = {"certs/ca.pem", "certs/other.pem", "certs/ca.crl", "tests/golden.json"}
    there |= {"templates/base.html", "templates/mail/first.txt"}
    assert packaged(tmp_path, there) == SERVICE
    assert packaged(tmp_path, include=[include]) == {*SERVICE, *files}
    assert faults(tmp_path, include=[include]) == []


@pytest.mark.parametrize(
    ("include", "why"),
    [
        ("certs/cq.pem", "that is not in this folder"),
        ("../other.pem", "that is not in this folder"),
        ("/etc/passwd", "that is not in this folder"),
        ("data.zip", "`exclude` or Zappa leaves it out"),
    ],
)
def test_what_include_names_in_vain_is_refused(tmp_path: Path, include: str, why: str) -> None:
    assert faults(tmp_path, ["data.zip"], include=[include]) == [
        f"`include` in zappa_settings.json names {include!r}: {why}"
    ]


SUSPICIOUS = (
    "notes/service.pem",
    "notes/data/id_rsa",
    "notes/.env.local",
    "notes/db.sqlite3",
    "notes/state.tfstate",
    "notes/secrets.yaml",
    "notes/google-credentials.json",
    "notes/backup.dump",
    "notes/all.sql.gz",
    "notes/all.dump.gz",
    "notes/.htpasswd",
    "notes/private.KEY",
)


@pytest.mark.parametrize("file", SUSPICIOUS)
def test_a_secret_or_a_database_in_a_package_is_refused_by_name_unless_include_names_it(
    tmp_path: Path, file: str
) -> None:
    [fault] = faults(tmp_path, [file])
    assert f"would be packaged: {file}." in fault
    assert "`exclude_glob`" in fault
    assert faults(tmp_path, exclude_glob=[file]) == []
    assert file not in packaged(tmp_path, exclude_glob=[file])
    assert faults(tmp_path, include=["notes"]) == [fault]
    assert faults(tmp_path, include=[file]) == []
    assert file in packaged(tmp_path, include=[file])


def test_all_that_is_suspicious_is_named_at_once(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, SUSPICIOUS)
    assert fault.count("notes/") == len(SUSPICIOUS)


@pytest.mark.parametrize(
    "file", ["notes/credentials.py", "notes/templates/secrets.html", "notes/sql/view.sql"]
)
def test_code_and_templates_about_secrets_are_none(tmp_path: Path, file: str) -> None:
    assert faults(tmp_path, [file]) == []
    assert file in packaged(tmp_path)


def test_an_owner_s_exclude_still_leaves_out_and_nothing_is_said_of_what_it_leaves_out(
    tmp_path: Path,
) -> None:
    files = ["notes/db.sqlite3", "notes/old/__init__.py", "notes/x.zip", "zappa_hooks.py"]
    settings = {"exclude": ["*.sqlite3", "old"], "callbacks": {"post": "zappa_hooks.post"}}
    assert packaged(tmp_path, files, **settings) == SERVICE
    assert faults(tmp_path, **settings) == []


def test_exclude_glob_leaves_out_by_place_what_has_the_same_name_elsewhere(tmp_path: Path) -> None:
    files = ["notes/old/logo.svg", "notes/old/data/a.csv", "notes/new/logo.svg"]
    settings = {"exclude_glob": ["notes/old", "django/*/tests", "/etc/*"]}
    assert packaged(tmp_path, files, **settings) == {*SERVICE, "notes/new/logo.svg"}


def test_a_link_to_a_folder_above_it_is_followed_once(tmp_path: Path) -> None:
    write(tmp_path, ["shared/terms.txt"])
    packaged(tmp_path)
    (tmp_path / "notes/loop").symlink_to(tmp_path / "notes")
    (tmp_path / "notes/shared").symlink_to(tmp_path / "shared")
    assert packaged(tmp_path) == {*SERVICE, "notes/shared/terms.txt"}


def test_what_stays_behind_is_told_as_a_whole_where_it_is_left_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path, {*SERVICE, "docs/a.md", "docs/b.md", "notes/tests/test_a.py", "Makefile"})
    left = contents(tmp_path, {"include": ["docs/a.md"]}).stays_behind()
    assert left == ["Makefile", "notes/tests/"]
    assert contents(tmp_path, {}).stays_behind() == ["Makefile", "docs/", "notes/tests/"]
