"""The WSGI application of `manage.py runserver`. In Lambda Zappa makes its own, from `django_settings`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
