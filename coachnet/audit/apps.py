"""Who did what: append-only."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the audit log."""

    name = "coachnet.audit"
    label = "audit"
