"""The people at a company."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from coachnet.accounts.guards import requires
from coachnet.accounts.roles import Permission
from coachnet.lib.receipts import receipt
from companies import actions, rules
from companies.forms import ContactForm, ForgetForm
from companies.models import Company, Contact
from companies.views.pages import person, visible_company


def _editable(request: HttpRequest, pk: int) -> Company:
    company = visible_company(request, pk)
    if not rules.can_edit_company(person(request), company):
        raise PermissionDenied
    return company


@requires(Permission.EDIT_COMPANIES)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a contact."""
    company = _editable(request, pk)
    form = ContactForm(request.POST or None, instance=Contact(company=company))
    if request.method == "POST" and form.is_valid():
        contact = form.save()
        receipt(request, gettext("%(name)s är tillagd") % {"name": contact.name})
        return redirect(company)
    context = {"form": form, "company": company}
    return render(request, "companies/contact_form.html", context)


@requires(Permission.EDIT_COMPANIES)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Change a contact."""
    company = _editable(request, pk)
    contact = get_object_or_404(company.contacts, pk=contact_pk)
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        form.save()
        receipt(request, gettext("Ändringarna är sparade"))
        return redirect(company)
    context = {"form": form, "company": company, "contact": contact}
    return render(request, "companies/contact_form.html", context)


@requires(Permission.EDIT_COMPANIES)
@require_POST
def contact_left(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """The contact has left the company. Can be taken back from the receipt."""
    company = _editable(request, pk)
    contact = get_object_or_404(company.contacts, pk=contact_pk)
    actions.mark_contact_left(by=person(request), contact=contact)
    undo = reverse("companies:contact-return", args=[company.pk, contact.pk])
    receipt(request, gettext("%(name)s är markerad som slutat") % {"name": contact.name}, undo_url=undo)
    return redirect(company)


@requires(Permission.EDIT_COMPANIES)
@require_POST
def contact_return(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """The contact is at the company after all."""
    company = _editable(request, pk)
    contact = get_object_or_404(company.contacts, pk=contact_pk)
    Contact.objects.filter(pk=contact.pk).update(left_on=None)
    receipt(request, gettext("%(name)s är kvar på företaget") % {"name": contact.name})
    return redirect(company)


@requires(Permission.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_forget(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Ask, then erase who the contact was."""
    company = _editable(request, pk)
    contact = get_object_or_404(company.contacts, pk=contact_pk)
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decision = form.cleaned_data["decision"]
        actions.forget_contact(by=person(request), contact=contact, decision=decision)
        receipt(request, gettext("Personens uppgifter är raderade"))
        return redirect(company)
    context = {"form": form, "company": company, "contact": contact}
    return render(request, "companies/contact_forget.html", context)
