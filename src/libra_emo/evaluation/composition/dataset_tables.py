"""The paper's tables about the dataset: 1, 5, 9, 10 and 13."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy, read_label_data

PUBLISHED = "published, not counted here"
COUNTED = "counted here"
THIS_DATASET = "this dataset"
NOT_GIVEN = "not given"
STEP_COLUMNS = ("input", "sampled", "dropped", "changed", "output")


def count_labels(training: pd.DataFrame, bench: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return the clips of each label, the paper's Table 13; also the numbers of Figures 2 and 3.

    Args:
        training: RoundLabels of the training set.
        bench: RoundLabels of the bench.
        taxonomy: The emotions.

    Returns:
        type, coarse, label, trainset, bench, total: one row a label in the taxonomy's order, then a
        row whose label is `total`.
    """
    counted = [table["label"].value_counts() for table in (training, bench)]
    rows = pd.DataFrame(
        {
            "type": [emotion.type for emotion in taxonomy.emotions],
            "coarse": [emotion.coarse for emotion in taxonomy.emotions],
            "label": list(taxonomy.labels),
            "trainset": [int(counted[0].get(label, 0)) for label in taxonomy.labels],
            "bench": [int(counted[1].get(label, 0)) for label in taxonomy.labels],
        }
    )
    return _with_total(rows.assign(total=rows["trainset"] + rows["bench"]), "label")


def count_types(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the clips of each type of emotion, the paper's Table 5.

    Args:
        labels: Table of `count_labels`.

    Returns:
        type, trainset, bench, total; the last row's type is `total`.
    """
    rows = labels[labels["label"] != "total"]
    counts = rows.groupby("type", sort=False)[["trainset", "bench", "total"]].sum().reset_index()
    return _with_total(counts, "type")


def count_films(
    sources: pd.DataFrame, clip_ids: set[str], candidates: pd.DataFrame
) -> pd.DataFrame:
    """Return the films of each theme and language, the paper's Table 9.

    Args:
        sources: Sources.
        clip_ids: Clips of the dataset; films without one of them do not count.
        candidates: Candidates, for the films of the clips.

    Returns:
        by (theme or language), value (`not given` where it is not known), films; most films first,
        then a row whose value is `total`. A film of several themes has one value, as its data say.
    """
    used = candidates.loc[candidates["clip_id"].isin(clip_ids), "source_id"].unique()
    films = sources[sources["source_id"].isin(used)]
    tables = []
    for name in ("theme", "language"):
        counts = films[name].fillna(NOT_GIVEN).value_counts()
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
        tables.append(pd.DataFrame(ordered, columns=["value", "films"]).assign(by=name))
    total = pd.DataFrame({"by": ["all"], "value": ["total"], "films": [len(films)]})
    return pd.concat([*tables, total], ignore_index=True)[["by", "value", "films"]]


def list_steps(round_history: pd.DataFrame, explanations: pd.DataFrame) -> pd.DataFrame:
    """Return how the training set was made step by step, the paper's Table 10.

    Args:
        round_history: One row a round, see `tabulate_rounds`.
        explanations: Explanations; a clip whose text fails the checks keeps its label, so none is
            dropped by this step.

    Returns:
        step, input, sampled (clips that people were asked about), dropped, changed, output.
    """
    rounds = round_history[list(STEP_COLUMNS)].astype("Int64")
    names = [f"active learning, round {number}" for number in round_history["round"]]
    clips = len(explanations)
    last = {"step": "explanation", "input": clips, "sampled": pd.NA, "dropped": 0}
    explained = pd.DataFrame([{**last, "changed": pd.NA, "output": clips}])
    table = pd.concat([rounds.assign(step=names), explained], ignore_index=True)
    return table[["step", *STEP_COLUMNS]].astype(dict.fromkeys(STEP_COLUMNS, "Int64"))


def compare_datasets(
    labels: pd.DataFrame, taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER
) -> pd.DataFrame:
    """Return this dataset beside published ones, the paper's Table 1.

    Args:
        labels: Table of `count_labels`.
        taxonomy: The emotions.
        folder: Folder of the data about published datasets.

    Returns:
        dataset, emotions, negative, samples, origin (whether the row was published or counted).
    """
    rows = pd.DataFrame(read_label_data("published_datasets", folder)["datasets"])
    total = int(labels.loc[labels["label"] == "total", "total"].iloc[0])
    ours = {
        "dataset": THIS_DATASET,
        "emotions": len(taxonomy.labels),
        "negative": len(taxonomy.negative_labels),
        "samples": total,
        "origin": COUNTED,
    }
    return pd.concat([rows.assign(origin=PUBLISHED), pd.DataFrame([ours])], ignore_index=True)


def _with_total(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    numbers = [column for column in rows.columns if pd.api.types.is_numeric_dtype(rows[column])]
    last = {column: rows[column].sum() if column in numbers else "" for column in rows.columns}
    table = pd.concat([rows, pd.DataFrame([{**last, name: "total"}])], ignore_index=True)
    return table.astype(dict.fromkeys(numbers, "int64"))
