"""The Celery application. Tasks carry ids, claim their work in the database and may run twice."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

# Worker and beat are started by Celery's own command, which knows nothing of Django.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachnet.settings")
app = Celery("coachnet")
# Without this only the thread that imports us would know the broker: the web server answers in other threads.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A task's log lines carry the id of the request that asked for it.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_django_logging(**kwargs: object) -> None:
    """Celery would replace the root handlers; Django's structured logging is already set up."""
