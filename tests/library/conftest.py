import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def in_the_project_s_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zappa and the library's commands run where manage.py and zappa_settings.json are."""
    monkeypatch.chdir(settings.BASE_DIR)
