"""Measures what the rounds gain: ten seeds, paired tests, printed as a table.

Each seed draws another bench, other errors of the simulated annotators, and trains another
student, on the clips that `make run` has made (with `--draw`, another sample of films is drawn
and cut for each seed, which takes some minutes each). Two things are compared for each seed: the
labels with the sample's truth, and the student on the bench and on every clip of the bench's films
(with the truth). Both are taken in round 0 and in the last round; the student also when it is
trained on the truth of the same clips, which is the upper bound of any loop. The test is a
two-sided Wilcoxon signed-rank test over the seeds.

With `--paper` the loop is the paper's: four people wherever prediction and label differ, and the
bench judges the student. With `--teach` it measures instead what helps a student at equal human
cost, see `teaching.py`.

    .venv/bin/python benchmarks/active_learning.py [--seeds 10] [--draw] [--paper] [--json FILE]
    .venv/bin/python benchmarks/active_learning.py --teach [--seeds 10] [--json FILE]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from scipy.stats import t as student_t
from scipy.stats import wilcoxon
from teaching import teach_sample, teach_world

from libra_emo.annotation.simulated import match_truth
from libra_emo.common.files import write_json
from libra_emo.evaluation.metrics import score
from libra_emo.leakage.search import COLUMNS
from libra_emo.pipelines import active_learning, bench, preprocessing, voting
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import BenchClips, Split, empty
from libra_emo.students import Student, TrainingOptions, fit_student

ROOT = Path(__file__).parents[1]
# inputs of LLM voters and of trainings that are resumed; cue voters use none of them
UNUSED = ("annotate_prompt", "answers", "prices", "llm_keys", "clip_shards", "training_folder")
# the loop of conf/paper, with this sample's bench, voters and student
PAPER_LOOP = ActiveLearningOptions(query_strategy="disagreement", stop="plateau")
# the loop whose labels are taught: one annotator after the other, where an answer helps most
TEACHING_LOOP = {"query_strategy": "expected_gain", "sequential": True, "clips_per_round": 150}
TEACHING_STUDENT = {"folds": 3, "forest_trees": 60}  # it only says where an answer helps
TEACHING_TABLES = ("labels", "round_0.labels", "round_1.soft_labels", "bench_sample", "withheld")
MADE = ("sources", "candidates", "features", "sample_truth", "taxonomy")


class Kept(MemoryDataset):
    """A dataset that stays in memory after the last node has read it."""

    def _release(self) -> None:
        """Keep the data."""


def main() -> None:
    """Run the loop once for each seed and print the results."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--draw", action="store_true", help="draw another sample for each seed")
    options.add_argument("--json", type=Path, help="file for the figures, besides the terminal")
    options.add_argument("--paper", action="store_true", help="run the paper's loop")
    options.add_argument("--teach", action="store_true", help="measure what helps a student")
    chosen = options.parse_args()
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT) as session:
        context = session.load_context()
        parameters = context.params
        first = int(parameters["seed"])
        if chosen.teach:
            compare_teaching(range(first, first + chosen.seeds), context, chosen.json)
            return
        if chosen.paper:
            validation = parameters["bench"].validation.model_copy(update={"film_fraction": 0.0})
            own_bench = parameters["bench"].model_copy(update={"validation": validation})
            parameters = {**parameters, "active_learning": PAPER_LOOP, "bench": own_bench}
        rows = []
        for seed in range(first, first + chosen.seeds):
            tables = _draw(seed, parameters) if chosen.draw else read_made(context.catalog)
            loop = run_loop(tables, context.catalog, {**parameters, "seed": seed})
            rows.append({"seed": seed, **_measure(loop, tables, {**parameters, "seed": seed})})
            print(pd.DataFrame(rows[-1:]).to_string(index=False, header=len(rows) == 1), flush=True)
    _print_comparison(pd.DataFrame(rows))
    if chosen.json:
        write_json(chosen.json, {"annotators": "simulated", "seeds": rows})


def compare_teaching(seeds: range, context: Any, json_file: Path | None) -> None:
    """Print how much each way of teaching gains over the labels of the same loop."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    runs: dict[str, list[dict[str, tuple[float, float]]]] = {"sample": [], "world base": []}
    tables = read_made(context.catalog)
    loop = context.params["active_learning"].model_copy(update=TEACHING_LOOP)
    training = context.params["training"]
    student = training.classical.model_copy(update=TEACHING_STUDENT)
    changes = {"active_learning": loop, "max_rounds": 1}
    changes["training"] = training.model_copy(update={"classical": student})
    for number, seed in enumerate(seeds, start=1):
        runs["world base"].append(teach_world(number))
        parameters = {**context.params, **changes, "seed": seed}
        catalog = run_loop(tables, context.catalog, parameters, TEACHING_TABLES)
        runs["sample"].append(teach_sample(catalog, tables, parameters))
        print(f"seed {number} of {len(seeds)}", flush=True)
    for place, scores in runs.items():
        print(f"\n{place}: difference from the labels of the same loop, in points")
        found[place] = {}
        for way in scores[0]:
            against = "1 answers, labels" if "answers" in way else "labels"
            gains = np.array([np.subtract(one[way], one[against]) for one in scores])
            found[place][way] = describe_gain(gains, np.array([one[way] for one in scores]))
            print(f"{way:22s} " + "  ".join(f"{k} {v:+.2f}" for k, v in found[place][way].items()))
    if json_file:
        write_json(json_file, {"seeds": len(seeds), "annotators": "simulated", **found})


def describe_gain(gains: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Return means in points, with half of the width of their 95 % interval, and Wilcoxon's p."""
    reach = student_t.ppf(0.975, len(gains) - 1) * gains.std(axis=0, ddof=1) / len(gains) ** 0.5
    described = {}
    for place, name in enumerate(("accuracy", "macro_f1")):
        described |= {
            name: 100 * float(scores[:, place].mean()),
            f"{name}_gain": 100 * float(gains[:, place].mean()),
            f"{name}_reach": 100 * float(reach[place]),
            f"{name}_p": float(wilcoxon(gains[:, place]).pvalue) if gains[:, place].any() else 1.0,
        }
    return described


def read_made(catalog: DataCatalog) -> dict[str, Any]:
    """Return the tables of preprocessing by their names."""
    return {name: catalog.load(name) for name in MADE}


def _draw(seed: int, parameters: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("films", "clips", "shards"):
            (root / name).mkdir()
        from libra_emo.datasets import ShardsDataset
        from libra_emo.taxonomy import read_taxonomy

        taxonomy = read_taxonomy()
        catalog = _catalog({**parameters, "seed": seed, "films": str(root / "films")})
        catalog["taxonomy"] = Kept(taxonomy, copy_mode="assign")
        catalog["clips_folder"] = MemoryDataset(root / "clips")
        catalog["shards_folder"] = MemoryDataset(root / "shards")
        catalog["clip_shards"] = ShardsDataset(filepath=str(root / "shards"))
        for name in ("sources", "candidates", "features", "sample_truth", "clip_ledger"):
            catalog[name] = Kept()
        SequentialRunner().run(preprocessing.create_pipeline(), catalog)
        return {name: catalog.load(name) for name in MADE}


def _catalog(parameters: dict[str, Any]) -> DataCatalog:
    catalog = DataCatalog()
    for name, value in parameters.items():
        catalog[f"params:{name}"] = MemoryDataset(value)
    return catalog


def run_loop(
    tables: dict[str, Any],
    project: DataCatalog,
    parameters: dict[str, Any],
    wanted: tuple[str, ...] = (),
) -> DataCatalog:
    """Return the catalog of a loop that ran in memory: bench, vote, and every round.

    Args:
        tables: Tables of preprocessing.
        project: Catalog of the project, for inputs of voters beside the tables.
        parameters: Parameters of the project, with the loop's own seed.
        wanted: Outputs that are needed; all of them by default.
    """
    last = int(parameters["max_rounds"])
    # the shards are gone after preprocessing, so leaks are not searched for
    bench_alone = bench.create_pipeline().to_outputs("bench_report")
    loop = bench_alone + voting.create_pipeline() + active_learning.create_pipeline(last)
    loop = loop.to_outputs(*wanted) if wanted else loop
    catalog = _catalog(parameters)
    for name, value in tables.items():
        catalog[name] = Kept(value, copy_mode="assign")
    for name in UNUSED:
        catalog[name] = project.get(name)
    catalog["leaks"] = Kept(pd.DataFrame(columns=list(COLUMNS), dtype="str"), copy_mode="assign")
    catalog["remembered_split"] = Kept(empty(Split), copy_mode="assign")
    catalog["remembered_bench_clips"] = Kept(empty(BenchClips), copy_mode="assign")
    catalog["annotation_store"] = MemoryDataset(object(), copy_mode="assign")
    for name in loop.all_outputs():
        catalog[name] = Kept(copy_mode="assign")
    SequentialRunner().run(loop, catalog)
    return catalog


def _measure(
    catalog: DataCatalog, tables: dict[str, Any], parameters: dict[str, Any]
) -> dict[str, float]:
    history = catalog.load("round_history")
    truth = match_truth(tables["sample_truth"], tables["candidates"])
    first, last = catalog.load("round_0.labels"), catalog.load("labels")
    relabelled = first.drop(columns="label").merge(truth, on="clip_id")
    students = {
        "first": catalog.load("round_0.model"),
        "last": _last_student(catalog, int(parameters["max_rounds"])),
        "truth": _train_on_truth(relabelled[first.columns], catalog, parameters),
    }
    held_out = pd.concat([catalog.load("bench_sample"), catalog.load("withheld")])
    unseen = truth[truth["clip_id"].isin(held_out["clip_id"])]
    figures: dict[str, float] = {
        "labels_first": _share_correct(first, truth),
        "labels_last": _share_correct(last, truth),
        "rounds": int((~history["passed_through"].astype(bool)).sum()) - 1,
        "asked": int(history["sampled"].sum()),
        "judgements": int(catalog.load("loop_decisions")["judgements"].iloc[-1]),
    }
    for when, student in students.items():
        for where, known in (("bench", catalog.load("bench_labels")), ("unseen", unseen)):
            scores = _score(student, known, tables)
            figures[f"{where}_{when}"] = scores["accuracy"]
            figures[f"{where}_f1_{when}"] = scores["macro_f1"]
    return figures


def _last_student(catalog: DataCatalog, rounds: int) -> Student:
    """Return the student of the last round that trained one; rounds after it point to it."""
    models = (catalog.load(f"round_{number}.model") for number in range(rounds, -1, -1))
    return next(model for model in models if not isinstance(model, dict))


def _train_on_truth(
    labels: pd.DataFrame, catalog: DataCatalog, parameters: dict[str, Any]
) -> Student:
    return fit_student(
        parameters["student"],
        catalog.load("taxonomy"),
        TrainingOptions.model_validate(parameters["training"]),
        catalog.load("features"),
        labels,
        int(parameters["seed"]),
        catalog.load("clip_shards"),
        ROOT,
    )


def _score(student: Student, known: pd.DataFrame, tables: dict[str, Any]) -> dict[str, float]:
    known = known.sort_values("clip_id")
    seen = tables["features"][tables["features"]["clip_id"].isin(known["clip_id"])]
    answers = known[["clip_id"]].merge(student.predict(seen), on="clip_id", how="left")
    return score(known["label"], answers["predicted"], tables["taxonomy"])


def _share_correct(labels: pd.DataFrame, truth: pd.DataFrame) -> float:
    both = labels.merge(truth, on="clip_id", suffixes=("", "_true"))
    return float((both["label"] == both["label_true"]).mean())


def _print_comparison(rows: pd.DataFrame) -> None:
    print(f"\n{len(rows)} seeds; the annotators are simulated.")
    print(f"people's answers: {rows['judgements'].mean():.0f} on average")
    for quantity in ("labels", "bench", "bench_f1", "unseen", "unseen_f1"):
        print(_compare(rows, quantity, "last"))
    print("\nTrained on the truth of the same clips instead:")
    for quantity in ("bench", "bench_f1", "unseen", "unseen_f1"):
        print(_compare(rows, quantity, "truth"))


def _compare(rows: pd.DataFrame, quantity: str, when: str) -> str:
    """Return a line that compares round 0 with another student: means, gain and interval, test."""
    gain = rows[f"{quantity}_{when}"] - rows[f"{quantity}_first"]
    count = len(rows)
    p_value = wilcoxon(gain).pvalue if gain.abs().sum() else 1.0
    error = student_t.ppf(0.975, count - 1) * gain.std(ddof=1) / count**0.5
    return (
        f"{quantity:9s} round 0 {rows[f'{quantity}_first'].mean():6.2%}  {when} "
        f"{rows[f'{quantity}_{when}'].mean():6.2%}  gain {gain.mean():+6.2%} ± {error:5.2%} "
        f"(95 %)  better in {int((gain > 0).sum())} of {count}  p = {p_value:.4f}"
    )


if __name__ == "__main__":
    main()
