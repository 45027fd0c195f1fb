"""The rules of mail about meetings: is it still wanted at the moment of sending, and what does it say.

Each `prepare` reads the meeting and the person's answer as they are now, so a mail that was overtaken is not sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from coachnet.lib import markdown
from coachnet.notifications.models import Notification
from coachnet.notifications.registry import Attachment, Letter, Rule, register
from events import links, notices
from events.calendar_file import Method, attachment
from events.models import Event, EventInvitation, Registration

Reason = Notification.Reason
State = Registration.State


@dataclass(frozen=True)
class Case:
    """The invitation that a mail is about, with its meeting and the person's last answer."""

    invitation: EventInvitation
    event: Event
    latest: Registration | None
    occurrence: str

    @property
    def is_coming(self) -> bool:
        """Whether the person has a place."""
        return self.latest is not None and self.latest.is_coming

    @property
    def is_concerned(self) -> bool:
        """Whether the person comes, waits, or may still come."""
        return self.latest is None or self.latest.is_live

    def letter(
        self, name: str, *, purpose: links.Purpose = links.Purpose.ANSWER, files: tuple[Attachment, ...] = ()
    ) -> Letter:
        """A letter from the templates of this name, with what all of them show."""
        context: dict[str, Any] = {
            "event": self.event,
            "invitation": self.invitation,
            "name": self.invitation.person_name,
            "registration": self.latest,
            "link": links.address_of(self.invitation, purpose),
            "organiser": self.event.created_by,
            "about": markdown.plain(self.event.description),
        }
        return Letter(f"events/emails/{name}", context, files, reply_to=(self.event.created_by.email,))


Answer = Letter | Reason


def _about(prepare: Callable[[Case], Answer]) -> Callable[[Notification], Answer]:
    """Turn a function of a case into the registry's function of a row."""

    def prepared(row: Notification) -> Answer:
        case = _case_of(row)
        return prepare(case) if case else Reason.WITHDRAWN

    return prepared


def _case_of(row: Notification) -> Case | None:
    found = EventInvitation.objects.filter(event_id=int(row.about.rpartition(":")[2]))
    found = found.filter(user=row.user) if row.user_id else found.filter(email__iexact=row.email)
    invitation = found.select_related("event__created_by", "user", "invited_by").first()
    if invitation is None:
        return None
    return Case(invitation, invitation.event, invitation.latest, row.occurrence)


def _invitation(case: Case) -> Answer:
    stands = case.event.is_published and not case.event.has_started and not case.invitation.removed_at
    is_newest = case.occurrence == str(case.invitation.times_sent)
    return case.letter("invitation") if stands and is_newest else Reason.WITHDRAWN


def _asked(case: Case) -> Answer:
    wanted = case.event.takes_answers and case.latest is None and not case.invitation.removed_at
    return case.letter("asked") if wanted else Reason.WITHDRAWN


def _answer(case: Case) -> Answer:
    """A receipt for the state that holds now; one for an earlier step has been overtaken."""
    latest = case.latest
    if latest is None or case.occurrence != f"{latest.pk}-{latest.step}" or not case.event.is_published:
        return Reason.WITHDRAWN
    if latest.is_coming:
        return case.letter("answer", files=(attachment(case.invitation, Method.REQUEST),))
    if latest.state == State.CANCELLED:
        return case.letter("answer", files=(attachment(case.invitation, Method.CANCEL),))
    return case.letter("answer")


def _change(case: Case) -> Answer:
    is_newest = case.occurrence == str(case.event.sequence)
    stands = case.event.is_published and not case.event.is_over and not case.invitation.removed_at
    if not (stands and is_newest and case.is_concerned):
        return Reason.WITHDRAWN
    files = (attachment(case.invitation, Method.REQUEST),) if case.is_coming else ()
    return case.letter("change", files=files)


def _cancellation(case: Case) -> Answer:
    if not case.event.is_cancelled or not case.is_concerned or case.invitation.removed_at:
        return Reason.WITHDRAWN
    files = (attachment(case.invitation, Method.CANCEL),) if case.is_coming else ()
    return case.letter("cancellation", files=files)


def _before(case: Case) -> Answer:
    wanted = case.event.is_published and not case.event.has_started and _is_for_present_place(case)
    return case.letter("reminder") if wanted else Reason.WITHDRAWN


def _thanks(case: Case) -> Answer:
    """To those who were there; where nobody was ticked off, to those who said they would come."""
    event, latest = case.event, case.latest
    if not (event.is_published and event.is_over and latest and _is_for_present_place(case)):
        return Reason.WITHDRAWN
    if latest.attended_at is None and event.invitations.attended().exists():
        return Reason.WITHDRAWN
    return case.letter("thanks", purpose=links.Purpose.FEEDBACK)


def _is_for_present_place(case: Case) -> bool:
    return case.is_coming and case.latest is not None and case.occurrence.startswith(f"{case.latest.pk}-")


ALL_RULES = (
    Rule(
        notices.INVITATION,
        _("Inbjudan till träff"),
        _("När en arrangör bjuder in dig till en träff."),
        _about(_invitation),
        can_turn_off=False,
    ),
    Rule(
        notices.ASKED,
        _("Påminnelse om att svara"),
        _("Två dagar före sista svarsdag, när du inte har svarat på en inbjudan."),
        _about(_asked),
    ),
    Rule(
        notices.ANSWER,
        _("Besked om plats på träff"),
        _("När du har fått en plats, står på väntelistan, erbjuds en plats eller har lämnat återbud."),
        _about(_answer),
        can_turn_off=False,
    ),
    Rule(
        notices.CHANGE,
        _("Ändrad träff"),
        _("När en träff som du är bjuden till får ny tid eller plats."),
        _about(_change),
        can_turn_off=False,
    ),
    Rule(
        notices.CANCELLATION,
        _("Inställd träff"),
        _("När en träff som du är bjuden till ställs in."),
        _about(_cancellation),
        can_turn_off=False,
    ),
    Rule(
        notices.WEEK_BEFORE,
        _("Träff om en vecka"),
        _("Sju dagar före en träff som du kommer till, klockan 8."),
        _about(_before),
    ),
    Rule(
        notices.DAY_BEFORE,
        _("Träff i morgon"),
        _("Dagen före en träff som du kommer till, klockan 8."),
        _about(_before),
    ),
    Rule(
        notices.THANKS,
        _("Tack efter träff"),
        _("Dagen efter en träff som du var på, med en fråga om vad du tyckte."),
        _about(_thanks),
    ),
)


def register_rules() -> None:
    """Make the rules known to delivery."""
    register(*ALL_RULES)
