"""The ids by which the store knows a vote again that is sent twice."""

from __future__ import annotations

from collections import Counter
from typing import Final

from libra_emo.common.digests import digest_text

ID_CHARACTERS: Final = 32


class VoteIds:
    """Gives ids to the votes of one file, row by row.

    The id is a digest of campaign, clip, annotator, answer, the sender's time, and how many such
    rows came before. So a file that is sent again, whole or as part of a longer one, repeats its
    votes, and a person who answers sad, happy, sad in one file gives three.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def give(
        self, campaign: str, clip_key: str, annotator: str, label: str, voted_at: str | None
    ) -> str:
        """Return the id of the next row."""
        key = "\0".join((campaign, clip_key, annotator, label, voted_at or ""))
        self._seen[key] += 1
        return digest_text(f"{key}\0{self._seen[key]}")[:ID_CHARACTERS]
