"""Addresses of a person's own keys."""

from django.urls import path

from coachnet.api import key_views

app_name = "keys"
urlpatterns = [
    path("", key_views.key_list, name="key-list"),
    path("new/", key_views.key_create, name="key-create"),
    path("<int:pk>/revoke/", key_views.key_revoke, name="key-revoke"),
]
