"""The header `Retry-After` of HTTP (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime


def read_retry_after(value: str) -> float | None:
    """Return the seconds that a server asks to wait; None if the value cannot be read.

    Args:
        value: Value of the header, a number of seconds or a date.
    """
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
