"""What administrators set up: the programmes that engagements belong to."""

from django.contrib import admin

from coaching.models import Programme


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):
    """Programmes by date. One with engagements cannot be removed."""

    list_display = ("name", "starts_on", "ends_on")
