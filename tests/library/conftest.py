import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis

# How long an example takes says more of the machine than of the code.
of_hypothesis.register_profile(
    "on any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
of_hypothesis.load_profile("on any machine")


@pytest.fixture(autouse=True)
def in_the_project_s_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zappa and the library's commands run where manage.py and zappa_settings.json are."""
    monkeypatch.chdir(settings.BASE_DIR)
