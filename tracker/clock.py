"""The present moment, asked in one place. Operations are given it as `now`."""

from datetime import UTC, date, datetime

from workflows.calendars import local_date


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The present date in `zone`, the assembly's unless said otherwise."""
    return local_date(now(), zone)
