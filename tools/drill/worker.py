"""The Celery application of the drills: the real one with shorter waits, so that a drill takes no five minutes."""

import datetime as dt

import django

from coachnet.celery import app

django.setup()

from coachnet.notifications import delivery  # noqa: E402

LEASE_SECONDS = 6
delivery.LEASE = dt.timedelta(seconds=LEASE_SECONDS)
delivery.SECONDS_PER_MAIL = 3
app.conf.beat_schedule = {
    "send-due": {"task": "coachnet.notifications.tasks.send_due", "schedule": 2.0, "options": {"expires": 2}}
}
app.conf.beat_max_loop_interval = 1
# A killed worker's task is given back by Valkey after an hour at most; the database's lease is what counts.
