"""An owner takes the example out, as the service's README says, and goes on."""

import json
import shutil
from pathlib import Path

import pytest

from emulator.service import Service


def drop_lines(file: Path, naming: str) -> None:
    lines = file.read_text().splitlines(keepends=True)
    kept = [line for line in lines if naming not in line]
    assert len(kept) == len(lines) - 1, file
    file.write_text("".join(kept))


@pytest.mark.slow
def test_without_the_example_the_checks_and_the_other_tests_pass(
    installed: Service, tmp_path: Path
) -> None:
    service = Service(tmp_path / installed.slug)
    shutil.copytree(
        installed.folder,
        service.folder,
        ignore=shutil.ignore_patterns(".venv", ".lambda", "__pycache__", "*.sqlite3"),
    )
    shutil.rmtree(service.folder / "notes")
    (service.folder / "tests/test_notes.py").unlink()
    drop_lines(service.folder / "config/settings.py", '"notes",')
    drop_lines(service.folder / "config/urls.py", '"notes.urls"')
    stages_file = service.folder / "zappa_settings.json"
    stages = json.loads(stages_file.read_text())
    del stages["dev"]["events"]
    stages_file.write_text(json.dumps(stages, indent=4))

    service.install()
    service.make("check")
    assert " passed" in service.make("test")
