"""Who may do what with one company. Whether it may be seen at all is `Company.objects.visible_to`."""

from coachnet.accounts.models import User
from coachnet.accounts.roles import Permission
from companies.models import Company, Contact


def is_own(user: User, company: Company) -> bool:
    """Whether the person is responsible for the company or present on one of its engagements."""
    if company.responsible_coach_id == user.pk:
        return True
    return Company.objects.filter(
        pk=company.pk, engagements__memberships__coach=user, engagements__memberships__left_on=None
    ).exists()


def can_edit_company(user: User, company: Company, *, own: bool | None = None) -> bool:
    """Its own coaches, colleagues in the responsible organisation, and admins; anyone while nobody has it.

    A company with sekretessmarkering is edited by its own coaches and admins alone. Whoever knows already whether it
    is the person's own says so, and saves a query.
    """
    if not user.may(Permission.EDIT_COMPANIES):
        return False
    if user.may(Permission.ADMINISTER) or (is_own(user, company) if own is None else own):
        return True
    if company.is_confidential:
        return False
    if company.responsible_organisation_id is None:
        return True
    return company.responsible_organisation_id == user.organisation_id


def can_mark_confidential(user: User, company: Company, *, own: bool | None = None) -> bool:
    """Its own coaches and admins: those who know why, and who still see it afterwards."""
    if not user.may(Permission.EDIT_COMPANIES):
        return False
    return user.may(Permission.ADMINISTER) or (is_own(user, company) if own is None else own)


def can_change_responsible(user: User, company: Company) -> bool:
    """Whoever may edit the company may hand it on."""
    return can_edit_company(user, company)


def can_forget_contact(user: User, contact: Contact) -> bool:
    """Admins alone: the archive laws decide what may be erased, and it cannot be taken back."""
    return user.may(Permission.ADMINISTER) and can_edit_company(user, contact.company)
