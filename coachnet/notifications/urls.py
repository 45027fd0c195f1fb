"""Addresses of one's own reminders."""

from django.urls import URLPattern, URLResolver, path

from coachnet.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/me/reminders/", views.choices, name="choices"),
    path("reminders/off/<str:token>/", views.off, name="off"),
]
