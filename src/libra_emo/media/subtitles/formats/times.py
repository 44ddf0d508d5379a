"""The times of cues, in the forms that programs and people write."""

from __future__ import annotations

import re

MAX_SHOWN = 60  # characters of a broken line in a message
_COLON = r"\s?[:：]\s?"
_FRACTION = r"(?:\s?[.,:;：，．]\s?(?P<{0}f>\d{{1,9}}))?"
_CLOCK = (
    rf"(?P<{{0}}n>-)?(?:(?P<{{0}}h>\d{{{{1,6}}}}){_COLON})?"
    rf"(?P<{{0}}m>\d{{{{1,6}}}}){_COLON}(?P<{{0}}s>\d{{{{1,4}}}}){_FRACTION}"
)
_DASH = r"[-–—−－=]"
_ARROW = rf"\s*(?:{_DASH}{{{{1,4}}}}\s?{_DASH}{{{{0,2}}}}\s?[>＞]|→)\s*"
_START, _END = _CLOCK.format("a"), _CLOCK.format("b")
_TIME_LINE = re.compile(rf"\s*{_START}{_ARROW.format()}{_END}(?![\d:])")
_PAIR = re.compile(rf"\s*{_START}\s*[,\s]\s*{_END}\s*")
_CLOCK_ALONE = re.compile(_START)
_STAMP = re.compile(r"\s*\d{1,6}:\d\d:\d\d[.,]\d{3}\b")
_DIGIT = re.compile(r"\d")
ARROW = "-->"


def read_time_line(line: str) -> tuple[int, int] | None:
    """Return start and end in milliseconds of a line of times; None if it is not one.

    The times may lack hours or milliseconds, have spaces, and any mark before the milliseconds.
    """
    match = _TIME_LINE.match(line)
    if match is None:
        # two times without an arrow, as in SBV and SubViewer
        match = _PAIR.fullmatch(line)
        if match is None or None in (match["ah"], match["af"], match["bh"], match["bf"]):
            return None
    elif ARROW not in line and None in (match["ah"], match["bh"]):
        return None  # another arrow between short times may be part of a text
    return _to_ms(match, "a"), _to_ms(match, "b")


def read_clock(text: str) -> int | None:
    """Return a time such as `0:01:02.50` in milliseconds; None if it is not one."""
    match = _CLOCK_ALONE.fullmatch(text.strip())
    return _to_ms(match, "a") if match else None


def is_broken_time_line(line: str) -> bool:
    """Return whether a line that is no line of times was meant to be one."""
    return (ARROW in line and _DIGIT.search(line) is not None) or _STAMP.match(line) is not None


def shorten(line: str) -> str:
    """Return a line for a message, cut if it is long."""
    tidy = " ".join(line.split())
    return tidy if len(tidy) <= MAX_SHOWN else f"{tidy[: MAX_SHOWN - 1]}…"


def _to_ms(match: re.Match[str], name: str) -> int:
    negative, hours, minutes, seconds, fraction = (match[f"{name}{part}"] for part in "nhmsf")
    if fraction is None and hours is not None and len(seconds) == 3:
        # a colon before the milliseconds, and no hours
        hours, minutes, seconds, fraction = None, hours, minutes, seconds
    milliseconds = int(fraction[:3].ljust(3, "0")) if fraction else 0
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (-1 if negative else 1) * (whole * 1000 + milliseconds)
