"""The tables of the bench: all predictions, all scores, and paired comparisons of models."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import astuple

import pandas as pd

from libra_emo.evaluation.intervals import compare_pair, score_with_intervals
from libra_emo.evaluation.metrics import METRICS, UNREADABLE, EvaluationError
from libra_emo.evaluation.statistics.comparisons import holm
from libra_emo.schemas import BenchPredictions, RoundLabels, check, check_labels
from libra_emo.taxonomy import Taxonomy

MODEL = ["model", "modalities"]
_SHOWN_IDS = 12

logger = logging.getLogger(__name__)

COMPARISON_COLUMNS = [
    *MODEL,
    "only_reference",
    "only_model",
    "difference",
    "difference_low",
    "difference_high",
    "p_value",
    "p_mcnemar",
]


def bench_rows(
    model: str,
    modalities: str,
    bench_labels: pd.DataFrame,
    films: dict[str, str],
    predictions: pd.DataFrame,
) -> pd.DataFrame:
    """Return one model's predictions as BenchPredictions, one row per bench clip.

    A clip without a prediction counts as unreadable.

    Args:
        model: Name of the model.
        modalities: Modalities that it used, as letters of V, A and T.
        bench_labels: RoundLabels of the bench.
        films: Film of each clip of the bench.
        predictions: clip_id, predicted, p_<label> where known, and the raw reply where there is
            one; clips outside the bench are left out.

    Raises:
        EvaluationError: If a clip has two predictions.
    """
    twice = predictions["clip_id"].duplicated()
    if twice.any():
        first = predictions.loc[twice, "clip_id"].iloc[0]
        raise EvaluationError(f"{model}: two predictions for clip {first}; keep one of them")
    bench = check(bench_labels, RoundLabels).sort_values("clip_id")[["clip_id", "label"]]
    optional = [
        name for name in predictions.columns if name == "reply" or str(name).startswith("p_")
    ]
    given = predictions[["clip_id", "predicted", *optional]]
    rows = bench.rename(columns={"label": "truth"}).merge(given, on="clip_id", how="left")
    rows["predicted"] = rows["predicted"].astype("str")
    rows["source_id"] = rows["clip_id"].map(films)
    return check(rows.assign(model=model, modalities=modalities), BenchPredictions)


def score_models(bench_predictions: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return bench_scores: one row per model and modalities, in the order of the predictions.

    The columns are model, modalities, n (the number of clips), films (their number), each score of
    `METRICS` as a fraction with `<score>_low` and `<score>_high` (95 % interval, clustered by
    film), and the share of unreadable answers.
    """
    rows = []
    for key, table in _by_model(check(bench_predictions, BenchPredictions)):
        films = table["source_id"]
        scores = score_with_intervals(table["truth"], table["predicted"], films, taxonomy)
        counts = {"n": len(table), "films": films.nunique()}
        rows.append({**dict(zip(MODEL, key, strict=True)), **counts, **scores})
    return pd.DataFrame(rows, columns=score_columns())


def score_columns() -> list[str]:
    """Return the columns of bench_scores in their order."""
    metrics = [column for name in METRICS for column in (name, f"{name}_low", f"{name}_high")]
    return [*MODEL, "n", "films", *metrics, UNREADABLE]


def compare_models(
    bench_predictions: pd.DataFrame,
    reference: tuple[str, str],
    taxonomy: Taxonomy,
    seed: int,
    permutations: int,
) -> pd.DataFrame:
    """Return the comparison of a reference model with each other model, on the same clips.

    Args:
        bench_predictions: BenchPredictions of all models.
        reference: Name and modalities of the reference model.
        taxonomy: The emotions.
        seed: Seed of the sign flips.
        permutations: Number of sign flips.

    Returns:
        One row per other model: model, modalities, only_reference and only_model (clips that only
        the one or only the other predicts correctly), difference (accuracy of the reference less
        that of the model) with its 95 % interval difference_low and difference_high, p_value (the
        signs of the films' differences are flipped), p_holm (after Holm's correction for the number
        of rows), and p_mcnemar (McNemar's exact test, which ignores films).

    Raises:
        EvaluationError: If the reference is not among the models.
    """
    models = dict(_by_model(check(bench_predictions, BenchPredictions)))
    if reference not in models:
        raise EvaluationError(f"{' '.join(reference)} is not among the evaluated models")
    base = models.pop(reference)
    rows = []
    for key, table in models.items():
        test = compare_pair(
            base["truth"],
            base["predicted"],
            table["predicted"],
            base["source_id"],
            taxonomy,
            seed,
            permutations,
        )
        rows.append((*key, *astuple(test)))
    found = pd.DataFrame(rows, columns=COMPARISON_COLUMNS)
    found.insert(len(found.columns) - 1, "p_holm", holm(found["p_value"].to_numpy(float)))
    return found


def find_headline(bench_predictions: pd.DataFrame) -> tuple[str, str]:
    """Return name and modalities of the first evaluated model, with most of its modalities."""
    first = str(bench_predictions["model"].iloc[0])
    of_first = bench_predictions.loc[bench_predictions["model"] == first, "modalities"]
    return first, max((str(letters) for letters in of_first.unique()), key=len)


def read_predictions(path: str, table: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return predictions of others after a check: clip_id, predicted, p_<label>.

    Args:
        path: File of the predictions, for error messages.
        table: Content of the file.
        taxonomy: The emotions.

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


def check_coverage(path: str, predictions: pd.DataFrame, bench: Iterable[str]) -> None:
    """Raise if a file has no prediction for any clip of the bench; list in the log those it lacks.

    Args:
        path: File of the predictions, for messages.
        predictions: Content of the file.
        bench: Ids of the bench's clips.

    Raises:
        EvaluationError: If it is a file about other clips.
    """
    wanted = sorted(set(bench))
    missing = sorted(set(wanted) - set(predictions["clip_id"]))
    if wanted and len(missing) == len(wanted):
        given = predictions["clip_id"].iloc[0] if len(predictions) else "none at all"
        raise EvaluationError(
            f"{path}: none of its {len(predictions)} ids is a clip of the bench (the first is "
            f"{given}, the bench has {wanted[0]}); give it a row for each clip of the bench"
        )
    if missing:
        shown = ", ".join(missing[:_SHOWN_IDS]) + (", …" if len(missing) > _SHOWN_IDS else "")
        logger.warning(
            "%s: no prediction for %d of %d clips of the bench, which count as wrong: %s",
            path,
            len(missing),
            len(wanted),
            shown,
        )


def _by_model(table: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    groups = table.groupby(MODEL, sort=False)
    return [
        ((str(model), str(modalities)), rows.sort_values("clip_id", ignore_index=True))
        for (model, modalities), rows in groups
    ]
