"""What is written when the work on a film fails in a way that nobody expected."""

from __future__ import annotations

from libra_emo.errors import LibraEmoError

MAX_REASON = 300  # characters of a reason; the rest is cut off


def describe_error(error: Exception) -> str:
    """Return the reason why the work on a film failed, as one line."""
    if isinstance(error, LibraEmoError):
        return to_line(str(error))
    kind = type(error).__name__
    if isinstance(error, MemoryError):
        return f"{kind}: it needs more memory than there is"
    return to_line(f"{kind}: {error}" if str(error) else kind)


def to_line(reason: str) -> str:
    """Return a reason as one line that is not too long, and that UTF-8 can hold."""
    plain = reason[: 4 * MAX_REASON].encode("utf-8", "backslashreplace").decode()
    line = " ".join("".join(char if char.isprintable() else " " for char in plain).split())
    return line if len(line) <= MAX_REASON else f"{line[: MAX_REASON - 1]}…"
