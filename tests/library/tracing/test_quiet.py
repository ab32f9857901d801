"""Where nothing is traced, nothing is said."""

import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model


def test_manage_py_says_nothing_about_tracing() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"AWS_XRAY_CONTEXT_MISSING": "RUNTIME_ERROR"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.django_db
def test_a_query_outside_any_request_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    assert get_user_model().objects.count() == 0

    assert caplog.records == []
    assert not [one for one in threading.enumerate() if "poller" in one.name.lower()]
