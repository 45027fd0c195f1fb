"""What the session form says in words: a next meeting as it remembers it, and why somebody cannot log."""

from django.utils.translation import gettext_lazy as _

from coaching.actions import NextMeeting
from coaching.models import Engagement
from companies.models import Company


def meeting_text(meeting: NextMeeting | None) -> str:
    """A next meeting as the form's hidden field remembers it."""
    if meeting is None:
        return ""
    return f"{meeting.date:%Y-%m-%d}" + (f" {meeting.start_time:%H:%M}" if meeting.start_time else "")


def who_coaches(company: Company) -> str:
    """Why a coach cannot log for a company, and what to do about it."""
    running = Engagement.objects.open().filter(company=company).with_people().first()
    lead = running.lead if running else None
    if lead is None:
        return str(_("Du kan inte logga för företaget. Kontrollera att din profil har en organisation."))
    return str(
        _("%(company)s coachas av %(lead)s. Be %(lead)s lägga till dig i uppdraget, så kan du logga.")
        % {"company": company.name, "lead": lead.name}
    )
