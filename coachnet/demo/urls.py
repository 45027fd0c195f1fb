"""The demo's own addresses, under /demo/."""

from django.urls import path

from coachnet.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.index, name="index"),
    path("sign-in/<slug:key>/", views.sign_in, name="sign-in"),
    path("mail/", views.mail_list, name="mail-list"),
    path("mail/<str:key>/", views.mail_detail, name="mail-detail"),
    path("mail/<str:key>/html/", views.mail_html, name="mail-html"),
]
