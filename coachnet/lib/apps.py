"""Code that would work in any project: it is an app for the sake of its SQL functions and template tags."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class LibConfig(AppConfig):
    """Registers the library's migrations and template tags."""

    name = "coachnet.lib"
    label = "lib"


class UsedStaticFilesConfig(StaticFilesConfig):
    """Django's static files, without what libraries bring and none of our pages asks for."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",  # its browsable pages: our interface answers in JSON alone
        "redoc",
        "swagger-ui-standalone-preset*",
        "ext",  # htmx has extensions and versions for everybody, and we use one
        "htmax-*",
        "htmx-4*",
        "htmx-2.js",
        "jquery.js",  # what Django admin asks for in production is the small copy beside each
        "select2.full.js",
        "xregexp.js",
    ]
