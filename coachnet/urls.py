"""Every address. Which roles may open it stands at the view (see coachnet.accounts.guards)."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from coachnet import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("people/", include("coachnet.accounts.urls")),
    path("audit/", include("coachnet.audit.urls")),
    path("accounts/", include("allauth.urls")),
    path("companies/", include("companies.urls")),
    path("", include("coaching.urls")),
    path("gallery/", views.gallery, name="gallery"),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("coachnet.demo.urls"))]

