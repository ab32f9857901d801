"""Edits of the user model."""

from tests.second_day.changes import all_of, deleted, formatted, manage, written
from tests.second_day.edit import Edit
from tests.second_day.groups import EVERYTHING

BY_EMAIL = """\
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    username = None
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()
"""
ADMIN_BY_EMAIL = """\
from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "is_staff"]
    search_fields = ["email"]
    exclude = ["password"]
"""
EMAIL_OR_NAME = """
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]
"""

UUIDS = """\
import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
"""

EDITS = [
    Edit(
        "users have a UUID as their key",
        all_of(
            written("accounts/models.py", UUIDS),
            deleted("accounts/migrations/0001_initial.py"),
            deleted("notes/migrations/0001_initial.py"),
            manage("makemigrations", "accounts", "notes"),
            formatted(),
        ),
    ),
    Edit(
        "users have a telephone number",
        all_of(
            written(
                "accounts/models.py",
                "from django.contrib.auth.models import AbstractUser\n"
                "from django.db import models\n\n\n"
                "class User(AbstractUser):\n"
                "    telephone = models.CharField(max_length=20, blank=True)\n",
            ),
            manage("makemigrations", "accounts"),
            formatted(),
        ),
    ),
    Edit(
        "users have a telephone number, and no migration",
        written(
            "accounts/models.py",
            "from django.contrib.auth.models import AbstractUser\n"
            "from django.db import models\n\n\n"
            "class User(AbstractUser):\n"
            "    telephone = models.CharField(max_length=20, blank=True)\n",
        ),
        red="Add field telephone to user",
        about=(EVERYTHING,),  # makemigrations says nothing after an error of Django's checks
    ),
    Edit(
        "users are asked for their birthday",
        all_of(
            written(
                "accounts/models.py",
                "from django.contrib.auth.models import AbstractUser\n"
                "from django.db import models\n\n\n"
                "class User(AbstractUser):\n"
                "    birthday = models.DateField(null=True)\n\n"
                '    REQUIRED_FIELDS = ["email", "birthday"]\n',
            ),
            manage("makemigrations", "accounts"),
            formatted(),
        ),
    ),
    Edit(
        "users sign in by e-mail and have no name",
        all_of(
            written("accounts/models.py", BY_EMAIL),
            written("accounts/admin.py", ADMIN_BY_EMAIL),
            manage("makemigrations", "accounts"),
            formatted(),
        ),
    ),
    Edit(
        "users sign in by e-mail and keep their name",
        all_of(
            written(
                "accounts/models.py",
                "from django.contrib.auth.models import AbstractUser\n"
                "from django.db import models\n\n\n"
                f"class User(AbstractUser):{EMAIL_OR_NAME}",
            ),
            manage("makemigrations", "accounts"),
            formatted(),
        ),
    ),
]
