"""Django admin shows no one's way of signing in: that is the person's own, and changed by actions.

Django's groups are left out too: roles.py says who may do what.
"""

# Imported first, so that there is something to take back: apps are discovered in the order of the settings.
import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
from django.apps import apps
from django.contrib import admin

for app in ("auth", "account", "mfa", "socialaccount", "usersessions"):
    for model in apps.get_app_config(app).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)
