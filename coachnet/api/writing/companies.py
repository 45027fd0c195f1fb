"""Companies: added, and their facts changed, by the page's own form and actions."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.api import endpoints, idempotency
from coachnet.api.endpoints import COMPANY_NEEDS, person_of
from coachnet.api.models import Scope
from coachnet.api.permissions import Need
from coachnet.api.problems import ChangedMeanwhile, PossibleDuplicates
from coachnet.api.writing.sent import Change, VersionField, checked, demand, every, one
from companies import actions, organisation_number, rules
from companies.forms import CompanyForm
from companies.models import CircularStrategy, Company, Municipality, SniCode

WRITES_COMPANIES = Need(Permission.EDIT_COMPANIES, Scope.WRITE_COMPANIES)


class NumberField(serializers.CharField):
    """An organisation number. A personnummer is given on the page, which shields it all the way."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, allow_blank=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """As written. Raises ValidationError for what looks like a personnummer, and does not repeat it."""
        written: str = super().to_internal_value(data)
        if organisation_number.looks_personal(written):
            raise ValidationError(gettext("Ett personnummer tas bara emot på företagets sida."))
        return written


class NewCompanySerializer(serializers.Serializer):
    """A company. Name and legal form are enough; the rest is named as it is told."""

    name = serializers.CharField(max_length=200)
    legal_form = serializers.ChoiceField(Company.LegalForm.choices)
    organisation_number = NumberField(required=False, help_text="Ten digits; not for a sole trader")
    municipality = serializers.CharField(
        required=False, allow_null=True, max_length=60, help_text="Its name, such as Borås"
    )
    sni = serializers.CharField(
        required=False, allow_null=True, max_length=5, help_text="A code, with its version beside it"
    )
    sni_version = serializers.ChoiceField(SniCode.Version.choices, required=False, allow_null=True)
    size_class = serializers.ChoiceField(Company.SizeClass.choices, required=False, allow_blank=True)
    website = serializers.URLField(required=False, allow_blank=True, max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    main_strategy = serializers.CharField(
        required=False, allow_null=True, max_length=3, help_text="A code, such as C05"
    )
    strategies = serializers.ListField(
        child=serializers.CharField(max_length=3), required=False, max_length=20, help_text="Further codes"
    )
    confirmed = serializers.BooleanField(
        required=False, help_text="You have seen the possible duplicates: it is none of them"
    )


class ChangedCompanySerializer(Change, NewCompanySerializer):
    """Facts of a company that are to be others."""

    confirmed = None
    version = VersionField()

    def get_fields(self) -> dict[str, Any]:
        """None but the version need be there."""
        fields: dict[str, Any] = super().get_fields()
        for name, field in fields.items():
            field.required = name == "version"
        return fields


class CompanyWrittenSerializer(serializers.Serializer):
    """What came of it: never what was written."""

    id = serializers.IntegerField()
    url = serializers.URLField()
    version = serializers.IntegerField()


class CompanyList(endpoints.CompanyList):
    """Companies: read, and added."""

    needs = COMPANY_NEEDS | {"POST": WRITES_COMPANIES}

    def post(self, request: Request) -> Response:
        """Add a company; a coach becomes responsible for it. Likely duplicates are shown first, as a 409."""
        return idempotency.once(request, lambda: self._register(request, person_of(self)))

    def _register(self, request: Request, user: User) -> dict[str, Any]:
        sent = checked(NewCompanySerializer, request)
        has_seen = sent.pop("confirmed", False)
        form = CompanyForm(_as_typed(sent), user=user)
        facts = demand(form)
        if form.found.similar and not has_seen:
            raise PossibleDuplicates([_named(request, company) for company in form.found.similar])
        return _written(request, actions.register_company(by=user, facts=facts))


class CompanyDetail(endpoints.CompanyDetail):
    """One company: read, and changed."""

    needs = COMPANY_NEEDS | {"PATCH": WRITES_COMPANIES}

    def patch(self, request: Request, pk: int) -> Response:
        """Change facts, if nobody else has since `version` was read; otherwise 409, and nothing is changed."""
        user = person_of(self)
        company = get_object_or_404(Company.objects.visible_to(user), pk=pk)
        if not rules.can_edit_company(user, company):
            raise PermissionDenied
        sent = checked(ChangedCompanySerializer, request)
        version = sent.pop("version")
        typed = _as_typed(sent)
        # The form judges the whole, as on the page; only what was sent is written.
        whole = demand(CompanyForm(CompanyForm.initial_of(company) | typed, user=user, company=company))
        facts = {name: whole[name] for name in typed}
        try:
            company = actions.update_company(by=user, company=company, base_version=version, facts=facts)
        except actions.CompanyChangedMeanwhile as changed:
            raise ChangedMeanwhile from changed
        return Response(_written(request, company))


def _as_typed(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the page's form would send it. Raises ValidationError for what there is not."""
    typed = dict(sent)
    if typed.get("municipality"):
        found = one(Municipality.objects.all(), typed["municipality"], "municipality", by="name")
        typed["municipality"] = found.pk
    version, code = typed.pop("sni_version", None), typed.get("sni")
    if bool(version) != bool(code):
        raise ValidationError({"sni": [gettext("Skicka koden och dess version tillsammans.")]})
    if code:
        typed["sni"] = one(SniCode.objects.filter(version=version), code, "sni", by="code").pk
    for name in ("main_strategy", "strategies"):
        codes = typed.get(name) or []
        every(CircularStrategy.objects.all(), [codes] if isinstance(codes, str) else codes, name)
    return typed


def _named(request: Request, company: Company) -> dict[str, Any]:
    return {"id": company.pk, "name": company.name, "url": _address(request, company)}


def _written(request: Request, company: Company) -> dict[str, Any]:
    return {"id": company.pk, "url": _address(request, company), "version": company.version}


def _address(request: Request, company: Company) -> str:
    return request.build_absolute_uri(reverse("api:company-detail", args=[company.pk]))
