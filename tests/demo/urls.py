"""The URL map as demo mode has it."""

from django.urls import include, path

from coachnet.urls import urlpatterns as real

urlpatterns = [*real, path("demo/", include("coachnet.demo.urls"))]
