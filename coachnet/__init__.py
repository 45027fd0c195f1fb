"""Coachnet: the web platform of a network of business coaches."""

from coachnet.celery import app as celery_app

__all__ = ("celery_app",)
