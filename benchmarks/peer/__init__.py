"""The same writes by Django, django-fsm-2 and django-fsm-log, in a process and venv of its own."""
