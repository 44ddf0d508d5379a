"""The voter that face and voice share: it compares what was measured with each label's profile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from libra_emo.schemas import Features, TableError, check
from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy, read_label_data
from libra_emo.voting.ballots import Ballot, cue_votes
from libra_emo.voting.profiles import Values, describe, deviations, read_profiles, shares


class ProfileVoter:
    """Gives a clip the label whose profile its measures fit best, or abstains.

    It abstains when too little was measured, when the best label has too small a share of the
    evidence, and when the next one is too near. Clips are measured against their own film
    (see `profiles.deviations`), so a vote rests on the table that it is asked about.
    """

    def __init__(
        self, name: str, taxonomy: Taxonomy, file: str, folder: Path = EMOTIONS_FOLDER
    ) -> None:
        self.name = name
        self.labels = taxonomy.labels
        self.profiles = read_profiles(read_label_data(file, folder), taxonomy, name, f"{file}.yml")

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return MachineVotes, one row for each clip, sorted by clip_id.

        Raises:
            TableError: If the table lacks a column that the profiles need.
        """
        table = check(features, Features)
        for column in self.profiles.columns:
            if column not in table.columns:
                raise TableError(f"voter {self.name!r}: the features have no column {column!r}")
        measured = deviations(table, self.profiles)
        evidence = shares(measured, self.profiles, self.labels)
        clips = zip(table["clip_id"], measured, evidence, strict=True)
        return cue_votes(self.name, (self._ballot(*clip) for clip in clips))

    def _ballot(self, clip_id: str, measured: Values, evidence: Values) -> Ballot:
        if np.isfinite(measured).mean() < self.profiles.min_measured:
            return Ballot(clip_id, None, "too little could be measured")
        order = np.argsort(-evidence, kind="stable")
        best, next_best = (self.labels[place] for place in order[:2])
        share, lead = evidence[order[0]], evidence[order[0]] - evidence[order[1]]
        if share < self.profiles.min_share:
            return Ballot(clip_id, None, f"nothing clear; {best} comes nearest ({share:.2f})")
        if lead <= self.profiles.min_lead:
            return Ballot(clip_id, None, f"{best} and {next_best} fit alike ({share:.2f})")
        return Ballot(clip_id, best, describe(measured, self.profiles.labels[best], self.profiles))
