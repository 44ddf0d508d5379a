"""Steps of `scale.py` about cue voters and cue explanations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scale_tables import LABELS, TAXONOMY, draw_answers, name_clips

from libra_emo.explanations.cues import Phrases
from libra_emo.taxonomy import read_label_data
from libra_emo.voting.profile_voter import FaceVoter, VoiceVoter
from libra_emo.voting.text_voter import TextVoter

Step = Callable[[], Any]


def make_features(clips: int) -> pd.DataFrame:
    """Return Features whose subtitles, made of words and cues, are all different."""
    draw = np.random.default_rng(5)
    lines = read_label_data("spoken_lines")
    words = sorted({word for text in _texts(lines) for word in text.split()})
    chosen = draw.choice(words, (clips, 8))
    table = name_clips(clips)[["clip_id", "source_id"]]
    voters = [voter(voter.__name__, TAXONOMY) for voter in (FaceVoter, VoiceVoter)]
    columns = {name for voter in voters for name in voter.profiles.columns}
    columns |= {*Phrases().columns, *Phrases().present}
    values = {name: draw.normal(10, 2, clips).round(3) for name in sorted(columns)}
    subtitles = [" ".join(row) + f" {number}." for number, row in enumerate(chosen)]
    return table.assign(language=None, subtitle=subtitles, text_words=9.0, **values)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)]


def vote_by_text(clips: int, folder: Path) -> Step:
    """Let the text voter read each subtitle."""
    features, voter = make_features(clips), TextVoter("text", TAXONOMY)
    return lambda: voter.vote(features)


def vote_by_face(clips: int, folder: Path) -> Step:
    """Let the face voter compare each clip with its film."""
    features, voter = make_features(clips), FaceVoter("face", TAXONOMY)
    return lambda: voter.vote(features)


def vote_by_voice(clips: int, folder: Path) -> Step:
    """Let the voice voter compare each clip with its speaker."""
    features, voter = make_features(clips), VoiceVoter("voice", TAXONOMY)
    return lambda: voter.vote(features)


def explain(clips: int, folder: Path) -> Step:
    """Compose and check a text for each clip."""
    from libra_emo.explanations.cue_writer import write_explanations
    from libra_emo.explanations.options import ExplanationOptions

    features = make_features(clips)
    labels = features[["clip_id"]].assign(
        label=LABELS[draw_answers(clips, 6)], origin="machine", support=2, votes=3, round=0
    )
    return lambda: write_explanations(labels, features, TAXONOMY, ExplanationOptions())
