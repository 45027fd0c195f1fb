"""What can be done with companies and their contacts. Keyword-only, atomic, `by` the one who does it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from coachnet.audit.models import Erasure
from coachnet.lib.encrypted import Sealed, keyed_hashes
from companies import forgetting, personal_number, rules
from companies.models import Company, Contact

log = structlog.get_logger(__name__)
# What a form may set. Responsibility and sekretessmarkering have actions of their own.
FACTS = (
    "name",
    "legal_form",
    "organisation_number",
    "municipality",
    "sni",
    "size_class",
    "website",
    "description",
    "main_strategy",
)


class CompanyChangedMeanwhile(Exception):  # noqa: N818  (it reads as a sentence where it is caught)
    """Somebody else saved the company after the form was opened; `company` is as it stands now."""

    def __init__(self, company: Company) -> None:
        super().__init__(company.pk)
        self.company = company


@transaction.atomic
def register_company(*, by: User, facts: Mapping[str, Any]) -> Company:
    """Add a company. A coach becomes responsible for what she adds.

    `facts` has any of FACTS, `strategies` (an iterable) and `written_personal_number`.
    Raises ValidationError when the organisation number was taken in the same moment.
    """
    is_coach = by.may(Permission.LOG_SESSIONS)
    company = Company(
        responsible_coach=by if is_coach else None,
        responsible_organisation=by.organisation if is_coach else None,
        created_by=by,
    )
    _set_facts(company, facts)
    _save(company)
    company.strategies.set(facts.get("strategies", ()))
    return company


@transaction.atomic
def update_company(*, by: User, company: Company, base_version: int, facts: Mapping[str, Any]) -> Company:
    """Change the facts, if nobody else has since the form was opened.

    Raises CompanyChangedMeanwhile when `base_version` is not the present one. An absent
    `written_personal_number` leaves a sole trader's number as it is.
    """
    current = Company.objects.select_for_update().get(pk=company.pk)
    if current.version != base_version:
        raise CompanyChangedMeanwhile(current)
    _set_facts(current, facts)
    current.version += 1
    _save(current)
    if "strategies" in facts:
        current.strategies.set(facts["strategies"])
    return current


@transaction.atomic
def mark_confidential(*, by: User, company: Company, reason: str, provision: str = "") -> None:
    """Set the sekretessmarkering, or change its reason: a warning with a reason, not a decision."""
    Company.objects.filter(pk=company.pk).update(
        is_confidential=True,
        confidential_reason=reason,
        confidential_provision=provision,
        confidential_set_by=by,
        confidential_set_at=timezone.now(),
    )


@transaction.atomic
def clear_confidentiality(*, by: User, company: Company) -> None:
    """Take the sekretessmarkering away; who did it, and what the reason was, stays in the history."""
    Company.objects.filter(pk=company.pk).update(
        is_confidential=False,
        confidential_reason="",
        confidential_provision="",
        confidential_set_by=None,
        confidential_set_at=None,
    )


@transaction.atomic
def change_responsible(*, by: User, company: Company, coach: User) -> None:
    """Hand the company to another coach, and with her to her organisation."""
    Company.objects.filter(pk=company.pk).update(
        responsible_coach=coach, responsible_organisation=coach.organisation
    )


@transaction.atomic
def mark_contact_left(*, by: User, contact: Contact, on: dt.date | None = None) -> None:
    """The contact has left the company: kept for what is logged, offered no more. Without a day: today."""
    Contact.objects.filter(pk=contact.pk).update(left_on=on or timezone.localdate())


@transaction.atomic
def forget_contact(*, by: User, contact: Contact, decision: str) -> None:
    """Erase who a contact was, for good, by a decision that allows it. Twice is once.

    Raises PermissionDenied for whoever may not.
    """
    if not rules.can_forget_contact(by, contact):
        raise PermissionDenied
    Erasure.objects.get_or_create(
        kind=forgetting.KIND, object_id=contact.pk, defaults={"by": by, "decision": decision}
    )
    forgetting.forget(contact.pk)
    # Also outside the database: should it be lost with its latest erasures, the log still names them.
    log.info("personal_data_erased", kind=forgetting.KIND, object_id=contact.pk)


def sealed_number(written: str) -> dict[str, Any]:
    """The columns that hold a sole trader's personnummer: sealed, and its keyed hash. Empty clears both."""
    if not written:
        return {"personal_number": "", "personal_number_hash": ""}
    digits = personal_number.clean(written)
    return {"personal_number": Sealed.of(digits), "personal_number_hash": keyed_hashes(digits)[0]}


def _set_facts(company: Company, facts: Mapping[str, Any]) -> None:
    for name in FACTS:
        if name in facts:
            setattr(company, name, facts[name])
    if company.legal_form != Company.LegalForm.SOLE_TRADER:
        number: dict[str, Any] | None = sealed_number("")
    else:
        company.organisation_number = ""
        written = facts.get("written_personal_number", "")
        number = sealed_number(written) if written else None
    for name, value in (number or {}).items():
        setattr(company, name, value)


def _save(company: Company) -> None:
    """Save; the number is looked for before, but only the database can tell two simultaneous forms apart."""
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError as error:
        if "company_number_once" not in str(error):
            raise
        raise ValidationError(
            {"organisation_number": _("Numret finns redan på ett annat företag.")}
        ) from error
