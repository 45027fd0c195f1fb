"""Reads across the apps: the region overview and its rollups."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Registers the app."""

    name = "dashboards"
