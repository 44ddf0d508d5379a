"""The labels of a round by the posterior: what student, voters and people say together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from libra_emo.annotation.settlement import Settled
from libra_emo.labelling.certificate import is_decided
from libra_emo.labelling.evidence import Evidence, label_places
from libra_emo.labelling.labels import SETTLED, release_labels
from libra_emo.labelling.query_strategies import class_weights
from libra_emo.labelling.votes import Bools, Floats, Ints, count_answers
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import Dropped, RoundLabels, check
from libra_emo.taxonomy import Taxonomy


class _Given(NamedTuple):
    """How often each answer was given for each clip: arrays (clips, answers)."""

    people: Floats
    machines: Floats


def label_by_posterior(
    before: pd.DataFrame,
    evidence: Evidence,
    posterior_before: pd.DataFrame,
    answered: set[str],
    taxonomy: Taxonomy,
    options: ActiveLearningOptions,
    *,
    round_number: int,
    simulated: bool,
) -> Settled:
    """Return the RoundLabels of a round and its Dropped clips.

    Each clip gets the label of the highest expected weight. A label that people settled stays
    unless somebody has answered since, and so does one instead of which the posterior has a label
    that nobody gave. If somebody has answered and nobody gives the label of before any more, the
    best label that is given replaces it; if none is, the row stays. A clip is dropped where people
    agree that no label fits, by the threshold. Support and votes count people, voters and the
    student.

    Args:
        before: RoundLabels of the round before.
        evidence: What is known of the same clips.
        posterior_before: Posteriors of the round before.
        answered: Clips for which somebody answered in this round.
        taxonomy: The labels.
        options: The threshold, and how much each class counts.
        round_number: The round.
        simulated: Whether the people are simulated.
    """
    clips = evidence.clips
    old = before.set_index("clip_id").reindex(clips)
    previous = label_places(clips, before, taxonomy)
    new_answer = np.asarray(pd.Index(clips).isin(list(answered)))
    shares = evidence.posterior.probabilities
    weights = class_weights(shares, options.asking)
    labels = release_labels(
        shares,
        weights,
        previous,
        _settled(clips, posterior_before),
        new_answer,
    )
    given = _count(evidence)
    all_given = given.people + given.machines
    rows = np.arange(len(clips))
    labels = np.where(all_given[rows, labels] > 0, labels, previous)
    other = len(taxonomy.labels)
    # the previous label may be one that a student gave who says something else now
    best = _best_given(shares * weights, all_given[:, :other])
    labels = np.where((all_given[rows, labels] > 0) | ~new_answer | (best < 0), labels, best)
    leaves = is_decided(given.people, options.threshold) & (given.people.argmax(axis=1) == other)
    changed = ((labels != previous) | new_answer) & (all_given[rows, labels] > 0)
    origin = "simulated" if simulated else "people"
    by_people = np.where(given.people.sum(axis=1) > 0, origin, "machine")
    table = pd.DataFrame(
        {
            "clip_id": pd.Series(clips, dtype="str"),
            "label": [taxonomy.labels[place] for place in labels],
            "origin": np.where(changed, by_people, old["origin"]),
            "support": np.where(changed, all_given[rows, labels], old["support"]).astype(int),
            "votes": np.where(changed, all_given.sum(axis=1), old["votes"]).astype(int),
            "round": np.where(changed, round_number, old["round"]).astype(int),
        }
    )
    gone = table.loc[leaves & new_answer, ["clip_id"]].assign(reason=taxonomy.other)
    kept = table[~(leaves & new_answer)]
    return Settled(check(kept, RoundLabels), check(gone, Dropped))


def label_undecided(
    evidence: Evidence, taxonomy: Taxonomy, options: ActiveLearningOptions, *, simulated: bool
) -> Settled:
    """Return the RoundLabels of the clips that the voters did not decide, and the Dropped ones.

    Each clip gets the label of the highest expected weight among those that somebody gave. A clip
    is dropped where people agree that no label fits, or where nobody gave a label.

    Args:
        evidence: What voters and people say of the clips.
        taxonomy: The labels.
        options: The threshold, and how much each class counts.
        simulated: Whether the people are simulated.
    """
    given = _count(evidence)
    all_given = given.people + given.machines
    shares, other = evidence.posterior.probabilities, len(taxonomy.labels)
    best = _best_given(shares * class_weights(shares, options.asking), all_given[:, :other])
    labels = np.maximum(best, 0)
    leaves = is_decided(given.people, options.threshold) & (given.people.argmax(axis=1) == other)
    leaves |= best < 0
    origin = "simulated" if simulated else "people"
    table = pd.DataFrame(
        {
            "clip_id": pd.Series(evidence.clips, dtype="str"),
            "label": pd.Series([taxonomy.labels[place] for place in labels], dtype="str"),
            "origin": np.where(given.people.sum(axis=1) > 0, origin, "machine"),
            "support": all_given[np.arange(len(labels)), labels].astype(int),
            "votes": all_given.sum(axis=1).astype(int),
            "round": 0,
        }
    )
    gone = table.loc[leaves, ["clip_id"]].assign(reason=taxonomy.other)
    return Settled(check(table[~leaves], RoundLabels), check(gone, Dropped))


def _best_given(weights: Floats, given: Floats) -> Ints:
    """Return the place of the best label among those that were given; -1 where none was."""
    best: Ints = np.where(given > 0, weights, -1.0).argmax(axis=1)
    return np.where(given.sum(axis=1) > 0, best, -1)


def _settled(clips: list[str], posterior: pd.DataFrame) -> Bools:
    known = posterior.set_index("clip_id").reindex(clips)
    settled = (known["judgements"] >= 2) & (known["probability"] >= SETTLED)
    return settled.to_numpy(dtype=bool)


def _count(evidence: Evidence) -> _Given:
    shape = evidence.student.shape[0], evidence.student.shape[1] + 1
    people = count_answers(evidence.votes, *shape)
    machines = np.zeros(shape)
    rows = np.arange(shape[0])
    for column in range(evidence.voters.shape[1]):
        _add(machines, rows, evidence.voters[:, column])
    informed = np.ptp(evidence.student, axis=1) > 0
    _add(machines, rows, np.where(informed, evidence.student.argmax(axis=1), -1))
    return _Given(people, machines)


def _add(counts: Floats, rows: Ints, answers: Ints) -> None:
    given = answers >= 0
    counts[rows[given], answers[given]] += 1
