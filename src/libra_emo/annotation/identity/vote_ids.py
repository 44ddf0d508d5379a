"""The ids by which the store knows a vote again that is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from libra_emo.annotation.identity.clip_keys import clip_key as make_key
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
        key = _join(campaign, clip_key, annotator, label, voted_at)
        self._seen[key] += 1
        return _digest(key, self._seen[key])


def renew_ids(votes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give the id of each vote of a store or of its table, in their order.

    Earlier versions took the clip's whole id, the film's name included, for its key. Their ids are
    replaced; ids of another origin stay.

    Args:
        votes: Votes with vote_id, campaign, clip_id, label and voted_at, and the annotator's key.
    """
    ids, former = VoteIds(), Counter[str]()
    for vote in votes:
        rest = (vote["annotator"], vote["label"], vote["voted_at"])
        key = _join(vote["campaign"], vote["clip_id"], *rest)
        if vote["vote_id"] == _digest(key, former[key] + 1):
            former[key] += 1
            yield ids.give(vote["campaign"], make_key(vote["clip_id"]), *rest)
        else:
            yield vote["vote_id"]


def _join(campaign: str, clip_key: str, annotator: str, label: str, voted_at: str | None) -> str:
    return "\0".join((campaign, clip_key, annotator, label, voted_at or ""))


def _digest(key: str, number: int) -> str:
    return digest_text(f"{key}\0{number}")[:ID_CHARACTERS]
