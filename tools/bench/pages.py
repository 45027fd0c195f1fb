"""What is measured: the main pages and lists, each as somebody whose page it is."""

import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching.models import Engagement, Session
from coachnet.accounts.models import User
from coachnet.api.actions import make_key
from coachnet.api.models import ApiKey, Scope
from companies.models import Company
from events.links import Purpose, address_of
from events.models import Event, EventInvitation

LIST, RICH = 2.0, 3.0  # times the CPU of the floor of fifty rows
# A fifth of what the best public event system took on its server: 33 ms, where fifty rows took 6.
FIFTY_ELSEWHERE = 6  # ms of CPU
GUEST = 33 / FIFTY_ELSEWHERE / 5
KEY_NAME = "tools.bench"


@dataclass(frozen=True)
class Page:
    """One page: its name in the table, who asks (a role, or "" for a guest), its path, and how much CPU it may take."""

    name: str
    role: str
    path: str
    most: float | None = LIST
    headers: dict[str, str] = field(default_factory=dict)
    shows: str = ""


FLOORS = (
    Page("A bare view", "coach", "/bench/bare/", None),
    Page("A view that reads one row", "coach", "/bench/one/", None),
    Page("A template with 50 rows, signed in", "coach", "/bench/fifty/", None),
)


class Cast:
    """One person for each role, signed in, and what she looks at."""

    def __init__(self) -> None:
        self.users = {role: self._who(role) for role in ("coach", "organiser", "official", "admin")}
        self.coach = self.users["coach"]
        self.engagement = self._engagement(self.coach)
        self.company: Company = self.engagement.company
        # Somebody else logs, so that the pages that are measured show what was loaded.
        self.colleague = User.objects.filter(roles=["coach"], is_active=True).order_by("pk")[1]
        self.users["colleague"] = self.colleague
        self.logged_for = self._engagement(self.colleague)
        self.session = Session.objects.filter(engagement=self.engagement, state="held").order_by(
            "-date", "pk"
        )[0]
        past = Event.objects.published().past().order_by("-ends_at", "-pk")
        # A meeting whose page shows as much at every scale: a company's contact was there, and somebody told of it.
        there = EventInvitation.objects.filter(event=OuterRef("pk"), registrations__attended_at__isnull=False)
        with_all = past.filter(
            Exists(there.filter(contact__isnull=False)), Exists(there.filter(feedback__isnull=False))
        )
        self.event = (with_all if with_all.exists() else past)[0]
        ahead = EventInvitation.objects.filter(user=None, event__state="published").exclude(event__in=past)
        self.invitation = ahead.order_by("event", "pk")[0]  # of the network's own; races add meetings to it

    def _engagement(self, coach: User) -> Engagement:
        return Engagement.objects.open().of(coach).filter(company__is_confidential=False).order_by("pk")[0]

    def _who(self, role: str) -> User:
        user = User.objects.filter(roles=[role], is_active=True).order_by("pk")[0]
        if user.must_have_second_step:
            kind = Authenticator.Type.TOTP
            Authenticator.objects.get_or_create(user=user, type=kind, defaults={"data": {}})
        return user

    def session_key(self, role: str) -> str:
        """Signs the person in; the key that her browser's cookie holds."""
        client = Client()
        client.force_login(self.users[role])
        return str(client.session.session_key)

    @property
    def typo(self) -> str:
        """The first word of the company's name without a letter in its middle."""
        word = self.company.name.split()[0]
        return word[: len(word) // 2] + word[len(word) // 2 + 1 :]

    @property
    def guest_link(self) -> str:
        """The link in the guest's invitation."""
        return address_of(self.invitation, Purpose.ANSWER)

    def pages(self) -> list[Page]:
        """The main pages and lists, then what answers while one types."""
        company, event = self.company.pk, self.event.pk
        found = reverse("companies:company-list") + "?" + urlencode({"view": "network", "q": self.typo})
        word = urlencode({"q": self.typo})
        as_one_types = {"HX-Request": "true"}
        return [
            Page("Min dag", "coach", reverse("coaching:today"), RICH),
            Page("Companies", "coach", reverse("companies:company-list")),
            Page("Companies, searched with a typo", "coach", found, shows=self.company.name),
            Page("A company", "coach", reverse("companies:company-detail", args=[company])),
            Page("Sessions", "coach", reverse("coaching:session-list")),
            Page("A session", "coach", reverse("coaching:session-detail", args=[self.session.pk])),
            Page("The session form", "coach", f"{self.form_path()}?company={company}"),
            Page("Actions", "coach", reverse("coaching:action-list")),
            Page("Meetings", "organiser", reverse("events:event-list")),
            Page("A meeting, as organiser", "organiser", reverse("events:event-detail", args=[event])),
            Page("A meeting, as guest", "", reverse("events:answer", args=[self.invitation.pk]), GUEST),
            Page("Overview", "official", reverse("dashboards:overview"), RICH),
            Page("People", "organiser", reverse("accounts:person-list")),
            Page("What is sent", "organiser", reverse("notifications:delivery-list")),
            Page("Log of the house", "admin", reverse("audit:log")),
            Page(
                "Palette, with a typo", "coach", f"{reverse('companies:palette')}?{word}", None, as_one_types
            ),
            Page(
                "Typeahead, with a typo",
                "coach",
                f"{reverse('companies:company-options')}?{word}",
                None,
                as_one_types,
            ),
            *self._lists_for_programs(),
        ]

    def _lists_for_programs(self) -> list[Page]:
        """The lists of the open interface, each with a key of somebody who has a full page of it at every scale."""
        lists = dict.fromkeys(("company", "engagement", "session", "action", "event"), "coach")
        keys = {role: {"Authorization": f"Bearer {self._key(role)}"} for role in ("coach", "organiser")}
        return [
            Page(f"Interface: {name} list", role, reverse(f"api:{name}-list"), LIST, keys[role])
            for name, role in (lists | {"registration": "organiser"}).items()
        ]

    def _key(self, role: str) -> str:
        """A key that reads, in place of the last run's."""
        user = self.users[role]
        ApiKey.objects.filter(user=user, name=KEY_NAME).delete()
        _key, token = make_key(by=user, name=KEY_NAME, scopes=[Scope.READ], days=1)
        return token

    @property
    def exports(self) -> dict[str, tuple[str, str]]:
        """Files by what they hold: whose they are, and where. Every company a coach may see, every session there is."""
        return {
            "companies": ("coach", reverse("companies:company-export") + "?view=network"),
            "sessions": ("admin", reverse("coaching:session-export") + "?scope=all"),
        }

    def form_path(self) -> str:
        """The form of a session that does not exist yet."""
        return reverse("coaching:session-edit", args=[uuid.uuid4()])

    def form(self) -> dict[str, str]:
        """What the session form sends, as the colleague fills it in."""
        company = self.logged_for.company
        return {
            "company": str(company.pk),
            "date": (timezone.localdate()).isoformat(),
            "coaches": str(self.colleague.pk),
            "contacts": str(company.contacts.order_by("pk")[0].pk),
            "minutes": "60",
            "channel": Session.Channel.PHONE.value,
            "note": "Sorteringen är på plats. **Nästa steg:** räkna på återtag.",
            "state": Session.State.HELD.value,
            "version": "0",
            "next_was": "",
            "steps-TOTAL_FORMS": "1",
            "steps-INITIAL_FORMS": "0",
            "steps-0-id": "",
            "steps-0-what": "Räkna på återtag",
            "steps-0-owner": f"coach:{self.colleague.pk}",
            "steps-0-due_on": "",
            "people-TOTAL_FORMS": "1",
            "people-INITIAL_FORMS": "0",
            "people-0-name": "",
            "people-0-title": "",
        }
