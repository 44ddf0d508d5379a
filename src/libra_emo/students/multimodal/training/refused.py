"""Clips that a training cannot learn: noted one by one, with a limit to their share."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

from libra_emo.common.digests import digest_text
from libra_emo.common.files import write_json
from libra_emo.students.errors import StudentError

FOLDER = "refused"
MOST_SHARE = 0.1
ALWAYS_ALLOWED = 2


class Refusals:
    """The clips of a training that cannot be encoded, each in a file of its own.

    Many processes, on several machines, note the same clip without harm.

    Args:
        run: Folder of the training.
        clips: Number of clips to learn.
    """

    def __init__(self, run: Path, clips: int) -> None:
        self._folder = run / FOLDER
        self._clips = clips
        self._known: set[str] = set()

    def add(self, clip_id: str, reason: str) -> None:
        """Note a clip.

        Raises:
            StudentError: If more are refused than chance and odd clips explain: then the model or
                its processor is at fault.
        """
        if clip_id in self._known:
            return
        self._known.add(clip_id)
        note = {"clip_id": clip_id, "reason": reason}
        name = f"{digest_text(clip_id)[:16]}.{socket.gethostname()}.{os.getpid()}.json"
        write_json(self._folder / name, note)
        count = len({path.name.partition(".")[0] for path in self._folder.glob("*.json")})
        allowed = min(max(ALWAYS_ALLOWED, int(MOST_SHARE * self._clips)), self._clips - 1)
        if count > allowed:
            raise StudentError(
                f"{count} of {self._clips} clips cannot be encoded, so the model's processor may "
                f"be at fault; the last one is {reason}"
            )

    def read(self) -> list[dict[str, str]]:
        """Return clip_id and reason of each refused clip, sorted by clip_id."""
        notes = [
            json.loads(path.read_text(encoding="utf-8")) for path in self._folder.glob("*.json")
        ]
        by_clip = {str(note["clip_id"]): note for note in notes}
        return [by_clip[clip_id] for clip_id in sorted(by_clip)]
