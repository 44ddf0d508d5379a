"""The report as JSON, for programs; shares are fractions, what is not known is null."""

from __future__ import annotations

import math
from typing import Any

from libra_emo.evaluation.scoring.score_report import ModelScore, ScoreReport
from libra_emo.evaluation.statistics.comparisons import smallest_p_value
from libra_emo.evaluation.statistics.intervals import Interval
from libra_emo.evaluation.statistics.scores import Bounds


def summarise(report: ScoreReport) -> dict[str, Any]:
    """Return the report as JSON's types.

    The scores of a single model stand on the first level too.
    """
    clips = report.clips
    models = [summarise_model(model, report, place) for place, model in enumerate(report.models)]
    content = {
        **(models[0] if len(models) == 1 else {}),
        "set": clips.name,
        "clips": len(clips),
        "films": len(set(clips.film)) if clips.films_known else None,
        "classes": list(clips.classes.names),
        "left_out_clips": len(clips.left_out),
        "models": models,
        "comparisons": [
            {
                "first": report.models[pair.first].name,
                "second": report.models[pair.second].name,
                "clips": pair.clips,
                "difference": pair.difference,
                "interval": [pair.low, pair.high],
                "p_value": pair.p_value,
                "p_holm": pair.p_holm,
                "p_mcnemar": pair.p_mcnemar,
                "only_first": pair.only_first,
                "only_second": pair.only_second,
                "significant": pair.significant,
            }
            for pair in report.comparisons
        ],
        "smallest_p_value": smallest_p_value(len(set(clips.film)), report.draws),
        "power": report.power._asdict() if report.power else None,
        "human_ceiling": _ceiling(report),
        "noise_ceiling": report.noise._asdict() if report.noise else None,
        "seed": report.seed,
        "draws": report.draws,
        "provenance": report.provenance,
    }
    plain: dict[str, Any] = _plain(content)
    return plain


def summarise_model(model: ModelScore, report: ScoreReport, place: int) -> dict[str, Any]:
    """Return the scores of one model, each headline under its own names."""
    scores = {name: interval.estimate for name, interval in model.scores.items()}
    readable = {f"{name}_readable": each.estimate for name, each in model.readable.items()}
    names = report.clips.classes.names
    return {
        "model": model.name,
        "modalities": model.modalities or None,
        **scores,
        "war": scores["accuracy"],
        **readable,
        "war_readable": readable["accuracy_readable"],
        "unreadable": len(model.without_label),
        "unreadable_ids": list(model.without_label),
        "missing": list(model.missing),
        "failed": list(model.failed),
        "statuses": model.statuses,
        "coverage": model.coverage,
        "bounds": _bounds(model.bounds),
        "bounds_all": _bounds(model.bounds_all),
        "intervals": _intervals(model.scores),
        "intervals_readable": _intervals(model.readable),
        "interval_over_clips": list(model.clip_bootstrap),
        "per_class": {
            name: {
                **{key: float(values[number]) for key, values in model.classes.items()},
                "recall_interval": [model.recalls[number].low, model.recalls[number].high],
            }
            for number, name in enumerate(names)
        },
        "versions": report.versions[place]._asdict() if report.versions else None,
        "rank": [int(rank) for rank in report.ranks[place]],
        "calibration": model.calibration._asdict() if model.calibration else None,
        "soft_truth": model.soft._asdict() if model.soft else None,
        "alternative_annotator_test": model.alternative._asdict() if model.alternative else None,
    }


def _ceiling(report: ScoreReport) -> dict[str, Any] | None:
    if report.ceiling is None:
        return None
    one, halves = report.ceiling.one_against_others, report.ceiling.halves
    return {
        "one_against_others": one.estimate,
        "one_against_others_interval": [one.low, one.high],
        "halves": halves.estimate,
        "halves_interval": [halves.low, halves.high],
        "clips": report.ceiling.clips,
        "annotators": report.ceiling.annotators,
    }


def _bounds(bounds: dict[str, Bounds]) -> dict[str, list[float]]:
    pairs = {name: [each.low, each.high] for name, each in bounds.items()}
    return {**pairs, "war": pairs["accuracy"]}


def _intervals(scores: dict[str, Interval]) -> dict[str, list[float]]:
    pairs = {name: [each.low, each.high] for name, each in scores.items()}
    return {**pairs, "war": pairs["accuracy"]}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    return value
