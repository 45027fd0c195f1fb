"""Who is invited to a meeting: members of the network, and guests without an account."""

import datetime as dt
import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from coachnet.accounts.models import User
from coachnet.audit.tracking import audited
from coachnet.lib.swedish import SvSearchKey, SvSortKey
from companies.models import Contact
from events.models.events import Event
from events.models.registrations import Registration

KEY_BYTES = 16

# The columns of an invitation that a row in a list shows.
ROW = (
    "event_id",
    "name",
    "email",
    "how",
    "user__name",
    "user__email",
    "user__organisation__name",
    "contact__company_id",
)
# What a row says of the meeting itself.
_OF_THE_MEETING = (
    "event__state",
    "event__title",
    "event__starts_at",
    "event__ends_at",
    "event__place",
    "event__answer_by",
)


def new_link_key() -> str:
    """128 random bits that name an invitation in its link."""
    return secrets.token_hex(KEY_BYTES)


class EventInvitationQuerySet(models.QuerySet["EventInvitation"]):
    """Sets of invitations. Those taken away are left out by `present`."""

    def present(self) -> Self:
        """Those that have not been taken away."""
        return self.filter(removed_at=None)

    def of(self, user: User) -> Self:
        """A member's own, of meetings that have been published."""
        return self.present().filter(user=user).exclude(event__state=Event.State.DRAFT)

    def with_people(self) -> Self:
        """What a row shows, at a fixed number of queries: the person, her organisation, her answers."""
        return self.select_related("user__organisation", "contact").prefetch_related("registrations")

    def as_rows(self) -> Self:
        """The same for a row in a list: only the columns that it shows."""
        return self.with_people().only(*ROW)

    def with_sort_key(self) -> Self:
        """Adds `sort_key`, the name as Swedish sorts it, å ä ö last."""
        return self.annotate(sort_key=Coalesce("user__sort_key", SvSortKey("name")))

    def in_swedish_order(self) -> Self:
        """By name, å ä ö last."""
        return self.annotate(sort_key=Coalesce("user__sort_key", SvSortKey("name"))).order_by(
            "sort_key", "pk"
        )

    def matching(self, text: str) -> Self:
        """Those whose name, address or organisation has every word."""
        found = self
        for word in text.split()[:10]:
            key = SvSearchKey(Value(word))
            found = found.alias(guest_key=SvSearchKey("name"), guest_mail=Lower("email")).filter(
                Q(user__search_key__contains=key)
                | Q(user__organisation__search_key__contains=key)
                | Q(guest_key__contains=key)
                | Q(guest_mail__contains=Lower(Value(word)))
            )
        return found

    def in_state(self, *states: str) -> Self:
        """Those with a registration in one of the states."""
        mine = Registration.objects.filter(invitation=OuterRef("pk"), state__in=states)
        return self.filter(Exists(mine))

    def coming(self) -> Self:
        """Those who have a place."""
        return self.present().in_state(Registration.State.COMING)

    def waiting(self) -> Self:
        """Those in line, or with an offered place."""
        return self.present().in_state(Registration.State.WAITING, Registration.State.OFFERED)

    def unanswered(self) -> Self:
        """Those who have never answered."""
        return self.present().exclude(Exists(Registration.objects.filter(invitation=OuterRef("pk"))))

    def staying_away(self) -> Self:
        """Those who have answered, and neither come nor wait."""
        live = Registration.objects.live().filter(invitation=OuterRef("pk"))
        return self.present().exclude(Exists(live)).in_state(*Registration.CLOSED)

    def attended(self) -> Self:
        """Those who were there."""
        mine = Registration.objects.filter(invitation=OuterRef("pk"), attended_at__isnull=False)
        return self.present().filter(Exists(mine))

    def ahead(self, now: dt.datetime | None = None) -> Self:
        """Those to meetings that have not ended, the soonest first, with `answer`: the state of the last one."""
        newest = Registration.objects.filter(invitation=OuterRef("pk")).order_by("-pk").values("state")[:1]
        return (
            self.present()
            .filter(event__state=Event.State.PUBLISHED, event__ends_at__gt=now or timezone.now())
            .annotate(answer=Coalesce(Subquery(newest), Value("")))
            .select_related("event")
            .only("user", *_OF_THE_MEETING)
            .order_by("event__starts_at", "pk")
        )


@audited(exclude=["link_key", "calendar_turn"], named_by=["user"])
class EventInvitation(models.Model):
    """One person invited to one meeting: a member with an account, or a guest with a name and an address."""

    class How(models.TextChoices):
        INVITED = "invited", _("Inbjuden")
        WALK_IN = "walk_in", _("Kom utan inbjudan")

    event = models.ForeignKey(Event, models.CASCADE, related_name="invitations", verbose_name=_("träff"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="event_invitations",
        null=True,
        blank=True,
        verbose_name=_("person"),
    )
    name = models.CharField(_("namn"), max_length=120, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    language = models.CharField(
        _("språk"), max_length=2, choices=User.Language.choices, default=User.Language.SV
    )
    # Whom at which company, where the address is known from there.
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        related_name="event_invitations",
        null=True,
        blank=True,
        verbose_name=_("kontaktperson"),
    )
    how = models.CharField(_("hur"), max_length=10, choices=How.choices, default=How.INVITED)
    # Names the invitation in its link, together with a signature. A new one makes the old link useless.
    link_key = models.CharField(max_length=32, default=new_link_key, unique=True, editable=False)
    # Raised when a place that stands in a calendar is given up, and when it is taken again.
    calendar_turn = models.PositiveIntegerField(default=0, editable=False)
    # How many times the invitation has been sent: a new link is a new mail.
    times_sent = models.PositiveSmallIntegerField(_("utskick"), default=1, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("inbjuden av")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(_("borttagen"), null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    objects = EventInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbjudan")
        verbose_name_plural = _("inbjudningar")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "user"], condition=Q(user__isnull=False), name="event_invitation_member_once"
            ),
            models.UniqueConstraint(
                "event", Lower("email"), condition=~Q(email=""), name="event_invitation_guest_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="", email="") | (Q(user__isnull=True) & ~Q(name="")),
                name="event_invitation_member_or_guest",
            ),
            # Only who stood at the door without being invited may lack an address.
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(email="") | Q(how="walk_in"),
                name="event_invitation_reachable",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="event_invitation_removed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.person_name

    @property
    def person_name(self) -> str:
        """The name of whoever is invited."""
        return str(self.user) if self.user else self.name

    @property
    def address(self) -> str:
        """Where mail goes; empty for somebody at the door who gave none."""
        return self.user.email if self.user else self.email

    @property
    def reads(self) -> str:
        """The language the person is written to in."""
        return self.user.language if self.user else self.language

    @property
    def is_guest(self) -> bool:
        """Whether the person has no account."""
        return self.user_id is None

    @cached_property
    def answers(self) -> list[Registration]:
        """All answers the person has given, the last one last."""
        return sorted(self.registrations.all(), key=lambda one: one.pk)

    @property
    def live(self) -> Registration | None:
        """The registration that holds a place, an offer or a place in line; at most one, by constraint."""
        return next((one for one in self.answers if one.is_live), None)

    @property
    def latest(self) -> Registration | None:
        """The last answer, whatever it was."""
        return self.answers[-1] if self.answers else None
