"""The columns that the rows of a list tell of, with those they are ordered by: a list makes fifty of each."""

SESSION_ROW = (
    "engagement__company__name",
    "state",
    "completeness",
    "date",
    "start_time",
    "minutes",
    "channel",
    "ends_at",
)
ACTION_ROW = (
    "engagement__company__name",
    "session",
    "what",
    "owner_coach__name",
    "owner_contact__name",
    "due_on",
    "status",
    "created_at",
    "closed_at",
)
ENGAGEMENT_ROW = (
    "company__name",
    "programme__name",
    "organisation__name",
    "stage",
    "started_on",
    "ended_on",
)
COMPANY_ROW = (
    "name",
    "sort_key",
    "organisation_number",
    "legal_form",
    "size_class",
    "municipality__name",
    "municipality__sub_region",
    "sni__code",
    "main_strategy",
    "responsible_coach__name",
    "responsible_organisation__name",
    "is_confidential",
)
