"""Does the loop earn its keep? Ten seeds, paired tests, printed as a table.

Each seed draws another bench, other errors of the simulated annotators, and trains another
student, on the clips that `make run` has made (with `--draw`, another sample of films is drawn
and cut for each seed, which takes some minutes each). Compared per seed: the labels against the
sample's truth, and the student on the bench, in round 0 and in the last round. Two-sided
Wilcoxon signed-rank test over the seeds.

    .venv/bin/python benchmarks/active_learning.py [--seeds 10] [--draw]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from scipy.stats import wilcoxon

from libra_emo.annotation.simulated import match_truth
from libra_emo.pipelines import active_learning, bench, preprocessing, voting

ROOT = Path(__file__).parents[1]
# what voters that ask models would need; the cue voters of this benchmark use none of it
ASKING = ("annotate_prompt", "answers", "prices", "llm_keys", "clip_shards", "training_folder")
MADE = ("sources", "candidates", "features", "sample_truth", "taxonomy")


class Kept(MemoryDataset):
    """A dataset that stays in memory after the last node has read it."""

    def _release(self) -> None:
        """Keep the data."""


def main() -> None:
    """Run the loop once a seed and print what came out."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--draw", action="store_true", help="draw another sample for each seed")
    chosen = options.parse_args()
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT) as session:
        context = session.load_context()
        parameters = context.params
        first = int(parameters["seed"])
        rows = []
        for seed in range(first, first + chosen.seeds):
            tables = _draw(seed, parameters) if chosen.draw else read_made(context.catalog)
            loop = run_loop(tables, context.catalog, {**parameters, "seed": seed})
            rows.append({"seed": seed, **_figures(loop, tables)})
            print(pd.DataFrame(rows[-1:]).to_string(index=False, header=len(rows) == 1), flush=True)
    _judge(pd.DataFrame(rows))


def read_made(catalog: DataCatalog) -> dict[str, Any]:
    """Return the tables that preprocessing has made, by their names."""
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
    tables: dict[str, Any], project: DataCatalog, parameters: dict[str, Any]
) -> DataCatalog:
    """Return the catalog of a loop that ran in memory: bench, vote, and every round.

    Args:
        tables: What preprocessing has made.
        project: The project's catalog, for what the voters may want beside the tables.
        parameters: The project's, with the loop's own seed.
    """
    last = int(parameters["max_rounds"])
    loop = (
        bench.create_pipeline() + voting.create_pipeline() + active_learning.create_pipeline(last)
    )
    catalog = _catalog(parameters)
    for name, value in tables.items():
        catalog[name] = Kept(value, copy_mode="assign")
    for name in ASKING:
        catalog[name] = project.get(name)
    catalog["annotation_store"] = MemoryDataset(object(), copy_mode="assign")
    for name in loop.all_outputs():
        catalog[name] = Kept(copy_mode="assign")
    SequentialRunner().run(loop, catalog)
    return catalog


def _figures(catalog: DataCatalog, tables: dict[str, Any]) -> dict[str, float]:
    history = catalog.load("round_history")
    truth = match_truth(tables["sample_truth"], tables["candidates"])
    asked = int(history["sampled"].sum())
    return {
        "labels_first": _right(catalog.load("round_0.labels"), truth),
        "labels_last": _right(catalog.load("labels"), truth),
        "bench_first": float(history["accuracy"].iloc[0]),
        "bench_last": float(history["accuracy"].iloc[-1]),
        "macro_f1_first": float(history["macro_f1"].iloc[0]),
        "macro_f1_last": float(history["macro_f1"].iloc[-1]),
        "rounds": int((~history["passed_through"].astype(bool)).sum()) - 1,
        "asked": asked,
    }


def _right(labels: pd.DataFrame, truth: pd.DataFrame) -> float:
    both = labels.merge(truth, on="clip_id", suffixes=("", "_true"))
    return float((both["label"] == both["label_true"]).mean())


def _judge(rows: pd.DataFrame) -> None:
    print(f"\n{len(rows)} seeds; the annotators are simulated.")
    for what in ("labels", "bench", "macro_f1"):
        gain = rows[f"{what}_last"] - rows[f"{what}_first"]
        p_value = wilcoxon(gain).pvalue if gain.abs().sum() else 1.0
        half = 2.262 if len(rows) == 10 else 1.96  # t(9) at 97.5 %
        error = half * gain.std(ddof=1) / len(rows) ** 0.5
        print(
            f"{what:9s} round 0 {rows[f'{what}_first'].mean():6.2%}  last "
            f"{rows[f'{what}_last'].mean():6.2%}  gain {gain.mean():+6.2%} ± {error:5.2%} "
            f"(95 %)  better in {int((gain > 0).sum())} of {len(rows)}  p = {p_value:.4f}"
        )


if __name__ == "__main__":
    main()
