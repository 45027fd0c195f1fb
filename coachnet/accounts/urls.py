"""Addresses of people, organisations and invitations."""

from django.urls import URLPattern, URLResolver, path

from coachnet.accounts import invitation_views, views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.person_list, name="person-list"),
    path("<int:pk>/", views.person_detail, name="person-detail"),
    path("<int:pk>/employer/", views.person_employer, name="person-employer"),
    path("<int:pk>/roles/", views.person_roles, name="person-roles"),
    path("<int:pk>/close/", views.person_close, name="person-close"),
    path("<int:pk>/reopen/", views.person_reopen, name="person-reopen"),
    path("<int:pk>/sign-out/", views.person_sign_out, name="person-sign-out"),
    path("roles/", views.role_list, name="role-list"),
    path("me/", views.me, name="me"),
    path("me/start/", views.start, name="start"),
    path("me/sessions/<int:pk>/end/", views.session_end, name="session-end"),
    path("organisations/", views.organisation_list, name="organisation-list"),
    path("organisations/new/", views.organisation_edit, name="organisation-create"),
    path("organisations/<int:pk>/edit/", views.organisation_edit, name="organisation-edit"),
    path("invitations/", invitation_views.invitation_list, name="invitation-list"),
    path("invitations/new/", invitation_views.invitation_create, name="invitation-create"),
    path("invitations/<int:pk>/resend/", invitation_views.invitation_resend, name="invitation-resend"),
    path("invitations/<int:pk>/withdraw/", invitation_views.invitation_withdraw, name="invitation-withdraw"),
    path("invitation/", invitation_views.invitation_accept, name="invitation-accept"),
    path("invitation/<str:token>/", invitation_views.invitation_open, name="invitation-open"),
]
