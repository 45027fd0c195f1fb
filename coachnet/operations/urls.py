"""Addresses of operations that people open. Those for machines stand in coachnet.urls."""

from django.urls import URLPattern, URLResolver, path

from coachnet.operations import views

app_name = "operations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.status_page, name="status"),
    path("work/<str:task>/run/", views.work_run, name="work-run"),
    path("mail/<int:pk>/retry/", views.mail_retry, name="mail-retry"),
    path("mail/<int:pk>/park/", views.mail_park, name="mail-park"),
]
