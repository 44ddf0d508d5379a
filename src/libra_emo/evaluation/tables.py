"""The tables of the bench: every answer, every score, and who is better than whom."""

from __future__ import annotations

import pandas as pd

from libra_emo.evaluation.intervals import mcnemar, score_with_intervals
from libra_emo.evaluation.metrics import METRICS, UNREADABLE, EvaluationError
from libra_emo.schemas import BenchPredictions, RoundLabels, check, check_labels
from libra_emo.taxonomy import Taxonomy

MODEL = ["model", "modalities"]


def bench_rows(
    model: str, modalities: str, bench_labels: pd.DataFrame, predictions: pd.DataFrame
) -> pd.DataFrame:
    """Return one model's answers as `BenchPredictions`, one row a bench clip.

    A clip that the model has no row for counts as unreadable.

    Args:
        model: Its name.
        modalities: Letters of V, A and T.
        bench_labels: `RoundLabels` of the bench.
        predictions: clip_id, predicted, p_<label> where known and the raw reply where there is
            one; other clips are left aside.

    Raises:
        EvaluationError: If a clip has two rows.
    """
    twice = predictions["clip_id"].duplicated()
    if twice.any():
        first = predictions.loc[twice, "clip_id"].iloc[0]
        raise EvaluationError(f"{model}: two predictions for clip {first}; keep one")
    bench = check(bench_labels, RoundLabels).sort_values("clip_id")[["clip_id", "label"]]
    more = [name for name in predictions.columns if name == "reply" or str(name).startswith("p_")]
    told = predictions[["clip_id", "predicted", *more]]
    rows = bench.rename(columns={"label": "truth"}).merge(told, on="clip_id", how="left")
    rows["predicted"] = rows["predicted"].astype("str")
    return check(rows.assign(model=model, modalities=modalities), BenchPredictions)


def score_models(
    bench_predictions: pd.DataFrame, taxonomy: Taxonomy, seed: int, resamples: int
) -> pd.DataFrame:
    """Return `bench_scores`: a row a model and modalities, in the order of the predictions.

    Columns: model, modalities, n, each score of `METRICS` as a fraction with its `<score>_low` and
    `<score>_high` (95 % bootstrap), and the share of unreadable answers.
    """
    rows = []
    for key, answers in _by_model(check(bench_predictions, BenchPredictions)):
        found = score_with_intervals(
            answers["truth"], answers["predicted"], taxonomy, seed, resamples
        )
        rows.append({**dict(zip(MODEL, key, strict=True)), "n": len(answers), **found})
    return pd.DataFrame(rows, columns=score_columns())


def score_columns() -> list[str]:
    """Return the columns of `bench_scores` in their order."""
    metrics = [column for name in METRICS for column in (name, f"{name}_low", f"{name}_high")]
    return [*MODEL, "n", *metrics, UNREADABLE]


def compare_models(
    bench_predictions: pd.DataFrame, reference: tuple[str, str], taxonomy: Taxonomy
) -> pd.DataFrame:
    """Return every other model against one of them, by McNemar's exact test on the same clips.

    Args:
        bench_predictions: `BenchPredictions`.
        reference: Name and modalities of the one that the others are held against.
        taxonomy: Gives the labels.

    Returns:
        model, modalities, only_reference and only_model (clips that one alone has right), p_value.

    Raises:
        EvaluationError: If the reference is not among the models.
    """
    models = dict(_by_model(check(bench_predictions, BenchPredictions)))
    if reference not in models:
        raise EvaluationError(f"{' '.join(reference)} is not among the judged models")
    base = models.pop(reference)
    rows = []
    for key, answers in models.items():
        test = mcnemar(base["truth"], base["predicted"], answers["predicted"], taxonomy)
        rows.append((*key, test.only_first, test.only_second, test.p_value))
    return pd.DataFrame(rows, columns=[*MODEL, "only_reference", "only_model", "p_value"])


def read_predictions(path: str, table: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return predictions that came from outside, checked: clip_id, predicted, p_<label>.

    Args:
        path: Where they came from, for the message.
        table: What was read there.
        taxonomy: Gives the labels.

    Raises:
        EvaluationError: If a column is missing.
        TableError: If a label is unknown.
    """
    missing = [name for name in ("clip_id", "predicted") if name not in table.columns]
    if missing:
        raise EvaluationError(
            f"{path}: the column {missing[0]} is missing; a file of predictions has clip_id and "
            "predicted (empty where the answer was unreadable)"
        )
    check_labels(table["predicted"], taxonomy, path)
    shares = [name for label in taxonomy.labels if (name := f"p_{label}") in table.columns]
    return table[["clip_id", "predicted", *shares]].astype({"clip_id": "str"})


def _by_model(table: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    groups = table.groupby(MODEL, sort=False)
    return [
        ((str(model), str(modalities)), rows.sort_values("clip_id", ignore_index=True))
        for (model, modalities), rows in groups
    ]
