"""Where sign-ins are kept: in the database, as Django keeps them, by a question that stands (ADR 0035)."""

import datetime as dt

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from coachnet.lib.standing import standing


class SessionStore(db.SessionStore):
    """Django's own. Every request asks for its session, so only that is asked differently."""

    def _get_session_from_db(self) -> Session | None:
        found = _lasting.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


@standing
def _lasting(*, key: str, now: dt.datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
