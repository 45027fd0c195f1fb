"""Addresses of companies."""

from django.urls import URLPattern, URLResolver, path

from companies.views import contacts, editing, lists, pages

app_name = "companies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.company_list, name="company-list"),
    path("new/", editing.company_create, name="company-create"),
    path("duplicates/", editing.company_duplicates, name="company-duplicates"),
    path("export/", lists.company_export, name="company-export"),
    path("options/", lists.company_options, name="company-options"),
    path("palette/", lists.palette, name="palette"),
    path("<int:pk>/", pages.company_detail, name="company-detail"),
    path("<int:pk>/sessions/", pages.company_sessions, name="company-sessions"),
    path("<int:pk>/plan/", pages.company_plan, name="company-plan"),
    path("<int:pk>/history/", pages.company_history, name="company-history"),
    path("<int:pk>/edit/", editing.company_edit, name="company-edit"),
    path("<int:pk>/confidentiality/", editing.company_confidentiality, name="company-confidentiality"),
    path("<int:pk>/responsible/", editing.company_responsible, name="company-responsible"),
    path("<int:pk>/contacts/new/", contacts.contact_create, name="contact-create"),
    path("<int:pk>/contacts/<int:contact_pk>/", contacts.contact_edit, name="contact-edit"),
    path("<int:pk>/contacts/<int:contact_pk>/forget/", contacts.contact_forget, name="contact-forget"),
    path("<int:pk>/contacts/<int:contact_pk>/left/", contacts.contact_left, name="contact-left"),
    path("<int:pk>/contacts/<int:contact_pk>/return/", contacts.contact_return, name="contact-return"),
]
