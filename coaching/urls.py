"""Addresses of the coaching log."""

from django.urls import URLPattern, URLResolver, path

from coaching.views import engagements, form, plans, sessions, today

app_name = "coaching"
urlpatterns: list[URLPattern | URLResolver] = [
    path("today/", today.today, name="today"),
    path("sessions/", sessions.session_list, name="session-list"),
    path("sessions/new/", form.session_create, name="session-create"),
    path("sessions/export/", sessions.session_export, name="session-export"),
    path("sessions/bin/", sessions.session_bin, name="session-bin"),
    path("sessions/preview/", form.note_preview, name="note-preview"),
    path("sessions/<uuid:pk>/", sessions.session_detail, name="session-detail"),
    path("sessions/<uuid:pk>/edit/", form.session_edit, name="session-edit"),
    path("sessions/<uuid:pk>/autosave/", form.session_autosave, name="session-autosave"),
    path("sessions/<uuid:pk>/parts/", form.session_parts, name="session-parts"),
    path("sessions/<uuid:pk>/history/", sessions.session_history, name="session-history"),
    path("sessions/<uuid:pk>/cancel/", sessions.session_cancel, name="session-cancel"),
    path("sessions/<uuid:pk>/no-show/", sessions.session_no_show, name="session-no-show"),
    path("sessions/<uuid:pk>/replan/", sessions.session_replan, name="session-replan"),
    path("sessions/<uuid:pk>/remove/", sessions.session_remove, name="session-remove"),
    path("sessions/<uuid:pk>/restore/", sessions.session_restore, name="session-restore"),
    path("drafts/<uuid:pk>/discard/", form.draft_discard, name="draft-discard"),
    path("drafts/<uuid:pk>/restore/", form.draft_restore, name="draft-restore"),
    path("actions/", plans.action_list, name="action-list"),
    path("actions/<uuid:pk>/edit/", plans.action_edit, name="action-edit"),
    path("actions/<uuid:pk>/done/", plans.action_done, name="action-done"),
    path("actions/<uuid:pk>/reopen/", plans.action_reopen, name="action-reopen"),
    path("actions/<uuid:pk>/cancel/", plans.action_cancel, name="action-cancel"),
    path("engagements/new/", engagements.engagement_create, name="engagement-create"),
    path("engagements/<int:pk>/", engagements.engagement_detail, name="engagement-detail"),
    path("engagements/<int:pk>/history/", engagements.engagement_history, name="engagement-history"),
    path("engagements/<int:pk>/stage/", engagements.engagement_stage, name="engagement-stage"),
    path("engagements/<int:pk>/goals/", engagements.engagement_goals, name="engagement-goals"),
    path("engagements/<int:pk>/end/", engagements.engagement_end, name="engagement-end"),
    path("engagements/<int:pk>/reopen/", engagements.engagement_reopen, name="engagement-reopen"),
    path("engagements/<int:pk>/coaches/add/", engagements.engagement_coach_add, name="engagement-coach-add"),
    path(
        "engagements/<int:pk>/coaches/<int:coach>/remove/",
        engagements.engagement_coach_remove,
        name="engagement-coach-remove",
    ),
    path(
        "engagements/<int:pk>/coaches/<int:coach>/lead/", engagements.engagement_lead, name="engagement-lead"
    ),
    path("engagements/<int:engagement>/actions/new/", plans.action_create, name="action-create"),
]
