"""Who did what: append-only."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Listens to sign-ins and tasks, and sees to it that no audited table can be emptied."""

    name = "coachnet.audit"
    label = "audit"

    def ready(self) -> None:
        """Connect the receivers."""
        from coachnet.audit import protection, receivers

        receivers.connect()
        post_migrate.connect(protection.protect_tables, sender=self, dispatch_uid="audit")
