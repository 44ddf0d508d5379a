"""The cells of a row of votes: the clip, the answer, the sender's time, the seconds."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.moments import sender_text
from libra_emo.taxonomy import Taxonomy, read_label_data

_ENDING: Final = re.compile(r"\.(mp4|mkv|mov|webm|m4v|avi)$", re.IGNORECASE)
_UPLOAD: Final = re.compile(r"[0-9a-f]{8}-(.+)")  # Label Studio writes this before an uploaded file
_DATE: Final = re.compile(
    r"(\d{1,4})[/.\-年](\d{1,2})[/.\-月](\d{1,4})日?"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]m)?)?",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d+([.,]\d+)?")
_EXCEL_ZERO: Final = datetime(1899, 12, 30)
_SECONDS: Final = range(10**9, 10**10)  # a time in seconds since 1970
_MILLISECONDS: Final = range(10**12, 10**13)
_EXCEL_DAYS: Final = range(20_000, 80_000)  # a time as Excel counts it, in days


class BadCell(Exception):
    """The reason why a row is rejected."""


class ClipNames:
    """Finds the clip that a cell means: its id, or the name or address of its file.

    Args:
        clips: Ids of the clips that a campaign asks about.
    """

    def __init__(self, clips: Iterable[str]) -> None:
        asked = list(clips)
        self._exact = frozenset(asked)
        self._by_name = {clip_key(_fold(clip_id)): clip_id for clip_id in asked}

    def find(self, cell: str) -> str | None:
        """Return the id of the clip, or None if the campaign does not ask about it."""
        if cell in self._exact:
            return cell
        name = re.split(r"[/\\]", unquote(cell).replace("?d=", "/").split("?")[0])[-1]
        for candidate in (cell, _ENDING.sub("", name.strip())):
            folded = _fold(candidate)
            uploaded = _UPLOAD.fullmatch(folded)
            for key in (folded, uploaded[1] if uploaded else folded):
                if found := self._by_name.get(clip_key(key)):
                    return found
        return None


class AnswerNames:
    """Finds the answer that a cell means, in capitals or Chinese too.

    Args:
        answers: The answers of the campaign.
        other: Which of them stands for none of the labels.
        taxonomy: The emotions, for their Chinese names.
    """

    def __init__(
        self, answers: Iterable[str], other: str, taxonomy: Taxonomy | None = None
    ) -> None:
        self.answers = tuple(answers)
        more = read_label_data("answer_names").get("other", [])
        self._by_name = {_fold(name): other for name in more}
        for emotion in taxonomy.emotions if taxonomy else ():
            if emotion.chinese and emotion.label in self.answers:
                self._by_name[_fold(emotion.chinese)] = emotion.label
        self._by_name |= {_fold(answer): answer for answer in self.answers}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of an answer."""
        return tuple(self._by_name)

    def find(self, cell: str) -> str | None:
        """Return the answer, or None if the cell is none.

        Raises:
            BadCell: If the cell holds several answers.
        """
        if cell in self.answers:
            return cell
        found = self._by_name.get(_fold(cell))
        if found or not cell.startswith(("[", "{", "'", '"')):
            return found
        return self._find_listed(cell)

    def _find_listed(self, cell: str) -> str | None:
        """Return the answer in a list, as Label Studio and Potato write choices."""
        try:
            content = json.loads(cell if '"' in cell else cell.replace("'", '"'))
        except ValueError:
            return self._by_name.get(_fold(cell.strip("'\" ")))
        if isinstance(content, Mapping):
            content = content.get("choices", [])
        listed = content if isinstance(content, list) else [content]
        if len(listed) > 1:
            raise BadCell(f"{cell!r} holds {len(listed)} answers; one is needed")
        return self._by_name.get(_fold(str(listed[0]))) if listed else None


@lru_cache(maxsize=2**14)
def read_moment(cell: str) -> str | None:
    """Return the sender's time as `sender_text` writes it, or None for an empty cell.

    ISO 8601, what spreadsheets make of dates, and seconds since 1970 are read. Without a zone it
    stays without: the sender's time decides nothing.

    Raises:
        BadCell: If the cell is no time.
    """
    if not cell:
        return None
    try:
        return sender_text(_parse_moment(cell))
    except (ValueError, OverflowError) as error:
        raise BadCell(f"voted_at {cell!r} is not a time in ISO 8601") from error


def _parse_moment(cell: str) -> datetime:
    if cell[4:5] == "-" and len(cell) > len("2025-03-01"):
        return datetime.fromisoformat(cell)
    if _NUMBER.fullmatch(cell):
        number = float(cell.replace(",", "."))
        if int(number) in _SECONDS:
            return datetime.fromtimestamp(number, UTC)
        if int(number) in _MILLISECONDS:
            return datetime.fromtimestamp(number / 1000, UTC)
        if int(number) in _EXCEL_DAYS:
            return _EXCEL_ZERO + timedelta(days=number)
    match = _DATE.fullmatch(cell)
    if match is None or (len(match[1]) == len("2025") and "-" in cell):
        return datetime.fromisoformat(cell)
    first, second, third, hour, minute, second_of_minute, half = match.groups()
    numbers = int(first), int(second), int(third)
    if len(first) == len("2025"):
        year, month, day = numbers
    elif "." in cell.split(" ", maxsplit=1)[0] or numbers[0] > 12:
        day, month, year = numbers
    else:
        month, day, year = numbers
    hours = int(hour or 0) % 12 + 12 * (half.lower() == "pm") if half else int(hour or 0)
    return datetime(year, month, day, hours, int(minute or 0), int(second_of_minute or 0))


@lru_cache(maxsize=2**14)
def read_seconds(cell: str) -> float:
    """Return a number of seconds, NaN for an empty cell; a comma may stand for the point.

    Raises:
        BadCell: If the cell is no number of seconds.
    """
    if not cell:
        return math.nan
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise BadCell(f"seconds {cell!r} is not a number of seconds")
    return value


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
