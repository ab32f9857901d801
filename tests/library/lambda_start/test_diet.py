"""What is postponed can be imported in every order, and is then what it would have been."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.library.lambda_start.process import run

START = """
import importlib, json, os, pkgutil, sys
from zappa_xray.lambda_start.diet import WHEN_USED, WITHOUT, import_rest_framework
from zappa_xray.lambda_start.postponed import import_without
from zappa_xray.lambda_start.when_used import WhenUsed

finder = WhenUsed(WHEN_USED)
finder.stand_first()
for library, modules in WITHOUT.items():
    import_without(library, *modules)
import django
from django.conf import settings

APPS = ["admin", "auth", "contenttypes", "messages", "sessions", "staticfiles"]
settings.configure(
    INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), *MORE_APPS],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()
finder.stand_first()
"""
EACH_FIRST = """
found = {}
for name in PACKAGES:
    package = importlib.import_module(name)
    waits = lambda: "__getattr__" in vars(package)
    assert waits(), f"{name} was used for the start"
    found[name] = []
    for module in pkgutil.iter_modules(package.__path__):
        if module.name == "__main__":
            continue
        if not (child := os.fork()):
            status = 1
            try:
                imported = importlib.import_module(f"{name}.{module.name}")
                package.anything_that_runs_its_code if waits() else None
            except AttributeError:
                pass
            except ImportError as error:
                status = 2  # of another system, or of a library that is not installed
            if "imported" in dir() and status != 2:
                same = imported is sys.modules[imported.__name__] is getattr(package, module.name)
                status = 0 if same and not waits() else 1
            os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found[name].append((module.name, status))
print(json.dumps(found))
"""
PACKAGES = ("asyncio", "django.contrib.admin", "django.test", "requests", "werkzeug")
# Those that no process here can import, whatever comes first.
ELSEWHERE = {
    "asyncio": {"windows_events", "windows_utils"},
}


@pytest.fixture(scope="module")
def first_of_each() -> Any:
    """What each submodule of these packages was when it came first, each in a fork of one process."""
    return run(f"MORE_APPS = []\nPACKAGES = {PACKAGES!r}\n{START}{EACH_FIRST}")


@pytest.mark.parametrize("package", PACKAGES)
def test_whichever_submodule_comes_first_it_is_the_one_that_the_package_has(
    first_of_each: dict[str, list[tuple[str, int]]], package: str
) -> None:
    found = first_of_each[package]
    assert len(found) > 3
    assert {name for name, status in found if status} == ELSEWHERE.get(package, set())


def started(code: str, *more_apps: str, folder: Path | None = None) -> Any:
    """Return what a process prints that has started so, with these apps beside Django's own; `folder` has
    those that are not installed."""
    return run(f"MORE_APPS = {json.dumps(more_apps)}\n{START}{code}", *filter(None, [folder]))


def test_the_admin_finds_its_models_when_it_is_opened() -> None:
    found = started("""
from django.contrib import admin
before = "django.contrib.auth.admin" in sys.modules
registered = sorted(model.__name__ for model in admin.site._registry)
print(json.dumps([before, registered]))
""")
    assert found == [False, ["Group", "User"]]


def test_an_admin_site_of_the_owner_s_can_be_the_first_to_ask_for_it() -> None:
    found = started("""
from django.contrib.admin.sites import AdminSite
from django.contrib import admin

class Site(AdminSite): pass

print(json.dumps([admin.AdminSite is AdminSite, len(admin.site._registry)]))
""")
    assert found == [True, 2]


@pytest.mark.parametrize(
    "first",
    [
        "from django.contrib.auth.admin import UserAdmin",
        "import accounts.admin",
        "from django.utils.module_loading import autodiscover_modules as find; find('admin')",
    ],
)
def test_an_admin_module_of_any_app_can_be_the_first_to_ask_for_it(
    tmp_path: Path, first: str
) -> None:
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts/__init__.py").write_text("")
    (tmp_path / "accounts/admin.py").write_text(
        "from django.contrib import admin\nfrom django.contrib.auth.admin import User, UserAdmin\n"
        "class Admin(UserAdmin): pass\nadmin.site.unregister(User)\nadmin.site.register(User, Admin)\n"
    )
    found = started(
        f"""
{first}
from django.contrib import admin
print(json.dumps(sorted(type(one).__name__ for one in admin.site._registry.values())))
""",
        "accounts",
        folder=tmp_path,
    )
    assert found == ["Admin", "GroupAdmin"]


@pytest.mark.parametrize("model_field", [False, True])
def test_rest_framework_knows_postgresql_s_fields_where_a_model_has_one(model_field: bool) -> None:
    found = started(
        f"""
import types
if {model_field}:  # stands for a model's module; the driver is not needed for the test
    fields = types.ModuleType("django.contrib.postgres.fields")
    fields.HStoreField = fields.ArrayField = fields.JSONField = type("Field", (), {{}})
    package = types.ModuleType("django.contrib.postgres")
    package.fields = fields
    sys.modules |= {{"django.contrib.postgres": package, fields.__name__: fields}}
import_rest_framework()
from rest_framework.compat import postgres_fields
print(json.dumps([postgres_fields is not None, sys.modules.get("django.contrib.postgres.fields", 0) is None]))
""",
        "rest_framework",
    )
    assert found == [model_field, False]


def test_records_of_logging_do_not_load_asyncio() -> None:
    found = started("""
import logging
logging.getLogger().warning("a line")
print(json.dumps("asyncio.base_events" in sys.modules))
""")
    assert found is False


def test_asyncio_works_when_it_is_used() -> None:
    found = started("""
import asyncio
async def double(number): return 2 * number
async def both(): return await asyncio.gather(double(2), double(3))
print(json.dumps(asyncio.run(both())))
""")
    assert found == [4, 6]
