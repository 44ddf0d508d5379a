"""Tables as large as one likes, made up in columns, for the steps of `scale.py`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from libra_emo.taxonomy import read_taxonomy

CLIPS_A_FILM = 160  # as in the paper: 62,267 clips of 385 films
SCENE_S = 5.0
VOTERS = 3
PEOPLE = 50
PEOPLE_A_CLIP = 4
TAXONOMY = read_taxonomy()
LABELS = np.array(TAXONOMY.labels)


def name_clips(count: int) -> pd.DataFrame:
    """Return clip_id, source_id, start_s and end_s of clips, which tile their films."""
    numbers = np.arange(count)
    films = [f"film{number:06d}" for number in range(count // CLIPS_A_FILM + 1)]
    film = pd.Series(films, dtype="str").take(numbers // CLIPS_A_FILM).reset_index(drop=True)
    start = numbers % CLIPS_A_FILM * SCENE_S
    times = pd.Series([f"_{int(second * 1000):09d}" for second in start], dtype="str")
    return pd.DataFrame(
        {"clip_id": film + times, "source_id": film, "start_s": start, "end_s": start + SCENE_S}
    )


def draw_answers(count: int, seed: int = 0) -> np.ndarray:
    """Return places of labels, some of them more frequent than others."""
    draw = np.random.default_rng(seed)
    return np.minimum(draw.geometric(0.25, count) - 1, len(LABELS) - 1)


def make_machine_votes(clips: pd.DataFrame) -> pd.DataFrame:
    """Return MachineVotes of three voters, with repeating columns as categories."""
    count = len(clips)
    draw = np.random.default_rng(1)
    names = [f"voter {number}" for number in range(VOTERS)]
    statuses = draw.choice(3, VOTERS * count, p=[0.9, 0.05, 0.05])
    answers = np.where(statuses == 2, -1, draw_answers(VOTERS * count))
    ids = pd.CategoricalDtype(clips["clip_id"])
    codes = np.tile(np.arange(count), VOTERS)
    return pd.DataFrame(
        {
            "clip_id": pd.Categorical.from_codes(codes, dtype=ids),
            "voter": pd.Categorical.from_codes(np.repeat(np.arange(VOTERS), count), names),
            "label": pd.Categorical.from_codes(answers, LABELS),
            "explanation": pd.Series([None] * VOTERS * count, dtype="str"),
            "status": pd.Categorical.from_codes(statuses, ["ok", "repaired", "refused"]),
            "reply": pd.Series([None] * VOTERS * count, dtype="str"),
            "prompt_tokens": pd.array([pd.NA] * VOTERS * count, dtype="Int64"),
            "completion_tokens": pd.array([pd.NA] * VOTERS * count, dtype="Int64"),
            "cost_usd": np.zeros(VOTERS * count),
            "seconds": np.zeros(VOTERS * count),
        }
    )


def make_human_votes(clips: pd.DataFrame, campaign: str) -> pd.DataFrame:
    """Return HumanVotes of four of fifty people on each clip."""
    count = len(clips) * PEOPLE_A_CLIP
    numbers = np.arange(count)
    people = np.array([f"person {number}" for number in range(PEOPLE)])
    return pd.DataFrame(
        {
            "campaign": pd.Series([campaign], dtype="str").take(np.zeros(count, int)).array,
            "clip_id": clips["clip_id"].take(numbers // PEOPLE_A_CLIP).array,
            "annotator": people[(numbers % PEOPLE_A_CLIP + numbers // PEOPLE_A_CLIP * 7) % PEOPLE],
            "label": LABELS[draw_answers(count, 2)],
            "voted_at": "2026-01-01T00:00:00+00:00",
        }
    ).astype("str")


def make_ledger(clips: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return Sources, ClipLedger and the kept clips; two of three scenes are kept."""
    lengths = clips.groupby("source_id")["end_s"].max()
    sources = pd.DataFrame(
        {
            "source_id": lengths.index.astype("str"),
            "duration_s": lengths.to_numpy(),
            "language": "en",
            "theme": "drama",
            "sha256": [f"{number:064x}" for number in range(len(lengths))],
        }
    )
    kept = np.arange(len(clips)) % 3 > 0
    ledger = clips.assign(outcome=np.where(kept, "kept", "no_face"))
    ledger["clip_id"] = ledger["clip_id"].where(kept)
    return sources, ledger, clips[kept].reset_index(drop=True)
