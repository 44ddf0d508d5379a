"""Polling of voters that ask models, and the clips that still need another voter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.ask import Client
from libra_emo.llm.client.settings import OnProgress
from libra_emo.llm.replies.reader import Reply
from libra_emo.schemas import COUNTED_STATUSES, MachineVotes, check
from libra_emo.voting.llm_voter import LlmVoter
from libra_emo.voting.options import VotingOptions

BUDGET = "voting"


class VotersStopped(LibraEmoError):
    """Models could not be asked any more; the answers so far are kept."""


def poll(
    voters: Sequence[LlmVoter],
    clips: pd.DataFrame,
    voting: VotingOptions,
    on_progress: OnProgress,
) -> tuple[pd.DataFrame, list[tuple[str, Reply]]]:
    """Ask every voter about every clip; return MachineVotes and each raw reply with its reading.

    Args:
        voters: Voters that share a ledger; at least one.
        clips: Features of the clips.
        voting: Options of the vote; the ceiling is for all runs that share the ledger.
        on_progress: Called after each question.

    Raises:
        VotersStopped: If a model could not be asked any more (key, money, quota).
    """
    resources = voters[0].resources
    client = Client(
        resources.ledger,
        BUDGET,
        voting.max_cost_usd,
        resources.now,
        resources.seed,
        on_progress,
        voting.recorded_only,
        voting.processes,
        voting.strict_ceiling,
    )
    tallies = client.ask([(voter.settings, voter.questions(clips)) for voter in voters])
    stopped = [f"voter {name!r}: {t.stopped}" for name, t in tallies.items() if t.stopped]
    if stopped:
        done = sum(tally.done for tally in tallies.values())
        raise VotersStopped(f"{'; '.join(stopped)}. {done} answers are kept; run voting again")
    results = [voter.votes(tallies[voter.name]) for voter in voters]
    votes = pd.concat([table for table, _ in results], ignore_index=True)
    return check(votes, MachineVotes), [reading for _, readings in results for reading in readings]


def open_clips(
    votes: pd.DataFrame,
    clips: Collection[str],
    to_come: int,
    min_agreement: int,
) -> list[str]:
    """Return the clips whose label could still change with so many votes to come, sorted.

    A clip is closed when its leading label has enough votes and no other one can catch up, or
    when no label can get enough any more.

    Args:
        votes: MachineVotes so far; the table may be empty.
        clips: Ids of all clips.
        to_come: Number of voters that have not been asked.
        min_agreement: Number of votes that a label needs.
    """
    counted = votes[votes["status"].isin(COUNTED_STATUSES) & votes["label"].notna()]
    tallies: dict[str, Counter[str]] = {clip: Counter() for clip in clips}
    for clip_id, label in zip(counted["clip_id"], counted["label"], strict=True):
        if clip_id in tallies:
            tallies[clip_id][label] += 1
    return sorted(c for c, tally in tallies.items() if _is_open(tally, to_come, min_agreement))


def _is_open(tally: Mapping[str, int], to_come: int, min_agreement: int) -> bool:
    counts = sorted(tally.values(), reverse=True)
    first = counts[0] if counts else 0
    second = counts[1] if len(counts) > 1 else 0
    if first + to_come < min_agreement:
        return False
    return not (first >= min_agreement and second + to_come < first)
