"""What student, voters and people said about the labelled clips, as one posterior."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from libra_emo.labelling.machines import MachineVotes as MachineArrays
from libra_emo.labelling.people import neighbour_shares
from libra_emo.labelling.posterior import Posterior, fit_posterior
from libra_emo.labelling.query_strategies import AskingOptions, Candidates, expected_gain
from libra_emo.labelling.votes import Floats, Ints, Votes, encode_votes
from libra_emo.schemas import COUNTED_STATUSES, Posteriors, check
from libra_emo.taxonomy import Taxonomy

DIGITS = 6


class Evidence(NamedTuple):
    """What is known of clips.

    Attributes:
        clips: Their ids, sorted.
        student: The student's probabilities, cross-fitted where it can; uniform where there are
            none.
        voters: Each voter's label by position, -1 for none.
        votes: People's votes by position; of one person's votes for a clip the latest.
        posterior: What follows from all of them.
        judgements: How many people have answered for each clip.
    """

    clips: list[str]
    student: Floats
    voters: Ints
    votes: Votes
    posterior: Posterior
    judgements: Ints

    def candidates(self, labels: Ints, draws: Floats) -> Candidates:
        """Return the clips as a query strategy sees them; each judgement costs the same."""
        return Candidates(
            labels,
            self.student,
            self.votes,
            self.posterior,
            self.judgements,
            np.ones(len(self.clips)),
            draws,
        )


def weigh_evidence(
    clips: Iterable[str],
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    human_votes: pd.DataFrame,
    taxonomy: Taxonomy,
) -> Evidence:
    """Return what is known of clips, with the posterior fitted to people's votes.

    Args:
        clips: Ids of the clips.
        predictions: Predictions of the student; clips without one, and a student that gives no
            probabilities, say nothing.
        machine_votes: MachineVotes of the voters.
        human_votes: HumanVotes that may be learnt from, the latest last.
        taxonomy: The labels and their neighbours.
    """
    ids = sorted(clips)
    student = _read_student(ids, predictions, taxonomy)
    voters = _read_voters(ids, machine_votes, taxonomy)
    own = human_votes[human_votes["clip_id"].isin(ids)]
    own = own.drop_duplicates(["clip_id", "annotator"], keep="last")
    people = sorted(own["annotator"].unique())
    votes = encode_votes(own, ids, people, (*taxonomy.labels, taxonomy.other))
    places = {label: place for place, label in enumerate(taxonomy.labels)}
    near = [[places[name] for name in emotion.neighbours] for emotion in taxonomy.emotions]
    machines = MachineArrays(student, voters, neighbour_shares(near))
    posterior = fit_posterior(machines, votes, len(people))
    judgements = np.bincount(votes.clip, minlength=len(ids)).astype(np.int64)
    return Evidence(ids, student, voters, votes, posterior, judgements)


def tabulate_posterior(
    evidence: Evidence, labels: pd.DataFrame, taxonomy: Taxonomy, asking: AskingOptions
) -> pd.DataFrame:
    """Return Posteriors: how probable each clip's label is, and what one more answer would bring.

    Args:
        evidence: What is known of the clips.
        labels: RoundLabels of the same clips.
        taxonomy: The labels in their order.
        asking: When a clip is closed, so that nobody is asked again.
    """
    places = label_places(evidence.clips, labels, taxonomy)
    candidates = evidence.candidates(places, np.zeros(len(places)))
    # every right label counts the same here
    fixes = expected_gain(candidates, asking.model_copy(update={"class_floor": 0.0}))
    own = np.take_along_axis(evidence.posterior.probabilities, places[:, None], axis=1)[:, 0]
    table = pd.DataFrame(
        {
            "clip_id": pd.Series(evidence.clips, dtype="str"),
            "label": [taxonomy.labels[place] for place in places],
            "probability": own.round(DIGITS),
            "judgements": evidence.judgements,
            "expected_fixes": np.where(np.isfinite(fixes), fixes, 0.0).round(DIGITS),
        }
    )
    return check(table, Posteriors)


def label_places(clips: Sequence[str], labels: pd.DataFrame, taxonomy: Taxonomy) -> Ints:
    """Return the label of each clip by its position in the taxonomy, -1 for none."""
    given = labels.set_index("clip_id")["label"].reindex(list(clips))
    places: Ints = pd.Index(taxonomy.labels).get_indexer(pd.Index(given)).astype(np.int64)
    return places


def _read_student(clips: list[str], predictions: pd.DataFrame, taxonomy: Taxonomy) -> Floats:
    columns = [f"p_{label}" for label in taxonomy.labels]
    uniform = 1 / len(columns)
    if not len(predictions) or any(name not in predictions for name in columns):
        return np.full((len(clips), len(columns)), uniform)
    table = predictions.set_index("clip_id")[columns].reindex(clips)
    shares = table.fillna(uniform).to_numpy(dtype=np.float64)
    scaled: Floats = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    return scaled


def _read_voters(clips: list[str], machine_votes: pd.DataFrame, taxonomy: Taxonomy) -> Ints:
    counted = machine_votes[machine_votes["status"].isin(COUNTED_STATUSES)]
    names = sorted(machine_votes["voter"].unique())
    voters = np.full((len(clips), len(names)), -1, dtype=np.int64)
    for column, name in enumerate(names):
        own = counted[counted["voter"] == name]
        voters[:, column] = label_places(clips, own, taxonomy)
    return voters
