"""The voter that reads the face."""

from __future__ import annotations

from pathlib import Path

from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy
from libra_emo.voting.profile_voter import ProfileVoter


class FaceVoter(ProfileVoter):
    """Reads the face's geometry as action units and compares them with each label's.

    Which units a label shows is written in `emotions/face_cues.yml`, from published
    descriptions of faces.
    """

    def __init__(self, name: str, taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER) -> None:
        super().__init__(name, taxonomy, "face_cues", folder)
