"""The packages that are compared."""

from __future__ import annotations

import compileall
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from emulator.processes import run, uv_binary
from emulator.service import Service

HERE = Path(__file__).parent
# What the columns are called, in their order.
ORIGIN = "the origin's own service"
SAME_API = "the same API"
OWN = "this service"
LIMIT = "Django and REST framework alone"
NAMES = (ORIGIN, SAME_API, OWN, LIMIT)
LIMITS_PACKAGES = ("asgiref", "django", "rest_framework", "sqlparse")


@dataclass(frozen=True)
class Variant:
    """An unpacked package with its environment; `zip` is its zip, where it has one."""

    name: str
    package: Path
    environment: dict[str, str]
    zip: Path | None = None
    handler: str | None = None

    @property
    def zip_bytes(self) -> int | None:
        return self.zip.stat().st_size if self.zip else None

    @property
    def unpacked_bytes(self) -> int | None:
        if self.zip is None:
            return None
        with zipfile.ZipFile(self.zip) as package:
            return sum(file.file_size for file in package.infolist())


def variants(service: Service, folder: Path) -> list[Variant]:
    """Package the service and the two baselines; return all that is compared, in the order of NAMES."""
    common = environment_of(make_database(service, folder / "db.sqlite3"))
    own_zip = service.package()
    own = unpack(own_zip, folder / "service")
    baselines = []
    for name, project in ((ORIGIN, "origin"), (SAME_API, "same_api")):
        zip_path = package_baseline(service, HERE / project, folder / project)
        baselines.append(
            Variant(name, unpack(zip_path, folder / f"{project}-unpacked"), common, zip_path)
        )
    limit = lay_out_limit(own, folder / "limit")
    return [
        *baselines,
        Variant(OWN, own, common, own_zip),
        Variant(LIMIT, limit, common, handler="limit.lambda_handler"),
    ]


def environment_of(database: Path) -> dict[str, str]:
    return {
        "DJANGO_SECRET_KEY": "a key for benchmarks",
        "DATABASE_URL": f"sqlite:///{database}",
    }


def unpack(zip_path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zip_path) as package:
        package.extractall(folder)
    return folder


def package_baseline(service: Service, project: Path, folder: Path) -> Path:
    """Build the zip of a baseline with the service's apps, its versions and Zappa's defaults.

    A requirements.in in the project says what it needs; without one it has all that the service has.
    """
    shutil.copytree(project, folder)
    for app in ("accounts", "notes"):
        shutil.copytree(service.folder / app, folder / app)
    scheduled = folder / "notes/scheduled.py"
    text = re.sub("from (zappa_xray|tracing) import traced\n", "", scheduled.read_text())
    scheduled.write_text(text.replace("@traced\n", ""))
    runtime = f"python{(service.folder / '.python-version').read_text().strip()}"
    settings = folder / "zappa_settings.json"
    settings.write_text(settings.read_text().replace("python3.13", runtime))
    environment, locked = folder / "environment", folder.parent / f"{folder.name}.txt"
    uv = str(uv_binary())
    run([uv, "venv", "--quiet", "--python", str(service.python), str(environment)], folder=folder)
    exported = [*("export", "--quiet", "--no-dev", "--no-header", "--no-hashes"), "--output-file"]
    run([uv, *exported, str(locked)], folder=service.folder)
    wanted = folder / "requirements.in"
    chosen = (
        ["--requirements", str(wanted), "--constraints", str(locked_versions(locked))]
        if wanted.exists()
        else ["--requirements", str(locked)]
    )
    # From the service's folder: the library's path in the lock is relative to it.
    install = [uv, "pip", "install", "--quiet", "--python", str(environment), *chosen]
    run(install, folder=service.folder)
    wanted.unlink(missing_ok=True)
    run(
        [str(environment / "bin/zappa"), "package", "dev", "--output", "baseline.zip"],
        folder=folder,
        environment={"VIRTUAL_ENV": str(environment)},
    )
    return folder / "baseline.zip"


def locked_versions(locked: Path) -> Path:
    """Return a file with the lines of `locked` that name a version: constraints take no paths."""
    lines = [line for line in locked.read_text().splitlines() if "==" in line]
    versions = locked.with_suffix(".versions.txt")
    versions.write_text("\n".join(re.sub(r"\[.*?\]", "", line) for line in lines))
    return versions


def lay_out_limit(own: Path, folder: Path) -> Path:
    """Return a package of Django and REST framework as they are in the service's, with limit.py."""
    folder.mkdir()
    for name in LIMITS_PACKAGES:
        shutil.copytree(own / name, folder / name)
    shutil.copy(HERE / "limit.py", folder)
    compileall.compile_file(
        str(folder / "limit.py"), quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
    )
    return folder


CREATE_TOKEN = """
from accounts.models import User
from notes.models import Note
from rest_framework.authtoken.models import Token

user = User.objects.create_user("ada")
Token.objects.create(user=user, key="benchmark")
Note.objects.bulk_create(Note(owner=user, title=f"Note {number}") for number in range(50))
"""


def make_database(service: Service, path: Path) -> Path:
    """Return a SQLite file with a user whose token is `benchmark` and a page of notes."""
    python = str(service.folder / ".venv/bin/python")
    environment = {"DATABASE_URL": f"sqlite:///{path}"}
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "--command", CREATE_TOKEN]):
        run([python, "manage.py", *arguments], folder=service.folder, environment=environment)
    return path
