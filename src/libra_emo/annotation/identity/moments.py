"""Times as texts that sort as they follow each other."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """Return a time as ISO 8601 in UTC to the microsecond; a time without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")


def sender_text(moment: datetime) -> str:
    """Return a sender's time as ISO 8601: in UTC, or as it stands if it names no zone."""
    return utc_text(moment) if moment.tzinfo else moment.isoformat(timespec="microseconds")
