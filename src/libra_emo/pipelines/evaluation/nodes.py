"""What happens in the evaluation: answers, scores, label quality, plots, and the page."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.annotation.simulated import match_truth
from libra_emo.evaluation import plots, rounds_plot
from libra_emo.evaluation.label_quality import measure_label_quality
from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.evaluation.page import Results, render_page
from libra_emo.evaluation.tables import bench_rows, compare_models, score_models
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.evaluation.evaluated import (
    Answer,
    Trainee,
    answer_by_file,
    answer_by_student,
    answer_by_voters,
)
from libra_emo.schemas import BenchPredictions, check
from libra_emo.students import Student, TrainingOptions
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.options import VotingOptions


def predict_bench(
    *,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    bench_labels: pd.DataFrame,
    machine_votes: pd.DataFrame,
    model: Student,
    taxonomy: Taxonomy,
    student: str,
    training: TrainingOptions,
    voting: VotingOptions,
    evaluation: EvaluationOptions,
    seed: int,
    clip_shards: ShardReader,
) -> pd.DataFrame:
    """Return BenchPredictions of every model that is to be judged, in the order of the options."""
    bench_clips = features[features["clip_id"].isin(bench_labels["clip_id"])]
    trainee = Trainee(student, training, labels, seed, model, clip_shards)
    answers: list[Answer] = []
    for judged in evaluation.models:
        if judged.source == "student":
            answers += answer_by_student(
                judged, trainee, evaluation.modality_sets, features, bench_clips, taxonomy
            )
        elif judged.source == "voters":
            answers += answer_by_voters(machine_votes, voting)
        else:
            answers.append(answer_by_file(judged, bench_clips, taxonomy, clip_shards))
    rows = [bench_rows(a.model, a.modalities, bench_labels, a.predictions) for a in answers]
    return check(pd.concat(rows, ignore_index=True), BenchPredictions)


def score_bench(
    bench_predictions: pd.DataFrame, taxonomy: Taxonomy, evaluation: EvaluationOptions, seed: int
) -> pd.DataFrame:
    """Return bench_scores: a row a model and modalities, each score with its 95 % interval."""
    return score_models(bench_predictions, taxonomy, seed, evaluation.resamples)


def judge_labels(
    sample_truth: pd.DataFrame | None, candidates: pd.DataFrame, *labels: pd.DataFrame
) -> pd.DataFrame:
    """Return label_quality: the labels of each round, round 0 first, against the truth if known."""
    truth = pd.DataFrame({"clip_id": pd.Series(dtype="str"), "label": pd.Series(dtype="str")})
    if sample_truth is not None and len(sample_truth):
        truth = match_truth(sample_truth, candidates)
    return measure_label_quality(dict(enumerate(labels)), truth)


def draw_confusion_matrix(bench_predictions: pd.DataFrame, taxonomy: Taxonomy) -> Any:
    """Return the confusion matrix of the model that the report puts first, a matplotlib Figure."""
    answers, title = _headline_answers(bench_predictions)
    return plots.plot_confusion(
        answers["truth"].tolist(), answers["predicted"].tolist(), taxonomy, title
    )


def draw_classes(bench_predictions: pd.DataFrame, taxonomy: Taxonomy) -> Any:
    """Return F1 and recall by label of the model that the report puts first."""
    answers, title = _headline_answers(bench_predictions)
    return plots.plot_classes(
        answers["truth"].tolist(), answers["predicted"].tolist(), taxonomy, title
    )


def draw_rounds(round_history: pd.DataFrame, label_quality: pd.DataFrame) -> Any:
    """Return the student's scores and the labels' accuracy over the rounds."""
    return rounds_plot.plot_rounds(round_history, label_quality)


def write_results_page(
    *,
    annotators: str,
    student: str,
    seed: int,
    clip_ledger: pd.DataFrame,
    candidates: pd.DataFrame,
    bench_labels: pd.DataFrame,
    labels: pd.DataFrame,
    machine_votes: pd.DataFrame,
    round_history: pd.DataFrame,
    label_quality: pd.DataFrame,
    bench_predictions: pd.DataFrame,
    bench_scores: pd.DataFrame,
    voter_scores: pd.DataFrame,
    voter_pairs: pd.DataFrame,
    explanations: pd.DataFrame,
    confusion_matrix: bytes,
    per_class_plot: bytes,
    rounds_plot: bytes,
    footage_plot: bytes,
    voter_errors_plot: bytes,
    voter_recall_plot: bytes,
    taxonomy: Taxonomy,
) -> str:
    """Return the page of results as HTML; the plots come as PNG."""
    headline = find_headline(bench_predictions)
    results = Results(
        annotators=annotators,
        student=student,
        seed=seed,
        headline=headline,
        clip_ledger=clip_ledger,
        candidates=candidates,
        bench_labels=bench_labels,
        labels=labels,
        machine_votes=machine_votes,
        round_history=round_history,
        label_quality=label_quality,
        bench_scores=bench_scores,
        comparisons=compare_models(bench_predictions, headline, taxonomy),
        voter_scores=voter_scores,
        voter_pairs=voter_pairs,
        explanations=explanations,
        figures={
            "confusion_matrix": confusion_matrix,
            "per_class_plot": per_class_plot,
            "rounds_plot": rounds_plot,
            "footage_plot": footage_plot,
            "voter_errors_plot": voter_errors_plot,
            "voter_recall_plot": voter_recall_plot,
        },
    )
    return render_page(results, taxonomy)


def find_headline(bench_predictions: pd.DataFrame) -> tuple[str, str]:
    """Return name and modalities of the first judged model where it sees most."""
    first = str(bench_predictions["model"].iloc[0])
    mine = bench_predictions.loc[bench_predictions["model"] == first, "modalities"].unique()
    return first, max((str(letters) for letters in mine), key=len)


def _headline_answers(bench_predictions: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    name, modalities = find_headline(bench_predictions)
    mine = (bench_predictions["model"] == name) & (bench_predictions["modalities"] == modalities)
    answers = bench_predictions[mine]
    return answers, f"{name} ({modalities}) on the bench, {len(answers)} clips"
