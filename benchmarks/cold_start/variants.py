"""The packages that are compared."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from emulator.processes import run, uv_binary
from emulator.service import Service

BASELINE = Path(__file__).with_name("baseline")
# What the columns are called, in their order. A ratio is always one of the first column.
NAMES = (
    "baseline: the same API with the SDK's middleware and Zappa's defaults",
    "this service",
    "this service without tracing",
)
# The service's settings without a trace of tracing.
UNTRACED = """
from config.settings import *

INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in ("aws_xray_sdk.ext.django", "zappa_xray.tracing")]
MIDDLEWARE = [path for path in MIDDLEWARE if not path.startswith("tracing.")]
LOGGING = {
    **LOGGING,
    "handlers": {name: {**it, "filters": []} for name, it in LOGGING["handlers"].items()},
    "filters": {},
}
"""


@dataclass(frozen=True)
class Variant:
    """An unpacked package, `settings` being the Django settings it runs with; `zip` is its zip."""

    name: str
    package: Path
    zip: Path
    environment: dict[str, str]

    @property
    def zip_bytes(self) -> int:
        return self.zip.stat().st_size

    @property
    def unpacked_bytes(self) -> int:
        with zipfile.ZipFile(self.zip) as package:
            return sum(file.file_size for file in package.infolist())


def variants(service: Service, folder: Path) -> list[Variant]:
    """Package the service and the baseline; return all that is compared, the baseline first."""
    database = make_database(service, folder / "db.sqlite3")
    common = {"DJANGO_SECRET_KEY": "a key for benchmarks", "DATABASE_URL": f"sqlite:///{database}"}
    own_zip = service.package()
    baseline_zip = package_baseline(service, folder / "baseline")
    untraced = unpack(own_zip, folder / "untraced")
    (untraced / "untraced_settings.py").write_text(UNTRACED)
    return [
        Variant(NAMES[0], unpack(baseline_zip, folder / "unpacked"), baseline_zip, common),
        Variant(NAMES[1], unpack(own_zip, folder / "service"), own_zip, common),
        Variant(
            NAMES[2],
            untraced,
            own_zip,
            common | {"DJANGO_SETTINGS_MODULE": "untraced_settings"},
        ),
    ]


def unpack(zip_path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zip_path) as package:
        package.extractall(folder)
    return folder


def package_baseline(service: Service, folder: Path) -> Path:
    """Build the zip of the baseline: the service's API, all production packages, Zappa's defaults."""
    shutil.copytree(BASELINE, folder)
    for app in ("accounts", "notes"):
        shutil.copytree(service.folder / app, folder / app)
    scheduled = folder / "notes/scheduled.py"
    text = scheduled.read_text().replace("from tracing import traced\n", "")
    scheduled.write_text(text.replace("@traced\n", ""))
    runtime = f"python{(service.folder / '.python-version').read_text().strip()}"
    settings = folder / "zappa_settings.json"
    settings.write_text(settings.read_text().replace("python3.13", runtime))
    environment = folder / "environment"
    uv = str(uv_binary())
    run([uv, "venv", "--quiet", "--python", str(service.python), str(environment)], folder=folder)
    exported = ["export", "--quiet", "--no-dev", "--no-header", "--output-file"]
    run([uv, *exported, str(folder / "requirements.txt")], folder=service.folder)
    (folder / "requirements.txt").rename(folder.parent / "requirements.txt")
    run(
        [
            *(uv, "pip", "install", "--quiet", "--python", str(environment)),
            *("--requirements", str(folder.parent / "requirements.txt")),
        ],
        folder=folder,
    )
    run(
        [str(environment / "bin/zappa"), "package", "dev", "--output", "baseline.zip"],
        folder=folder,
        environment={"VIRTUAL_ENV": str(environment)},
    )
    return folder / "baseline.zip"


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
