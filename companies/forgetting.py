"""Forgetting a person at a company: everything that says who it was, in the register, its history and the mails.

Plain SQL, since the same has to be done again in a copy that is brought back beside the live database, where Django
is not (coachnet.operations.returning). What was logged stays: that somebody from the company was there is a fact
of the session.
"""

from typing import Any

from django.db import connection
from django.utils import timezone

from coachnet.audit.protection import events_of
from companies.models import Contact

KIND = Contact._meta.label_lower
# Data, not a text of the screen: it stands where the name stood, also in files and in history.
NAME, ADDRESS = "Borttagen person", "borttagen@coachnet.invalid"

# Mails about sessions, to any address the person had that no other contact has. What waits is withdrawn.
_MAILS = """
WITH addresses AS (
    SELECT lower(email) AS email FROM companies_contact WHERE id = %(pk)s
    UNION SELECT lower(email) FROM companies_contactevent WHERE pgh_obj_id = %(pk)s
    EXCEPT SELECT lower(email) FROM companies_contact WHERE id <> %(pk)s
)
UPDATE notifications_notification SET
    recipient = 'mail:' || id, name = '', email = %(address)s,
    sent_to = CASE sent_to WHEN '' THEN '' ELSE %(address)s END,
    reason = CASE state WHEN 'queued' THEN 'withdrawn' ELSE reason END,
    state = CASE state WHEN 'queued' THEN 'skipped' ELSE state END
WHERE user_id IS NULL AND about LIKE 'coaching.session:%%'
    AND lower(email) IN (SELECT email FROM addresses WHERE email <> '')
"""
_CONTACT = """
UPDATE companies_contact SET name = %(name)s, title = '', email = '', phone = '',
    left_on = coalesce(left_on, %(today)s)
WHERE id = %(pk)s AND name <> %(name)s
"""
# History is never rewritten but for this; the trigger that refuses it looks the other way for one statement.
_HISTORY = (
    "SELECT set_config('pgtrigger.ignore', %(guard)s, true)",
    "UPDATE companies_contactevent SET name = %(name)s, title = '', email = '', phone = '' WHERE pgh_obj_id = %(pk)s",
    "SELECT set_config('pgtrigger.ignore', '', true)",
)
STATEMENTS = (_MAILS, _CONTACT, *_HISTORY)


def values(pk: int) -> dict[str, Any]:
    """What the statements are given, to forget one contact. To be executed in one transaction."""
    # The day in Sweden: the database's own is another for an hour or two after midnight.
    return {"pk": pk, "name": NAME, "address": ADDRESS, "guard": _guard(), "today": timezone.localdate()}


def forget(pk: int) -> None:
    """Forget a contact here."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, values(pk))


def _guard() -> str:
    events = events_of(Contact)
    (trigger,) = (one for one in events._meta.triggers if one.name == "append_only")
    return f"{{{trigger.get_pgid(events)}}}"
