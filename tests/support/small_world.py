"""A small finished run as tables: pool and bench films, votes, rounds of labels, truth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from libra_emo.schemas import (
    Candidates,
    ClipLedger,
    Features,
    MachineVotes,
    RoundLabels,
    SampleTruth,
    check,
)
from support.student_clips import make_clips

KINDS = ("sad", "angry", "happy")
BENCH_FILMS = ("film4", "film5")


@dataclass(frozen=True)
class SmallWorld:
    """The tables by their catalog names."""

    features: pd.DataFrame
    candidates: pd.DataFrame
    pool: pd.DataFrame
    bench_sample: pd.DataFrame
    clip_ledger: pd.DataFrame
    sample_truth: pd.DataFrame
    bench_labels: pd.DataFrame
    rounds: tuple[pd.DataFrame, ...]
    machine_votes: pd.DataFrame
    round_history: pd.DataFrame


def make_world(seed=0):
    """Six films of nine clips, two of them the bench; labels of round 1 are better than before."""
    rng = np.random.default_rng(seed)
    features, truth = make_clips(KINDS, films=6, clips=9, seed=seed)
    features = check(features, Features)
    number = features["clip_id"].str[-3:].astype(int)
    candidates = pd.DataFrame(
        {
            "clip_id": features["clip_id"],
            "source_id": features["source_id"],
            "start_s": number * 5.0,
            "end_s": number * 5.0 + 5.0,
            "duration_s": 5.0,
            "subtitle": features["subtitle"],
            "language": "en",
            "frames_sampled": 15,
            "frames_with_face": 15,
            "face_ratio": 1.0,
            "clip_path": features["clip_id"] + ".mp4",
        }
    )
    candidates = check(candidates, Candidates)
    in_bench = candidates["source_id"].isin(BENCH_FILMS)
    ledger = candidates[["source_id", "start_s", "end_s", "clip_id"]].assign(
        outcome="kept", detail=None
    )
    short = {"source_id": "film0", "start_s": 90.0, "end_s": 91.0, "outcome": "too_short"}
    ledger = pd.concat([ledger, pd.DataFrame([short])], ignore_index=True)
    scenes = candidates[["source_id", "start_s", "end_s"]].assign(label=truth["label"])
    bench_labels = truth[in_bench].assign(origin="simulated", votes=8, support=5)
    pool_truth = truth[~in_bench]
    rounds = tuple(
        check(_spoil(pool_truth, share, rng).assign(round=k), RoundLabels)
        for k, share in enumerate((0.4, 0.1))
    )
    return SmallWorld(
        features=features,
        candidates=candidates,
        pool=candidates[~in_bench].reset_index(drop=True),
        bench_sample=candidates[in_bench].reset_index(drop=True),
        clip_ledger=check(ledger, ClipLedger),
        sample_truth=check(scenes, SampleTruth),
        bench_labels=check(bench_labels, RoundLabels),
        rounds=rounds,
        machine_votes=_votes(truth, rng),
        round_history=_history(),
    )


def _spoil(labels, share, rng):
    wrong = rng.random(len(labels)) < share
    others = [KINDS[(KINDS.index(label) + 1) % len(KINDS)] for label in labels["label"]]
    return labels.assign(label=np.where(wrong, others, labels["label"]))


def _votes(truth, rng):
    tables = []
    for voter in ("text", "face", "voice"):
        votes = _spoil(truth, 0.4, rng)[["clip_id", "label"]].assign(voter=voter, status="ok")
        silent = rng.random(len(votes)) < 0.1
        votes.loc[silent, ["label", "status"]] = [None, "abstained"]
        tables.append(votes)
    votes = pd.concat(tables, ignore_index=True).sort_values(["clip_id", "voter"])
    empty = ("explanation", "reply", "prompt_tokens", "completion_tokens", "cost_usd", "seconds")
    return check(votes.assign(**dict.fromkeys(empty)), MachineVotes)


def _history():
    table = pd.DataFrame(
        {
            "round": [0, 1],
            "input": 36,
            "sampled": [8, 12],
            "dropped": 0,
            "changed": pd.array([None, 10], dtype="Int64"),
            "output": 36,
            "passed_through": False,
        }
    )
    for name in ("accuracy", "macro_f1", "weighted_f1"):
        for prefix in ("", "negative_"):
            table[f"{prefix}{name}"] = [0.5, 0.6]
            table[f"{prefix}{name}_low"] = [0.4, 0.5]
            table[f"{prefix}{name}_high"] = [0.6, 0.7]
    table["temperature"], table["calibration_clips"] = [np.nan, 1.25], [0, 60]
    for name in ("ece", "brier", "nll"):
        table[f"{name}_before"], table[f"{name}_after"] = [np.nan, 0.75], [np.nan, 0.5]
    return table
