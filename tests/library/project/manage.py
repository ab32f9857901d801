"""Django's command line for the bare project; its folder's parents come from PYTHONPATH."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.library.project.settings")
execute_from_command_line(sys.argv)
