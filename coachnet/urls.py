"""Every address. Which roles may open it stands at the view (see coachnet.accounts.guards)."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from coachnet import offline, views
from coachnet.operations import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("health/", health.live, name="health"),
    path("health/serving/", health.serving, name="health-serving"),
    path("health/ready/", health.ready, name="health-ready"),
    path("people/me/keys/", include("coachnet.api.key_urls")),
    path("health/metrics/", metrics.metrics, name="health-metrics"),
    path("people/", include("coachnet.accounts.urls")),
    path("api/v1/", include("coachnet.api.urls")),
    path("", include("coachnet.notifications.urls")),
    path("audit/", include("coachnet.audit.urls")),
    path("", include("coachnet.accounts.signin_urls")),
    path("accounts/", include("allauth.urls")),
    path("companies/", include("companies.urls")),
    path("meetings/", include("events.urls")),
    path("", include("coaching.urls")),
    path(".well-known/security.txt", views.security, name="security"),
    path("overview/", include("dashboards.urls")),
    path("status/", include("coachnet.operations.urls")),
    path("worker-<slug:language>.js", offline.worker, name="worker"),
    path("offline/<slug:language>/", offline.page, name="offline"),
    path("theme/", views.theme, name="theme"),
    path("language/", views.language, name="language"),
    path("about/accessibility/", views.accessibility, name="about-accessibility"),
    path("about/personal-data/", views.personal_data, name="about-personal-data"),
    path("about/cookies/", views.cookies, name="about-cookies"),
    path("gallery/", views.gallery, name="gallery"),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("coachnet.demo.urls"))]

handler400 = "coachnet.views.bad_request"
handler403 = "coachnet.views.permission_denied"
handler404 = "coachnet.views.not_found"
handler429 = "coachnet.views.too_many_requests"  # asked for by allauth
handler500 = "coachnet.views.server_error"
