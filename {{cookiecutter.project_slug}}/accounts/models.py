from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Django's user, under a name of our own: AUTH_USER_MODEL cannot be changed once migrations have run."""
