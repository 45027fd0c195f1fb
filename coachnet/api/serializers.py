"""What is told of each thing. Field by field, never more than its page shows the same reader."""

from copy import deepcopy
from functools import cache
from typing import Any

from rest_framework import serializers

from coaching.models import Action, Engagement, EngagementCoach, Session, Stage
from coachnet.accounts.models import Organisation, User
from companies.models import Company, Contact
from events.models import Event, Registration


@cache
def _fields_of(kind: type[serializers.ModelSerializer]) -> dict[str, Any]:
    return serializers.ModelSerializer.get_fields(kind())


class Told(serializers.ModelSerializer):
    """What is told of a model. Its fields are worked out once, and not anew for each request."""

    def get_fields(self) -> dict[str, Any]:
        """Copies, as REST framework makes of the fields that stand in a class."""
        return deepcopy(_fields_of(type(self)))  # type: ignore[arg-type]  # mypy takes no class for hashable


class PersonSerializer(Told):
    """Somebody in the network, as a row names her."""

    class Meta:
        model = User
        fields = ("id", "name")


class OrganisationSerializer(Told):
    """One of the network's actors, by name."""

    class Meta:
        model = Organisation
        fields = ("id", "name")


class CompanyNameSerializer(Told):
    """A company, as a row names it."""

    class Meta:
        model = Company
        fields = ("id", "name")


class ContactNameSerializer(Told):
    """Somebody at a company, as a row names her."""

    class Meta:
        model = Contact
        fields = ("id", "name")


class ContactSerializer(Told):
    """Somebody at a company, and how to reach her."""

    class Meta:
        model = Contact
        fields = ("id", "name", "title", "email", "phone")


# --- Companies ---------------------------------------------------------------------------------


class CompanyRowSerializer(Told):
    """A company in the list. A sole trader's number is a personnummer and never leaves."""

    municipality = serializers.CharField(source="municipality.name", default=None, allow_null=True)
    sub_region = serializers.CharField(
        source="municipality.sub_region_id", default=None, allow_null=True, help_text="BOR, FYR, GBG or SKA"
    )
    sni = serializers.CharField(source="sni.code", default=None, allow_null=True)
    main_strategy = serializers.CharField(source="main_strategy_id", allow_null=True)
    responsible_coach = PersonSerializer(allow_null=True)
    responsible_organisation = OrganisationSerializer(allow_null=True)
    stage = serializers.ChoiceField(
        Stage.choices, allow_null=True, help_text="Of the open engagement; null without one"
    )
    last_session_on = serializers.DateField(source="last_on", allow_null=True)

    class Meta:
        model = Company
        fields: tuple[str, ...] = (
            "id",
            "name",
            "organisation_number",
            "legal_form",
            "size_class",
            "municipality",
            "sub_region",
            "sni",
            "main_strategy",
            "responsible_coach",
            "responsible_organisation",
            "is_confidential",
            "stage",
            "last_session_on",
        )


class CompanySerializer(CompanyRowSerializer):
    """A company's page."""

    sni_version = serializers.CharField(source="sni.version", default=None, allow_null=True)
    strategies = serializers.SerializerMethodField()
    contacts = ContactSerializer(many=True, source="present_contacts")

    class Meta(CompanyRowSerializer.Meta):
        fields = (
            *CompanyRowSerializer.Meta.fields,
            "sni_version",
            "description",
            "website",
            "strategies",
            "contacts",
            "version",
        )

    def get_strategies(self, company: Company) -> list[str]:
        """Codes, the main one aside."""
        return [strategy.pk for strategy in company.strategies.all()]


# --- Engagements -------------------------------------------------------------------------------


class MembershipSerializer(Told):
    """A coach who is on an engagement now."""

    id = serializers.IntegerField(source="coach_id")
    name = serializers.CharField(source="coach.name")

    class Meta:
        model = EngagementCoach
        fields = ("id", "name", "is_lead")


class EngagementRowSerializer(Told):
    """An engagement without its goals."""

    company = CompanyNameSerializer()
    programme = serializers.CharField(source="programme.name")
    organisation = OrganisationSerializer()
    coaches = MembershipSerializer(many=True, source="present")

    class Meta:
        model = Engagement
        fields: tuple[str, ...] = (
            "id",
            "company",
            "programme",
            "organisation",
            "stage",
            "started_on",
            "ended_on",
            "coaches",
        )


class EngagementSerializer(EngagementRowSerializer):
    """An engagement with its goals, for those who may read them."""

    class Meta(EngagementRowSerializer.Meta):
        fields = (*EngagementRowSerializer.Meta.fields, "goals")


# --- Sessions and actions ----------------------------------------------------------------------


class SessionRowSerializer(Told):
    """A session without its note: when, who, how long and about what."""

    # `people` and `codes` come with the row, see SessionRows; a page reads the sets themselves.

    company = CompanyNameSerializer(source="engagement.company")
    coaches = PersonSerializer(many=True, source="people")
    strategies = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields: tuple[str, ...] = (
            "id",
            "engagement",
            "company",
            "state",
            "completeness",
            "date",
            "start_time",
            "minutes",
            "channel",
            "coaches",
            "strategies",
        )

    def get_strategies(self, session: Any) -> list[str]:
        """Codes of the circular strategies it worked with."""
        codes: list[str] = session.codes
        return codes


class SessionSerializer(SessionRowSerializer):
    """A session as its page shows it, for those who may read the note."""

    coaches = PersonSerializer(many=True)
    contacts = ContactNameSerializer(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="What it lacks before it counts: minutes, channel, contacts, note",
    )

    class Meta(SessionRowSerializer.Meta):
        fields = (
            *SessionRowSerializer.Meta.fields,
            "preparation_minutes",
            "travel_minutes",
            "place",
            "note",
            "contacts",
            "missing",
            "version",
        )

    def get_strategies(self, session: Session) -> list[str]:
        """Codes of the circular strategies it worked with."""
        return [strategy.pk for strategy in session.strategies.all()]


class ActionSerializer(Told):
    """A step in an action plan. One of the owners is set."""

    company = CompanyNameSerializer(source="engagement.company")
    owner_coach = PersonSerializer(allow_null=True)
    owner_contact = ContactNameSerializer(allow_null=True)

    class Meta:
        model = Action
        fields = (
            "id",
            "engagement",
            "session",
            "company",
            "what",
            "owner_coach",
            "owner_contact",
            "due_on",
            "status",
            "created_at",
            "closed_at",
        )


# --- Meetings ----------------------------------------------------------------------------------


class EventRowSerializer(Told):
    """A meeting in the list."""

    hosts = OrganisationSerializer(many=True, source="told_hosts")

    class Meta:
        model = Event
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "state",
            "title",
            "starts_at",
            "ends_at",
            "place",
            "link",
            "capacity",
            "answer_by",
            "hosts",
        )


class EventSerializer(EventRowSerializer):
    """A meeting's page."""

    class Meta(EventRowSerializer.Meta):
        fields = (*EventRowSerializer.Meta.fields, "description", "programme")


class EventNameSerializer(Told):
    """A meeting, as a row names it."""

    class Meta:
        model = Event
        fields = ("id", "title", "starts_at")


class RegistrationSerializer(Told):
    """An answer to an invitation. What somebody eats is for the meeting's page alone."""

    event = EventNameSerializer(source="invitation.event")
    name = serializers.CharField(source="invitation.person_name")
    email = serializers.CharField(source="invitation.address", help_text="Empty for a walk-in who gave none")
    is_guest = serializers.BooleanField(source="invitation.is_guest")

    class Meta:
        model = Registration
        fields = (
            "id",
            "event",
            "name",
            "email",
            "is_guest",
            "state",
            "answered_at",
            "closed_at",
            "attended_at",
        )


# --- Overview ----------------------------------------------------------------------------------


class FigureSerializer(serializers.Serializer):
    """One figure. `value` is null when `state` says why it is not shown."""

    period = serializers.CharField()
    split = serializers.CharField()
    group = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    measure = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    unit = serializers.CharField()
    target = serializers.IntegerField(allow_null=True)


class DefinitionSerializer(serializers.Serializer):
    """What a key figure means."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    text = serializers.CharField()


class OverviewSerializer(serializers.Serializer):
    """The overview of one period, as its page and files show it: what could be subtracted is hidden."""

    period = serializers.CharField()
    split = serializers.CharField()
    updated_at = serializers.DateTimeField(allow_null=True)
    exact = serializers.BooleanField()
    periods = serializers.ListField(child=serializers.CharField())
    figures = FigureSerializer(many=True)
    definitions = DefinitionSerializer(many=True)
