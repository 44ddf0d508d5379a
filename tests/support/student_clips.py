"""Small tables of clips whose features follow their labels, for whatever learns from them."""

import numpy as np
import pandas as pd

MEASURED = ["face_brows", "face_mouth", "text_marks", "voice_pitch"]


def make_clips(kinds=("sad", "angry", "happy"), films=6, clips=9, spread=0.7, seed=0):
    """Seeded gaussians per class in face and voice, a word of its own per class."""
    rng = np.random.default_rng(seed)
    rows = []
    for film in range(films):
        for number in range(clips):
            kind = (film + number) % len(kinds)
            rows.append(
                {
                    "clip_id": f"film{film}-{number:03d}",
                    "source_id": f"film{film}",
                    "language": "en",
                    "subtitle": f"{kinds[kind]}ish words number {rng.integers(100)}",
                    "text_marks": float(kind == 0) + rng.normal(0, spread),
                    "face_mouth": float(kind) + rng.normal(0, spread),
                    "face_brows": float(kind == 1) + rng.normal(0, spread),
                    "voice_pitch": -float(kind) + rng.normal(0, spread),
                    "label": kinds[kind],
                }
            )
    table = pd.DataFrame(rows)
    labels = table[["clip_id", "label"]].assign(origin="machine", support=2, votes=3, round=0)
    return table.drop(columns="label"), labels
