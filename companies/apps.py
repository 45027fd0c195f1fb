"""Companies, contacts and classifications."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Registers companies and reference data."""

    name = "companies"
