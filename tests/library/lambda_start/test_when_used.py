"""The code of a module runs when a name of it is used: once, and as if it had been imported then."""

from pathlib import Path
from typing import Any

import pytest

from tests.library.lambda_start.process import run

FILES = {
    "pack/__init__.py": """
ran.append("pack")
from .client import Client
from .errors import Failure
def prepare(): ran.append("prepare")
""",
    "pack/client.py": """
ran.append("client")
from . import errors
class Client:
    def call(self): raise errors.Failure
""",
    "pack/errors.py": "ran.append('errors')\nclass Failure(Exception): pass\n",
    "pack/light.py": "ran.append('light')\nfrom . import errors\nkind = 'light'\n",
    "broken.py": "ran.append('broken')\n1 / 0\n",
    "importer.py": "import pack\nfrom pack.errors import Failure\n",
}
START = """
import builtins, json, sys
builtins.ran = ran = []
from zappa_xray.lambda_start.code import Every, Package
from zappa_xray.lambda_start.when_used import WhenUsed

def postpone(**packages):
    finder = WhenUsed(packages)
    finder.stand_first()
    return finder

def show(*values):
    print(json.dumps([ran, *values]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, code in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    return tmp_path


@pytest.mark.parametrize(
    ("code", "ran", "values"),
    [
        pytest.param("import pack\nshow()", [], [], id="imported"),
        pytest.param(
            "import pack\nClient = pack.Client\nshow(Client.__name__)",
            ["pack", "client", "errors"],
            ["Client"],
            id="used",
        ),
        pytest.param(
            "from pack import Client\nimport pack\nshow(pack.Client is Client)",
            ["pack", "client", "errors"],
            [True],
            id="a name imported from it",
        ),
        pytest.param(
            "from pack.errors import Failure\nimport pack\n"
            "show(Failure is pack.Failure, sys.modules['pack.errors'] is pack.errors)",
            ["pack", "client", "errors"],
            [True, True],
            id="a submodule imported before its use is the one that the package has",
        ),
        pytest.param(
            "import importer\nimport pack\n"
            "try: pack.Client().call()\nexcept importer.Failure: show('caught')",
            ["pack", "client", "errors"],
            ["caught"],
            id="an error is caught by the class that was imported first",
        ),
        pytest.param(
            "import pack\nshow(hasattr(pack, 'nothing'), pack.__name__, bool(pack.__path__))",
            ["pack", "client", "errors"],
            [False, "pack", True],
            id="a name that it lacks",
        ),
    ],
)
def test_the_code_runs_once_and_when_it_is_used(
    folder: Path, code: str, ran: list[str], values: list[Any]
) -> None:
    assert run(f"{START}\npostpone(pack=Package())\n{code}", folder) == [ran, *values]


def test_a_submodule_that_needs_nothing_of_its_package_comes_without_it(folder: Path) -> None:
    early = "postpone(pack=Package(submodules={'light', 'errors'}))"
    found = run(
        f"{START}\n{early}\nfrom pack import light\nimport pack.light\n"
        "before = list(ran)\npack.Client\n"
        "show(before, pack.light is light, pack.errors is light.errors)",
        folder,
    )
    assert found == [
        ["light", "errors", "pack", "client"],
        ["light", "errors"],
        True,
        True,
    ]


def test_all_submodules_can_come_without_their_package(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package(submodules=Every()))\nimport pack.client\n"
        "before = list(ran)\nshow(before, hasattr(pack, 'Client'))",
        folder,
    )
    assert found == [["client", "errors", "pack"], ["client", "errors"], True]


def test_a_name_that_is_asked_for_early_comes_from_where_it_is_made(folder: Path) -> None:
    early = "postpone(pack=Package(submodules=Every(), names={'Failure': 'pack.errors'}))"
    found = run(
        f"{START}\n{early}\nfrom pack import Failure\nbefore = list(ran)\n"
        "import pack\npack.Client\nshow(before, pack.Failure is Failure)",
        folder,
    )
    assert found == [["errors", "pack", "client"], ["errors"], True]


def test_an_early_call_is_made_when_the_code_has_run(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package(calls={{'prepare'}}))\nimport pack\npack.prepare()\n"
        "before = list(ran)\npack.Client\nshow(before)",
        folder,
    )
    assert found == [["pack", "client", "errors", "prepare"], []]


def test_an_early_call_that_fails_is_made_again_at_the_next_use(folder: Path) -> None:
    (folder / "calls.py").write_text(
        "value = 1\ndef call():\n    ran.append('call')\n    1 / len(ran[1:])\n"
    )
    found = run(
        f"{START}\npostpone(calls=Package(calls={{'call'}}))\nimport calls\ncalls.call()\n"
        "try: calls.value\nexcept ZeroDivisionError: show(calls.value)",
        folder,
    )
    assert found == [["call", "call"], 1]


def test_what_fails_fails_at_each_use_and_not_at_the_import(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(broken=Package())\nimport broken\nbefore = list(ran)\n"
        "errors = []\n"
        "for _ in range(2):\n"
        "    try: broken.value\n"
        "    except ZeroDivisionError as error: errors.append(type(error).__name__)\n"
        "show(before, errors)",
        folder,
    )
    assert found == [["broken", "broken"], [], ["ZeroDivisionError", "ZeroDivisionError"]]


def test_a_module_that_is_not_there_is_missed_at_its_import(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(absent=Package())\n"
        "try: import absent\nexcept ModuleNotFoundError as error: show(error.name)",
        folder,
    )
    assert found == [[], "absent"]


def test_threads_that_use_it_at_once_run_its_code_once(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package())\nimport pack\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as threads:\n"
        "    classes = set(threads.map(lambda _: pack.Client, range(50)))\n"
        "show(len(classes))",
        folder,
    )
    assert found == [["pack", "client", "errors"], 1]


def test_who_looks_whether_it_is_there_does_not_load_it_for_the_next(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package())\nfrom importlib.util import find_spec\n"
        "there = find_spec('pack') is not None\nimport pack\n"
        "show(there, pack.__name__, 'Client' in vars(pack))",
        folder,
    )
    assert found == [[], True, "pack", False]


TWO_THREADS = """
import threading, time
from importlib import import_module

finder = postpone(pair=Package())
import pair

class First:
    "The importer holds the submodule; another thread then uses the package, whose code wants it."
    asked = False

    def find_spec(self, name, path=None, target=None):
        if name != "pair.part" or self.asked: return None
        self.asked = True
        spec = finder.find_spec(name, path, target)
        user.start()
        while not ran: time.sleep(0.001)
        return spec

sys.meta_path.insert(0, First())
found = []
user = threading.Thread(target=lambda: found.append(pair.Part), daemon=True)
importer = threading.Thread(target=lambda: found.append(import_module("pair.part").Part), daemon=True)
importer.start()
importer.join(20)
user.join(20)
show(len(found), len(set(found)))
"""
UNTIL_THE_IMPORTER_WAITS = """
import time
while len(ran) == 1 and not __getattr__._lock.waiters: time.sleep(0.001)
"""


@pytest.mark.parametrize("until", ["", UNTIL_THE_IMPORTER_WAITS])
def test_two_threads_of_which_each_has_what_the_other_wants_both_get_it(
    folder: Path, until: str
) -> None:
    (folder / "pair").mkdir()
    (folder / "pair/__init__.py").write_text(
        f"ran.append('pair')\n{until}\nfrom .part import Part\n"
    )
    (folder / "pair/part.py").write_text("ran.append('part')\nclass Part: pass\n")
    [ran, *found] = run(f"{START}{TWO_THREADS}", folder)
    assert (ran.count("part"), found) == (1, [2, 1])


def test_a_submodule_that_is_not_there_leaves_the_others_as_they_were(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package())\n"
        "try: import pack.nothing\nexcept ModuleNotFoundError as error: name = error.name\n"
        "from pack.client import Client\nimport pack\nshow(name, pack.Client is Client)",
        folder,
    )
    assert found == [["pack", "client", "errors"], "pack.nothing", True]


def test_a_name_that_is_set_before_its_code_runs_stays_set(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package())\nimport pack\npack.Client = 'another'\n"
        "before = list(ran)\n"
        "show(before, pack.Failure.__name__, pack.Client, 'prepare' in vars(pack))",
        folder,
    )
    assert found == [["pack", "client", "errors"], [], "Failure", "another", True]


def test_a_submodule_that_was_imported_before_is_no_name_that_was_set(folder: Path) -> None:
    (folder / "pack/client.py").write_text("def client(): pass\n")
    (folder / "pack/__init__.py").write_text("from .client import client\n")
    found = run(
        f"{START}\npostpone(pack=Package(submodules=Every()))\nimport pack.client\n"
        "from pack import client as module\nimport pack\n"
        "show(hasattr(pack, 'nothing'), type(module).__name__, type(pack.client).__name__)",
        folder,
    )
    assert found == [[], False, "module", "function"]


def test_what_its_code_left_when_it_failed_is_no_name_that_was_set(folder: Path) -> None:
    (folder / "broken.py").write_text("value = len(ran)\nran.append('broken')\n1 / len(ran[1:])\n")
    found = run(
        f"{START}\npostpone(broken=Package())\nimport broken\n"
        "try: broken.value\nexcept ZeroDivisionError: show(broken.value)",
        folder,
    )
    assert found == [["broken", "broken"], 1]


def test_its_names_are_those_that_its_code_makes(folder: Path) -> None:
    found = run(
        f"{START}\npostpone(pack=Package())\nimport pack\nnames = dir(pack)\n"
        "show('Client' in names, '__dir__' in names, names == dir(pack))",
        folder,
    )
    assert found == [["pack", "client", "errors"], True, False, True]


def test_who_waits_for_an_import_hears_of_it_when_the_code_has_run(folder: Path) -> None:
    found = run(
        f"{START}\nimport wrapt\nfinder = postpone(pack=Package())\n"
        "wrapt.when_imported('pack')(lambda module: ran.append(module.Client.__name__))\n"
        "finder.stand_first()\n"
        "import pack\nbefore = list(ran)\npack.Client\nshow(before)",
        folder,
    )
    assert found == [["pack", "client", "errors", "Client"], []]
