"""WSGI entry point for the web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachnet.settings")

application = get_wsgi_application()
# Every view once, before the server forks: shared memory, and no first visitor who waits for it.
_ = get_resolver().url_patterns
