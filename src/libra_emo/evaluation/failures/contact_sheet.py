"""A local page with frames and words of the hard clips."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from libra_emo.evaluation.failures.hard_clips import AGREE_AGAINST, ALL_WRONG, fullest_answers
from libra_emo.evaluation.tables import find_headline
from libra_emo.evaluation.templates import open_templates
from libra_emo.media.shards import ClipData, ShardReader

TEMPLATE = Path(__file__).parent / "failures.html.j2"
CLIPS = 60  # that the page shows of each kind; the table has all
FRAMES, WIDTH = 4, 160
PAIRS = 20


def render_failures(
    pairs: pd.DataFrame,
    hard_clips: pd.DataFrame,
    slices: pd.DataFrame,
    bench_predictions: pd.DataFrame,
    candidates: pd.DataFrame,
    clip_shards: ShardReader,
) -> str:
    """Return the page of failures as HTML with its pictures inside.

    The page shows faces and words of films, so it stays on this machine and is not sent to MLflow.

    Args:
        pairs: Table of `rank_pairs`.
        hard_clips: Table of `find_hard_clips`.
        slices: Table of `score_slices`.
        bench_predictions: BenchPredictions.
        candidates: Candidates, for the words.
        clip_shards: Frames.
    """
    answers = fullest_answers(bench_predictions)
    words = candidates.set_index("clip_id")["subtitle"]
    sheets = {
        kind: [
            _show(row, answers, words, clip_shards)
            for row in hard_clips[hard_clips[kind]].head(CLIPS).to_dict("records")
        ]
        for kind in (AGREE_AGAINST, ALL_WRONG)
    }
    headline = find_headline(bench_predictions)
    of_headline = pairs[(pairs["model"] == headline[0]) & (pairs["modalities"] == headline[1])]
    return (
        open_templates(TEMPLATE.parent)
        .get_template(TEMPLATE.name)
        .render(
            headline=headline,
            pairs=of_headline.head(PAIRS).to_dict("records"),
            slices=_group_slices(slices),
            models=list(dict.fromkeys(answers["model"])),
            sheets=sheets,
            totals={kind: int(hard_clips[kind].sum()) for kind in sheets},
            shown=CLIPS,
        )
    )


def _group_slices(slices: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one row for each part of the bench, with the scores of every model."""
    return [
        {
            "slice": name,
            "value": value,
            "clips": int(rows["clips"].iloc[0]),
            "films": int(rows["films"].iloc[0]),
            "scores": {row["model"]: row for row in rows.to_dict("records")},
        }
        for (name, value), rows in slices.groupby(["slice", "value"], sort=False)
    ]


def _show(
    row: dict[Any, Any], answers: pd.DataFrame, words: pd.Series, clip_shards: ShardReader
) -> dict[str, Any]:
    clip_id = row["clip_id"]
    given = answers[answers["clip_id"] == clip_id]
    said = dict(zip(given["model"], given["predicted"].fillna("unreadable"), strict=True))
    pictures = draw_frames(clip_shards.clip(clip_id))
    return {**row, "words": words.get(clip_id, ""), "answers": said, "pictures": pictures}


def draw_frames(clip: ClipData) -> list[str]:
    """Return a few frames of a clip as small JPEG pictures in base64."""
    if not clip.frames:
        return []
    places = np.unique(np.linspace(0, len(clip.frames) - 1, FRAMES).round().astype(int))
    return [_to_base64(clip.frames[place]) for place in places]


def _to_base64(frame: NDArray[np.uint8]) -> str:
    from PIL import Image

    picture = Image.fromarray(frame)
    height = max(1, round(picture.height * WIDTH / picture.width))
    content = io.BytesIO()
    picture.resize((WIDTH, height)).save(content, "JPEG", quality=70)
    return base64.b64encode(content.getvalue()).decode("ascii")
