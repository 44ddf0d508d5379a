"""A copy of this project with everything that its evaluation reads, made from a small world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from libra_emo.datasets import CsvTableDataset, StudentDataset, TableDataset
from libra_emo.evaluation.report_card import compare_errors, score_voters
from libra_emo.media.shards import ClipData, ShardWriter
from libra_emo.schemas import Explanations, Sources, check
from libra_emo.students import ClassicalOptions, ClassicalStudent
from libra_emo.taxonomy import read_taxonomy
from support.ballots import ballots
from support.loop_decisions import make_decisions
from support.small_world import SmallWorld, make_world
from support.whole_project import copy_project

SOURCE = {"video_path": "a.mp4", "language": "en", "duration_s": 45.0, "sha256": "0" * 64}


def make_project(folder: Path) -> tuple[Path, SmallWorld]:
    """Return a project whose loop is done, and the world that it was made from.

    The words of a clip name it: `words of film4-000`.
    """
    project, world = copy_project(folder, "max_rounds: 1\n"), make_world()
    features = world.features.assign(subtitle="words of " + world.features["clip_id"])
    student = ClassicalStudent(read_taxonomy(), ClassicalOptions(folds=0, forest_trees=5))
    student.fit(features, world.rounds[1], 7, "VAT")
    StudentDataset(filepath=str(project / "data/06_models/final")).save(student)
    for place, table in _tables(world, features).items():
        TableDataset(filepath=str(project / f"data/{place}.parquet")).save(table)
    _write_reports(project / "data/08_reporting", world)
    _write_shards(project / "data/03_primary/shards", features)
    return project, world


def _tables(world: SmallWorld, features: pd.DataFrame) -> dict[str, pd.DataFrame]:
    films = world.features["source_id"].unique()
    sources = pd.DataFrame({"source_id": films, "theme": "drama", **SOURCE})
    shards = features["source_id"] + ".tar"
    empty = [name for name in Sources.to_schema().columns if name not in sources]
    labels = world.rounds[1]
    texts = labels[["clip_id", "label"]].assign(explanation="Sad.", writer="cues", status="ok")
    folder = "05_model_input"
    return {
        "01_raw/sample_truth": world.sample_truth,
        "02_intermediate/sources": check(sources.assign(**dict.fromkeys(empty)), Sources),
        "02_intermediate/clip_ledger": world.clip_ledger,
        "03_primary/candidates": world.candidates,
        "03_primary/bench_sample": world.bench_sample,
        "03_primary/pool": world.pool,
        "03_primary/shards/index": features[["clip_id"]].assign(shard=shards),
        "04_feature/features": features,
        "04_feature/human_votes": ballots("bench", **_votes(world)),
        "04_feature/machine_votes": world.machine_votes,
        f"{folder}/bench_labels": world.bench_labels,
        f"{folder}/explanations": check(texts, Explanations),
        f"{folder}/training_labels": labels,
        f"{folder}/labels/final": labels,
        **{f"{folder}/labels/round_{n}": table for n, table in enumerate(world.rounds)},
    }


def _votes(world: SmallWorld) -> dict[str, str]:
    rows = world.bench_labels[["clip_id", "label"]].to_dict("records")
    return {row["clip_id"]: f"{row['label']} {row['label']} happy" for row in rows}


def _write_reports(folder: Path, world: SmallWorld) -> None:
    votes = world.machine_votes.merge(
        world.bench_labels[["clip_id", "label"]].rename(columns={"label": "truth"}), on="clip_id"
    )
    votes = votes.merge(world.features[["clip_id", "source_id"]], on="clip_id")
    votes = votes.rename(columns={"label": "predicted"})
    votes = pd.concat([votes, votes[votes["voter"] == "text"].assign(voter="vote")])
    taxonomy = read_taxonomy()
    tables = {
        "rounds": world.round_history,
        "decisions": make_decisions(),
        "voters/scores": score_voters(votes, "vote", taxonomy, 1, 100),
        "voters/pairs": compare_errors(votes, "vote", taxonomy),
    }
    for name, table in tables.items():
        CsvTableDataset(filepath=str(folder / f"{name}.csv")).save(table)
    for name in ("footage", "voters/errors_alike", "voters/recall"):
        (folder / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\nIEND\xaeB`\x82")


def _write_shards(folder: Path, features: pd.DataFrame) -> None:
    frame = np.full((32, 32, 3), 90, dtype=np.uint8)
    for film, clips in features.groupby("source_id"):
        with ShardWriter(folder, str(film)) as shard:
            for clip in clips["clip_id"]:
                shard.add(ClipData(clip, [frame], [0.0], np.zeros(1600, np.float32), 16_000))
