"""Polling of voters that ask models, and the clips that still need another voter."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.ask import Client
from libra_emo.llm.client.outcomes import describe_failures, fails_too_often
from libra_emo.llm.client.settings import LazyQuestion, ModelSettings, OnProgress, Tally
from libra_emo.llm.replies.reader import Reply
from libra_emo.llm.request.question import Question
from libra_emo.schemas import COUNTED_STATUSES, MachineVotes, check
from libra_emo.voting.llm_voter import LlmVoter
from libra_emo.voting.options import VotingOptions

logger = logging.getLogger(__name__)

BUDGET = "voting"


class VotersStopped(LibraEmoError):
    """Models could not be asked any more; the answers so far are kept."""


def poll(
    voters: Sequence[LlmVoter],
    clips: pd.DataFrame,
    voting: VotingOptions,
    on_progress: OnProgress,
    budget: str = BUDGET,
    who: str = "voter",
) -> tuple[pd.DataFrame, list[tuple[str, Reply]]]:
    """Ask every voter about every clip; return MachineVotes and each raw reply with its reading.

    Args:
        voters: Voters that share a ledger; at least one.
        clips: Features of the clips.
        voting: Options of the vote; the ceiling is for all runs that share the ledger.
        on_progress: Called after each question.
        budget: Name of the budget that pays; it is that of the pipeline, too.
        who: What the models are here, for messages.

    Raises:
        VotersStopped: If a model could not be asked any more (key, money, quota), or too many of
            its questions failed.
    """
    resources = voters[0].resources
    client = Client(
        resources.ledger,
        budget,
        voting.max_cost_usd,
        resources.now,
        resources.seed,
        on_progress,
        voting.recorded_only,
        voting.processes,
        voting.strict_ceiling,
    )
    turns: dict[str, list[Tally]] = {voter.name: [] for voter in voters}
    due = [(voter.settings, voter.questions(clips)) for voter in voters]
    while due:
        tallies = client.ask(due)
        _check_tallies(tallies, voting.max_failed_share, turns, budget, who)
        for name, tally in tallies.items():
            turns[name].append(tally)
        due = _questions_again([v for v in voters if v.name in tallies], clips, turns, voting)
    results = [voter.votes(*turns[voter.name]) for voter in voters]
    votes = pd.concat([table for table, _ in results], ignore_index=True)
    return check(votes, MachineVotes), [reading for _, readings in results for reading in readings]


def _questions_again(
    voters: Sequence[LlmVoter],
    clips: pd.DataFrame,
    turns: Mapping[str, Sequence[Tally]],
    voting: VotingOptions,
) -> list[tuple[ModelSettings, Iterator[LazyQuestion]]]:
    """Return the questions of each voter about clips whose reply was read, but is no vote."""
    due = []
    for voter in voters:
        attempt = len(turns[voter.name]) + 1
        faults = voter.faults(turns[voter.name])
        if faults and voting.recorded_only:
            faults = _recorded(voter, clips, attempt, faults)
        if faults:
            due.append((voter.settings, voter.questions(clips, attempt, faults)))
    return due


def _recorded(
    voter: LlmVoter, clips: pd.DataFrame, attempt: int, faults: Mapping[str, str]
) -> dict[str, str]:
    """Return the faults after which the next question has a recorded answer.

    A recording may have been made with fewer attempts; the replies before then stay.
    """
    missing: list[Question] = []
    voter.look_up(clips, attempt, faults, missing.append)
    if missing:
        logger.warning(
            "voter %r: question %d about %d clips has no recorded answer; the reply before counts",
            voter.name,
            attempt,
            len(missing),
        )
    without = {question.clip_id for question in missing}
    return {clip: fault for clip, fault in faults.items() if clip not in without}


def _check_tallies(
    tallies: Mapping[str, Tally],
    most_failed_share: float,
    before: Mapping[str, Sequence[Tally]],
    budget: str,
    who: str,
) -> None:
    """Say which questions failed, and raise if a voter cannot go on or failed too often.

    A second question that fails costs the clip nothing: its first reply stays.
    """
    kept = sum(tally.known + tally.answered for tally in tallies.values())
    stopped = [
        f"{who} {name!r}: {tally.stopped}" for name, tally in tallies.items() if tally.stopped
    ]
    for name, tally in tallies.items():
        line = describe_failures(f"{who} {name!r}", tally)
        if line is None or tally.stopped:
            continue
        if not before[name] and fails_too_often(tally, most_failed_share):
            stopped.append(line)
        else:
            logger.warning(line)
    if stopped:
        raise VotersStopped(f"{'; '.join(stopped)}. {kept} answers are kept; run {budget} again")


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
