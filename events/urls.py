"""Addresses of meetings."""

from django.urls import URLPattern, URLResolver, path

from events.views import checkin, guest, meetings, people

app_name = "events"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", meetings.event_list, name="event-list"),
    path("new/", meetings.event_create, name="event-create"),
    # Opened from mails, without an account
    path("answer/<int:pk>/", guest.answer, name="answer"),
    path("answer/<int:pk>/done/", guest.answer_done, name="answer-done"),
    path("answer/<int:pk>/download.ics", guest.answer_calendar, name="answer-calendar"),
    path("answer/open/<str:token>/", guest.answer_open, name="answer-open"),
    path("feedback/<int:pk>/", guest.feedback, name="feedback"),
    path("feedback/open/<str:token>/", guest.feedback_open, name="feedback-open"),
    # One meeting
    path("<int:pk>/", meetings.event_detail, name="event-detail"),
    path("<int:pk>/answer/", meetings.event_answer, name="event-answer"),
    path("<int:pk>/download.ics", meetings.event_calendar, name="event-calendar"),
    path("<int:pk>/edit/", meetings.event_edit, name="event-edit"),
    path("<int:pk>/publish/", meetings.event_publish, name="event-publish"),
    path("<int:pk>/cancel/", meetings.event_cancel, name="event-cancel"),
    path("<int:pk>/copy/", meetings.event_copy, name="event-copy"),
    path("<int:pk>/remove/", meetings.event_remove, name="event-remove"),
    path("<int:pk>/history/", meetings.event_history, name="event-history"),
    path("<int:pk>/invite/", people.event_invite, name="event-invite"),
    path("<int:pk>/ask/", people.event_ask, name="event-ask"),
    path("<int:pk>/messages/", people.event_messages, name="event-messages"),
    path("<int:pk>/print/", people.event_print, name="event-print"),
    path("<int:pk>/export/", people.event_export, name="event-export"),
    path("<int:pk>/check-in/", checkin.event_check_in, name="event-check-in"),
    path("<int:pk>/walk-in/", checkin.event_walk_in, name="event-walk-in"),
    # One person at a meeting
    path("<int:pk>/people/<int:person>/move/", people.person_move, name="person-move"),
    path("<int:pk>/people/<int:person>/remove/", people.person_remove, name="person-remove"),
    path("<int:pk>/people/<int:person>/restore/", people.person_restore, name="person-restore"),
    path("<int:pk>/people/<int:person>/link/", people.person_link, name="person-link"),
    path("<int:pk>/people/<int:person>/here/", checkin.person_here, name="person-here"),
]
