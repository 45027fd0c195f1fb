"""Code that would work in any project: it is an app for the sake of its SQL functions and template tags."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """Registers the library's migrations and template tags."""

    name = "coachnet.lib"
    label = "lib"
