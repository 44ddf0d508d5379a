"""The voter that listens to the voice."""

from __future__ import annotations

from pathlib import Path

from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy
from libra_emo.voting.profile_voter import ProfileVoter


class VoiceVoter(ProfileVoter):
    """Compares pitch, loudness, timbre and pace with how each label is said to sound.

    The profiles are in `emotions/voice_cues.yml`, from published reviews of vocal expression.
    """

    def __init__(self, name: str, taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER) -> None:
        super().__init__(name, taxonomy, "voice_cues", folder)
