"""Coachnet: the web platform of a network of business coaches.

The Celery application is loaded by `coachnet.accounts.apps`, not here: `make demo` and its mail catcher run without it.
"""
