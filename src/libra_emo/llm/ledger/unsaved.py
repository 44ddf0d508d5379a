"""Answers that were paid for and could not be written: a file beside the ledger keeps them.

When the disk is full, or another program keeps the ledger locked, an answer that has arrived must
not be lost. A spare file is deleted to make room and the answer is written again. If that does not
help, it goes into a file of its own, which the next run that opens the ledger reads first.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, NamedTuple

from libra_emo.llm.ledger.answers import RecordedAnswer

SPARE_BYTES: Final = 4 * 1024 * 1024
"""Room for the answers of all calls that can be in flight, twice: in the log and in the ledger."""


class Unsaved(NamedTuple):
    """An answer whose reservation could not be settled.

    Attributes:
        reservation: Number of its reservation.
        answer: The answer.
        billed: Whether its cost is spent; None if that is not known.
    """

    reservation: int
    answer: RecordedAnswer
    billed: bool | None


class Spare:
    """A file that takes room on the disk until an answer needs it.

    Args:
        ledger: Path of the ledger.
    """

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_name(f".{ledger.name}.spare")
        self._taken = False

    def take(self) -> None:
        """Take the room; without enough of it the ledger works all the same."""
        if self._taken:
            return
        self._taken = True
        try:
            if not self._path.exists() or self._path.stat().st_size < SPARE_BYTES:
                with self._path.open("wb") as file:
                    file.write(os.urandom(SPARE_BYTES))
        except OSError:
            self.give_back()

    def give_back(self) -> None:
        """Free the room."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            return


def file_beside(ledger: Path) -> Path:
    """Return the file beside a ledger that keeps its unsaved answers."""
    return ledger.with_name(f"{ledger.name}.unsaved.jsonl")


def keep(ledger: Path, items: Sequence[Unsaved]) -> Path | None:
    """Append answers to the file beside a ledger, or to one in the folder for temporary files.

    Returns:
        The file; None if neither can be written.
    """
    lines = "".join(json.dumps(_fields(item), ensure_ascii=True) + "\n" for item in items)
    elsewhere = Path(tempfile.gettempdir()) / f"{ledger.name}.{os.getpid()}.unsaved.jsonl"
    for path in (file_beside(ledger), elsewhere):
        try:
            with path.open("a", encoding="ascii") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            continue
        return path
    return None


def read_kept(path: Path) -> list[Unsaved]:
    """Return the answers of such a file; a line that was cut is left out."""
    found = []
    for line in path.read_text(encoding="ascii", errors="replace").split("\n"):
        try:
            fields = json.loads(line)
            reservation, billed = int(fields.pop("reservation")), fields.pop("billed")
            found.append(Unsaved(reservation, RecordedAnswer(**fields), billed))
        except (ValueError, TypeError, KeyError):
            continue
    return found


def _fields(item: Unsaved) -> dict[str, object]:
    """Return the fields of an answer, as a recording has them, and of its reservation."""
    return {**asdict(item.answer), "reservation": item.reservation, "billed": item.billed}
