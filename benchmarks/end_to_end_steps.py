"""The steps of `end_to_end.py`: each reads the tables of earlier ones and writes its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from end_to_end_rounds import advance, start
from scale_tables import LABELS, TAXONOMY, name_clips

from libra_emo.simulation.population import class_mix
from libra_emo.voting.options import VotingOptions

CHUNK = 50_000
VOTERS = {"voter_a": 0.8, "voter_b": 0.7, "voter_c": 0.65}  # name: share of right answers
MODELS = {"student": 0.75, "peer_a": 0.7, "peer_b": 0.6}
BENCH_SHARE = 100  # one film in so many is on the bench
VOTING = VotingOptions.model_validate(
    {"voters": [{"name": name, "kind": "cue", "cue": "text"} for name in VOTERS]}
)
Found = dict[str, Any]


def fabricate(clips: int, folder: Path, own: Path) -> Found:
    """Write Candidates and SampleTruth of clips, each a scene of its own."""
    table = name_clips(clips)
    drawn = np.random.default_rng(3).choice(LABELS, clips, p=class_mix(TAXONOMY))
    truth = table.drop(columns="clip_id").assign(label=drawn)
    words = np.array(["I never knew.", "Go away!", "What a day.", "Are you sure?"])
    candidates = table.assign(
        duration_s=table["end_s"] - table["start_s"],
        subtitle=words[np.arange(clips) % len(words)],
        language="en",
        frames_sampled=15,
        frames_with_face=15,
        face_ratio=1.0,
        clip_path="clips/" + table["clip_id"] + ".mp4",
    )
    candidates.to_parquet(own / "candidates.parquet")
    truth.to_parquet(own / "truth.parquet")
    bench = table["source_id"].str[4:].astype(int) % BENCH_SHARE == 0
    candidates[~bench].to_parquet(own / "pool.parquet")
    candidates[bench].to_parquet(own / "bench.parquet")
    return {"pool": int((~bench).sum()), "bench": int(bench.sum())}


def record(clips: int, folder: Path, own: Path) -> Found:
    """Record a reply of each voter about each clip in a ledger, batch by batch."""
    from libra_emo.llm.ledger.answers import RecordedAnswer
    from libra_emo.llm.ledger.ledger import Ledger

    truth = pd.read_parquet(folder / "fabricate" / "truth.parquet")["label"].to_numpy()
    count = 0
    with Ledger(own / "answers.sqlite") as ledger:
        for voter, keys, rows in _questions(clips):
            draw = np.random.default_rng([7, voter, rows.start])
            right = draw.random(len(keys)) < list(VOTERS.values())[voter]
            labels = np.where(
                right, truth[rows], LABELS[draw.integers(len(LABELS), size=len(keys))]
            )
            count += ledger.add(
                RecordedAnswer(key, "{}", "answered", f"{label};It shows in the face.", "stop")
                for key, label in zip(keys, labels, strict=True)
            )
    return {"answers": count}


def vote(clips: int, folder: Path, own: Path) -> Found:
    """Read the replies from the ledger, and label the pool by majority."""
    from libra_emo.llm.ledger.ledger import Ledger
    from libra_emo.llm.replies.lexicon import Lexicon
    from libra_emo.llm.replies.reader import ReplyReader
    from libra_emo.pipelines.voting.nodes import label_by_majority

    reader = ReplyReader(Lexicon(TAXONOMY, TAXONOMY.labels))
    ids = pd.read_parquet(folder / "fabricate" / "candidates.parquet", columns=["clip_id"])
    names, parts = list(VOTERS), []
    with Ledger(folder / "record" / "answers.sqlite") as ledger:
        for voter, keys, rows in _questions(clips):
            found = ledger.find(keys)
            replies = [reader.read(found[key].reply, found[key].finish) for key in keys]
            part = ids.iloc[rows].assign(voter=names[voter])
            part["label"] = [reply.label for reply in replies]
            part["explanation"] = [reply.explanation for reply in replies]
            part["status"] = [reply.status for reply in replies]
            parts.append(part)
    votes = pd.concat(parts, ignore_index=True).assign(reply=None, cost_usd=0.0, seconds=0.0)
    for column in ("prompt_tokens", "completion_tokens"):
        votes[column] = pd.array([pd.NA] * len(votes), dtype="Int64")
    votes["reply"] = votes["reply"].astype("str")
    votes.to_parquet(own / "machine_votes.parquet")
    pool = pd.read_parquet(folder / "fabricate" / "pool.parquet")
    majority, queue = label_by_majority(votes, pool, TAXONOMY, VOTING)
    majority.to_parquet(own / "majority.parquet")
    queue.to_parquet(own / "queue.parquet")
    return {"votes": len(votes), "labelled": len(majority), "undecided": len(queue)}


def _questions(clips: int) -> Iterator[tuple[int, list[str], slice]]:
    """Yield voter, keys of its questions, and their clips' rows, chunk by chunk."""
    for voter in range(len(VOTERS)):
        for begin in range(0, clips, CHUNK):
            rows = slice(begin, min(begin + CHUNK, clips))
            yield voter, [f"{voter:02x}{n:062x}" for n in range(rows.start, rows.stop)], rows


def round_0(clips: int, folder: Path, own: Path) -> Found:
    """Ask about the clips that the voters did not decide, and weigh the labels."""
    return start(folder, own, VOTING)


def round_1(clips: int, folder: Path, own: Path) -> Found:
    """Run the first round after the vote."""
    return advance(1, folder, own)


def round_2(clips: int, folder: Path, own: Path) -> Found:
    """Run the second round."""
    return advance(2, folder, own)


def evaluate(clips: int, folder: Path, own: Path) -> Found:
    """Score three models on the bench, with intervals, and keep their predictions."""
    from libra_emo.common.files import write_json
    from libra_emo.evaluation.intervals import score_with_intervals

    bench = pd.read_parquet(folder / "fabricate" / "bench.parquet")
    scenes = pd.read_parquet(folder / "fabricate" / "truth.parquet")
    truth = bench.merge(scenes, on=["source_id", "start_s", "end_s"])["label"].to_numpy()
    draw, scores, parts = np.random.default_rng(9), {}, []
    for name, share in MODELS.items():
        wrong = LABELS[draw.integers(len(LABELS), size=len(truth))]
        predicted = np.where(draw.random(len(truth)) < share, truth, wrong)
        scores[name] = score_with_intervals(truth, predicted, bench["source_id"], TAXONOMY)
        part = bench[["clip_id"]].assign(model=name, modalities="VAT", truth=truth)
        parts.append(part.assign(predicted=predicted))
    write_json(own / "scores.json", scores)
    pd.concat(parts, ignore_index=True).to_parquet(own / "bench_predictions.parquet")
    return {"bench_clips": len(bench), "accuracy": round(scores["student"]["accuracy"], 4)}


def release(clips: int, folder: Path, own: Path) -> Found:
    """Build the release."""
    from end_to_end_release import build

    return build(folder, own)


def check_release(clips: int, folder: Path, own: Path) -> Found:
    """Check the release."""
    from libra_emo.publication.checking.check import check_release as check
    from libra_emo.publication.checking.traces import Traces

    return {"faults": len(check(folder / "release" / "release", Traces(names=())))}


STEPS: dict[str, Callable[[int, Path, Path], Found]] = {
    function.__name__: function
    for function in (
        *(fabricate, record, vote, round_0, round_1, round_2),
        *(evaluate, release, check_release),
    )
}
