"""Times of other tools, as qualcode writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(at: str) -> str:
    """A time in UTC, ISO 8601 to the microsecond; UTC where it names no zone, empty where it is no time.

    >>> utc("2022-02-16 14:19:40.66")
    '2022-02-16T14:19:40.660000+00:00'
    """
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return ""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="microseconds")
