"""Addresses of one's own reminders and of the list of what is sent."""

from django.urls import URLPattern, URLResolver, path

from coachnet.notifications import delivery_views, views

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/me/reminders/", views.choices, name="choices"),
    path("delivery/", delivery_views.delivery_list, name="delivery-list"),
    path("delivery/retry/", delivery_views.delivery_retry_all, name="delivery-retry-all"),
    path("delivery/<int:pk>/retry/", delivery_views.delivery_retry, name="delivery-retry"),
    path("delivery/<int:pk>/stop/", delivery_views.delivery_stop, name="delivery-stop"),
    path("reminders/off/<str:token>/", views.off, name="off"),
]
