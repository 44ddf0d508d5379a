"""Which classifier suits the classical student? Film-grouped cross-validation on the pool.

For each seed the loop runs in memory on the clips that `make run` has made (another bench, other
errors of the simulated annotators); the labels of its round 0 and of its last round are two label
sets. Every candidate learns each set five times, each time without a fifth of the films, split
anew for each seed, and is measured on these. The bench is never looked at.

Printed: accuracy and macro F1 against the pool's labels; negative log-likelihood with one
temperature, that of the other films; seconds of CPU a training; and the difference in
accuracy and macro F1 from the first version, with its 95 % interval over the seeds. The seeds share
one sample of films, so the interval speaks of labels and films left out, not of other films.

    .venv/bin/python benchmarks/classical_student.py [--seeds 5] [--rounds 2] [--only NAME]
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from active_learning import read_made, run_loop
from candidates import FIRST_VERSION, Learner, make_candidates
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from scipy.stats import t as student_t
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from libra_emo.students.calibration import calibrate, log_scores_of
from libra_emo.students.folds import assign_folds

ROOT = Path(__file__).parents[1]
FOLDS = 5
METRICS = ("accuracy", "macro_f1")


def main() -> None:
    """Make the label sets, measure every candidate on each, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument(
        "--only", action="append", default=[], help="candidates with this in their name; repeat it"
    )
    chosen = options.parse_args()
    bootstrap_project(ROOT)
    logging.disable(logging.WARNING)
    with KedroSession.create(ROOT) as session:
        context = session.load_context()
        tables = read_made(context.catalog)
        rows = []
        for number in range(chosen.seeds):
            parameters = {**context.params, "max_rounds": chosen.rounds}
            parameters["seed"] = int(parameters["seed"]) + number
            loop = run_loop(tables, context.catalog, parameters)
            sets = [loop.load("round_0.labels"), loop.load("labels")]
            rows += list(_measure_all(tables, sets, parameters["seed"], chosen.only))
    _print_table(pd.DataFrame(rows))


def _measure_all(
    tables: dict[str, Any], label_sets: list[pd.DataFrame], seed: int, only: list[str]
) -> Iterator[dict[str, Any]]:
    features, taxonomy = tables["features"], tables["taxonomy"]
    for name, make in make_candidates(features, taxonomy, seed).items():
        if only and name != FIRST_VERSION and not any(part in name for part in only):
            continue
        for labels in label_sets:
            clips = features.merge(labels[["clip_id", "label"]], on="clip_id")
            clips = clips.sort_values("clip_id", ignore_index=True)
            yield {"name": name, "seed": seed, **_measure(make, clips, taxonomy.labels, seed)}


def _measure(
    make: Callable[[], Learner], clips: pd.DataFrame, labels: tuple[str, ...], seed: int
) -> dict[str, float]:
    fold = _split_films(clips["source_id"], seed)
    found = np.zeros((len(clips), len(labels)))
    start = time.process_time()
    with threadpool_limits(1):
        for number in range(FOLDS):
            own = (fold == number).to_numpy()
            learner = make()
            learner.fit(clips[~own], clips.loc[~own, "label"].tolist())
            found[own] = learner.probabilities(clips[own], labels)
    seconds = (time.process_time() - start) / FOLDS
    truth = np.array([labels.index(label) for label in clips["label"]])
    first = found.argmax(axis=1)
    tempered = calibrate(log_scores_of(found), truth.tolist(), clips["source_id"].tolist()).after
    assert tempered is not None
    every = range(len(labels))
    return {
        "accuracy": float((first == truth).mean()),
        "macro_f1": float(f1_score(truth, first, labels=every, average="macro", zero_division=0)),
        "nll": tempered.nll,
        "seconds": seconds,
    }


def _split_films(films: pd.Series, seed: int) -> pd.Series:
    names = sorted(films.unique())
    order = np.random.default_rng(seed).permutation(len(names))
    shuffled = films.map({name: f"{order[k]:06d}" for k, name in enumerate(names)})
    return shuffled.map(assign_folds(shuffled, FOLDS))


def _print_table(rows: pd.DataFrame) -> None:
    by_seed = rows.groupby(["name", "seed"], sort=False).mean()
    seeds = rows["seed"].nunique()
    print(f"\n{seeds} seeds, {len(rows) // rows['name'].nunique()} label sets; simulated people.\n")
    print("| candidate | accuracy | difference | macro F1 | difference | NLL | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in rows["name"].unique():
        own = by_seed.loc[name]
        gains = [f"{100 * own[m].mean():.1f} | {_gain(by_seed, name, m)}" for m in METRICS]
        rest = f"{own['nll'].mean():.3f} | {own['seconds'].mean():.2f}"
        print(f"| {name} | {' | '.join(gains)} | {rest} |")


def _gain(by_seed: pd.DataFrame, name: str, metric: str) -> str:
    if name == FIRST_VERSION:
        return ""
    gain = 100 * (by_seed.loc[name, metric] - by_seed.loc[FIRST_VERSION, metric])
    half = student_t.ppf(0.975, len(gain) - 1) * gain.std(ddof=1) / len(gain) ** 0.5
    return f"{gain.mean():+.1f} ± {half:.1f}"


if __name__ == "__main__":
    main()
