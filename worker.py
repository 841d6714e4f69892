"""Celery's entry: `celery -A worker worker` and `celery -A worker beat`."""

from tracker import create_app

# Celery takes a global called `app` for its own, so the Flask app has no name here.
celery = create_app().extensions["celery"]
