"""The lists and things that can be read: the pages' own QuerySets, in JSON."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coaching.models import Action, Engagement, EngagementCoach, Session, SessionCoach, SessionStrategy
from coachnet.accounts.guards import Guard
from coachnet.accounts.models import Organisation, User
from coachnet.accounts.roles import Permission
from coachnet.api import serializers
from coachnet.api.columns import ACTION_ROW, COMPANY_ROW, ENGAGEMENT_ROW, SESSION_ROW
from coachnet.api.pages import KeysetPagination
from coachnet.api.permissions import Need
from coachnet.api.questions import (
    ActionQuestion,
    CompanyQuestion,
    EngagementQuestion,
    EventQuestion,
    Question,
    RegistrationQuestion,
    SessionQuestion,
    refuse_unknown,
    understood,
)
from coachnet.audit.access import record_export
from coachnet.lib.replica import reads_replica
from companies import coached, search
from companies.models import Company, Contact
from dashboards import exports
from dashboards.asked import asked_by
from events.models import Event, Registration


def opened(view: Any) -> Callable[..., Any]:
    """The view as Django calls it, with the guard that says: a key opens this, and its own `needs` judge."""
    # Not OPTIONS, which the description answers better; otherwise Allow would name it.
    function: Any = view.as_view(http_method_names=["get", "head", "post", "patch"])
    function.guard = Guard(by_key=True, permission=view.needs["GET"].permission, why="The open interface")
    return cast(Callable[..., Any], function)


def nothing_for(view: Any) -> QuerySet[Any] | None:
    """No rows while the description is made, when nobody asks; otherwise None."""
    described = getattr(view, "swagger_fake_view", False)
    return view.serializer_class.Meta.model._default_manager.none() if described else None


def person_of(view: APIView) -> User:
    """Whose key it is; permissions have seen to it that there is one."""
    user = view.request.user
    assert isinstance(user, User)
    return user


class Listed(generics.ListAPIView):
    """A list: rows the person may see, narrowed by the question, a page at a time."""

    needs: ClassVar[dict[str, Need]]
    question: ClassVar[type[Question]] = Question
    by: Any = ("-pk",)
    pagination_class = KeysetPagination

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Everything that is asked for and may be seen."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """What the rows are taken from."""
        if (nothing := nothing_for(self)) is not None:
            return nothing
        return self.rows(person_of(self), understood(self.question, self.request.query_params))


class Detailed(generics.RetrieveAPIView):
    """One thing, or 404 for whoever may not see it."""

    needs: ClassVar[dict[str, Need]]

    def visible(self, user: User) -> QuerySet[Any]:
        """Everything whose page the person may open."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """Where the one is looked for."""
        if (nothing := nothing_for(self)) is not None:
            return nothing
        return self.visible(person_of(self))


# --- Companies ---------------------------------------------------------------------------------

COMPANY_NEEDS = {"GET": Need(Permission.SEE_COMPANIES)}


def with_facts(companies: Any) -> Any:
    """What a company's serializer reads, at a fixed number of queries."""
    related = ("municipality", "sni", "responsible_coach", "responsible_organisation")
    return companies.select_related(*related).with_last_session()


def give_stage(companies: Iterable[Company]) -> None:
    """Add `stage`, of the open engagement. One query."""
    companies = list(companies)
    current = coached.current_engagements([one.pk for one in companies])
    for one in companies:
        one.stage = current[one.pk].stage if one.pk in current else None  # type: ignore[attr-defined]


class CompanyList(Listed):
    """Companies of the network, in Swedish order, or the best hits first."""

    needs = COMPANY_NEEDS
    question = CompanyQuestion
    serializer_class = serializers.CompanyRowSerializer

    @property
    def by(self) -> tuple[str, ...]:
        """By name, or by how well they fit what is searched for."""
        return search.BEST_FIRST if self.request.query_params.get("q") else ("sort_key", "pk")

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Visible ones."""
        found = Company.objects.visible_to(user)
        if asked.get("mine"):
            found = found.of(user)
        if asked.get("q"):
            found = search.matching(found, asked["q"])
        return cast(QuerySet[Any], with_facts(found).only(*COMPANY_ROW))

    def paginate_queryset(self, queryset: Any) -> Any:
        """Stages are fetched for the page alone."""
        rows = super().paginate_queryset(queryset)
        give_stage(rows or [])
        return rows


class CompanyDetail(Detailed):
    """One company with its contacts."""

    needs = COMPANY_NEEDS
    serializer_class = serializers.CompanySerializer

    def visible(self, user: User) -> QuerySet[Any]:
        """Visible ones."""
        present = Prefetch("contacts", Contact.objects.present(), to_attr="present_contacts")
        found = with_facts(Company.objects.visible_to(user)).prefetch_related("strategies", present)
        return cast(QuerySet[Any], found)

    def get_object(self) -> Company:
        """With its stage."""
        company: Company = super().get_object()
        give_stage([company])
        return company


# --- Coaching ----------------------------------------------------------------------------------

READS_SESSIONS = Need(Permission.SEE_SESSIONS)


class EngagementList(Listed):
    """Engagements of visible companies, the latest first, without goals."""

    needs = {"GET": READS_SESSIONS}
    question = EngagementQuestion
    serializer_class = serializers.EngagementRowSerializer
    by = ("-started_on", "-pk")

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Those that rows may tell of."""
        found = Engagement.objects.listed_for(user).select_related("company", "programme", "organisation")
        present = EngagementCoach.objects.filter(left_on=None).select_related("coach")
        present = present.only("engagement", "is_lead", "coach__name")
        found = found.only(*ENGAGEMENT_ROW).prefetch_related(
            Prefetch("memberships", present, to_attr="present_memberships")
        )
        if "company" in asked:
            found = found.filter(company=asked["company"])
        return found.open() if asked.get("open") else found


class EngagementDetail(Detailed):
    """One engagement with its goals."""

    needs = {"GET": READS_SESSIONS}
    serializer_class = serializers.EngagementSerializer

    def visible(self, user: User) -> QuerySet[Any]:
        """Those whose goals may be read."""
        return Engagement.objects.visible_to(user).with_people()


class SessionRows(Listed):
    """Sessions of visible companies, the latest first, without notes."""

    needs = {"GET": READS_SESSIONS}
    question = SessionQuestion
    serializer_class = serializers.SessionRowSerializer
    by = ("-ends_at", "-pk")

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Those that rows may tell of."""
        found = Session.objects.listed_for(user).select_related("engagement__company").only(*SESSION_ROW)
        if asked.get("mine"):
            found = found.of(user)
        if "company" in asked:
            found = found.filter(engagement__company=asked["company"])
        if "state" in asked:
            found = found.filter(state=asked["state"])
        # Both come with the row: fifty rows with prefetched sets would make two hundred managers.
        people = SessionCoach.objects.filter(session=OuterRef("pk")).order_by("id")
        codes = SessionStrategy.objects.filter(session=OuterRef("pk")).order_by("strategy")
        return found.annotate(
            people=ArraySubquery(people.values(person=JSONObject(id="coach", name="coach__name"))),
            codes=ArraySubquery(codes.values("strategy")),
        )


class SessionDetail(Detailed):
    """One session with its note."""

    needs = {"GET": READS_SESSIONS}
    serializer_class = serializers.SessionSerializer

    def visible(self, user: User) -> QuerySet[Any]:
        """Those whose note may be read."""
        return Session.objects.visible_to(user).with_rows()


class ActionRows(Listed):
    """Actions of engagements whose notes the person may read, the newest first."""

    needs = {"GET": READS_SESSIONS}
    question = ActionQuestion
    serializer_class = serializers.ActionSerializer
    by = ("-created_at", "-pk")

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Those whose text may be read."""
        found = Action.objects.visible_to(user).with_rows().only(*ACTION_ROW)
        if asked.get("mine"):
            found = found.owned_by(user)
        if "company" in asked:
            found = found.filter(engagement__company=asked["company"])
        return found.filter(status=asked["status"]) if "status" in asked else found


class ActionDetail(Detailed):
    """One action."""

    needs = {"GET": READS_SESSIONS}
    serializer_class = serializers.ActionSerializer

    def visible(self, user: User) -> QuerySet[Any]:
        """Those whose text may be read."""
        return Action.objects.visible_to(user).with_rows()


# --- Meetings ----------------------------------------------------------------------------------

MEETING_NEEDS = {"GET": Need(Permission.SEE_MEETINGS)}


def with_hosts(events: Any) -> Any:
    """The meetings with their hosts' names, as lists: a set of its own for each would be made fifty times."""
    return events.prefetch_related(Prefetch("hosts", Organisation.objects.only("name"), to_attr="told_hosts"))


class EventList(Listed):
    """Meetings, the latest first; drafts for those who plan."""

    needs = MEETING_NEEDS
    question = EventQuestion
    serializer_class = serializers.EventRowSerializer
    by = ("-starts_at", "-pk")

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Visible ones."""
        found = with_hosts(Event.objects.visible_to(user))
        if "when" in asked:
            found = found.ahead() if asked["when"] == "ahead" else found.past()
        return found


class EventDetail(Detailed):
    """One meeting."""

    needs = MEETING_NEEDS
    serializer_class = serializers.EventSerializer

    def visible(self, user: User) -> QuerySet[Any]:
        """Visible ones."""
        return with_hosts(Event.objects.visible_to(user))


class RegistrationList(Listed):
    """Answers to invitations, the newest first: everybody's for those who plan, otherwise your own."""

    needs = MEETING_NEEDS
    question = RegistrationQuestion
    serializer_class = serializers.RegistrationSerializer

    def rows(self, user: User, asked: dict[str, Any]) -> QuerySet[Any]:
        """Visible ones."""
        found = Registration.objects.visible_to(user).select_related("invitation__event", "invitation__user")
        return found.filter(invitation__event=asked["event"]) if "event" in asked else found


class RegistrationDetail(Detailed):
    """One answer to an invitation."""

    needs = MEETING_NEEDS
    serializer_class = serializers.RegistrationSerializer

    def visible(self, user: User) -> QuerySet[Any]:
        """Visible ones."""
        return Registration.objects.visible_to(user).select_related("invitation__event", "invitation__user")


# --- Overview ----------------------------------------------------------------------------------


class Overview(APIView):
    """The region's key figures for one period, behind the same privacy door as the page."""

    needs = {"GET": Need(Permission.SEE_OVERVIEW)}

    @reads_replica
    def get(self, request: Request) -> Response:
        """Recorded in the audit log as an export, as the overview's files are."""
        query = request.query_params
        asked = asked_by(person_of(self), query)
        refuse_unknown(query, asked.filters)
        for name, understood_as in asked.filters.items():
            if name in query and query[name] != understood_as:
                raise ValidationError({name: [gettext("Valet finns inte.")]})
        body = exports.as_data(asked.overview)
        record_export(request._request, what="overview.api", rows=len(body["figures"]), filters=asked.filters)
        return Response(body)
