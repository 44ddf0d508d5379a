"""The voters of face and voice: they compare what was measured with each label's profile."""

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

    It abstains if too little was measured, if the best label has too small a share of the evidence,
    or if the next label is too near. Clips are compared with their own film (see
    `profiles.deviations`), so a vote depends on the other clips of the table.
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


class FaceVoter(ProfileVoter):
    """Reads the geometry of the face as action units and compares them with each label's.

    Which units a label shows is written in `emotions/face_cues.yml`, from published
    descriptions of faces.
    """

    def __init__(self, name: str, taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER) -> None:
        super().__init__(name, taxonomy, "face_cues", folder)


class VoiceVoter(ProfileVoter):
    """Compares pitch, loudness, timbre and speed with how each label is said to sound.

    The profiles are in `emotions/voice_cues.yml`, from published reviews of vocal expression.
    """

    def __init__(self, name: str, taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER) -> None:
        super().__init__(name, taxonomy, "voice_cues", folder)
