"""Addresses of the open interface."""

from django.urls import path, re_path

from coachnet.api import endpoints, reading
from coachnet.api.endpoints import opened
from coachnet.api.writing import companies, engagements, plans, registrations, sessions

app_name = "api"
urlpatterns = [
    path("", reading.page, name="page"),
    path("schema/", reading.schema, name="schema"),
    path("companies/", opened(companies.CompanyList), name="company-list"),
    path("companies/<int:pk>/", opened(companies.CompanyDetail), name="company-detail"),
    path("engagements/", opened(engagements.EngagementList), name="engagement-list"),
    path("engagements/<int:pk>/", opened(engagements.EngagementDetail), name="engagement-detail"),
    path("sessions/", opened(sessions.SessionList), name="session-list"),
    path("sessions/<uuid:pk>/", opened(sessions.SessionDetail), name="session-detail"),
    path("actions/", opened(plans.ActionList), name="action-list"),
    path("actions/<uuid:pk>/", opened(plans.ActionDetail), name="action-detail"),
    path("events/", opened(endpoints.EventList), name="event-list"),
    path("events/<int:pk>/", opened(endpoints.EventDetail), name="event-detail"),
    path("registrations/", opened(registrations.RegistrationList), name="registration-list"),
    path("registrations/<int:pk>/", opened(registrations.RegistrationDetail), name="registration-detail"),
    path("overview/", opened(endpoints.Overview), name="overview"),
    # Anything at all, line breaks too, which <path:rest> would leave to a page.
    re_path(r"^(?P<rest>[\s\S]*)$", reading.unknown, name="unknown"),
]
