"""Addresses of the region overview."""

from django.urls import path

from dashboards import targets, views

app_name = "dashboards"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("export.csv", views.overview_csv, name="overview-csv"),
    path("export.xlsx", views.overview_xlsx, name="overview-xlsx"),
    path("export.json", views.overview_json, name="overview-json"),
    path("targets/", targets.overview_targets, name="overview-targets"),
    path("companies/", views.overview_companies, name="overview-companies"),
]
