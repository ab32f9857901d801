"""A module of the owner's that takes long to import, because of a library that it imports."""

from tests.library.tracing.stuck import in_a_library

in_a_library()
