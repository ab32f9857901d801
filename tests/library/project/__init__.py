"""A Django project with nothing in it but the library and what it stands on."""
