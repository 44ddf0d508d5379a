"""The nodes of the evaluation: predictions, scores, label quality, figures, and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Unpack

import pandas as pd

from libra_emo.annotation.agreement import summarise_campaigns
from libra_emo.annotation.simulated import match_truth
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.evaluation import plots, rounds_plot
from libra_emo.evaluation.composition.dataset_tables import (
    compare_datasets,
    count_films,
    count_labels,
    count_types,
    list_steps,
)
from libra_emo.evaluation.composition.distribution_plot import plot_distribution
from libra_emo.evaluation.composition.tables_text import TITLES, write_latex, write_markdown
from libra_emo.evaluation.failures.hard_clips import find_hard_clips, list_suspects
from libra_emo.evaluation.failures.pairs import rank_pairs
from libra_emo.evaluation.failures.slices import score_slices
from libra_emo.evaluation.label_quality import measure_label_quality
from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.evaluation.page import PageContents, render_page
from libra_emo.evaluation.tables import (
    bench_rows,
    compare_models,
    find_headline,
    score_models,
)
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.evaluation.evaluated import (
    ModelPredictions,
    StudentTraining,
    predict_external,
    predict_with_asked,
    predict_with_student,
    predict_with_voters,
)
from libra_emo.schemas import BenchPredictions, check
from libra_emo.students import Student, TrainingOptions
from libra_emo.taxonomy import Taxonomy, coarsen
from libra_emo.voting.options import VOTE, VotingOptions


def predict_bench(
    *,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    bench_labels: pd.DataFrame,
    machine_votes: pd.DataFrame,
    bench_answers: pd.DataFrame,
    model: Student,
    taxonomy: Taxonomy,
    student: str,
    training: TrainingOptions,
    voting: VotingOptions,
    evaluation: EvaluationOptions,
    seed: int,
    clip_shards: ShardReader,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> pd.DataFrame:
    """Return BenchPredictions of every evaluated model, in the order of the options.

    Raises:
        EvaluationError: If two entries have the same name and modalities, or one cannot be read.
        StudentError: If a saved student cannot be read.
    """
    bench_clips = features[features["clip_id"].isin(bench_labels["clip_id"])]
    films = dict(zip(bench_clips["clip_id"], bench_clips["source_id"], strict=True))
    student_training = StudentTraining(student, training, labels, seed, model, clip_shards)
    predictions: list[ModelPredictions] = []
    for evaluated in evaluation.models:
        if evaluated.source == "student":
            predictions += predict_with_student(
                evaluated,
                student_training,
                evaluation.modality_sets,
                features,
                bench_clips,
                taxonomy,
            )
        elif evaluated.source == "voters":
            predictions += predict_with_voters(machine_votes, voting)
        elif evaluated.model is not None:
            predictions.append(predict_with_asked(evaluated, bench_answers))
        else:
            predictions.append(
                predict_external(
                    evaluated, bench_clips, taxonomy, clip_shards, training, person_meant
                )
            )
    _check_names(predictions)
    rows = [bench_rows(p.model, p.modalities, bench_labels, films, p.table) for p in predictions]
    return check(pd.concat(rows, ignore_index=True), BenchPredictions)


def score_bench(
    bench_predictions: pd.DataFrame, taxonomy: Taxonomy, evaluation: EvaluationOptions, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return bench_scores and bench_comparisons, the headline model beside each other one."""
    scores = score_models(bench_predictions, taxonomy)
    headline = find_headline(bench_predictions)
    comparisons = compare_models(
        bench_predictions, headline, taxonomy, seed, evaluation.permutations
    )
    return scores, comparisons


def score_coarse_labels(bench_predictions: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return coarse_scores: as bench_scores, labels counted by their coarse parents (Table 2)."""
    coarse = dict(taxonomy.coarse_of)
    columns = {name: bench_predictions[name].map(coarse) for name in ("truth", "predicted")}
    return score_models(bench_predictions.assign(**columns), coarsen(taxonomy))


def compare_labels_with_truth(
    sample_truth: pd.DataFrame | None, candidates: pd.DataFrame, *labels: pd.DataFrame
) -> pd.DataFrame:
    """Return label_quality: how many labels of each round are correct, if the truth is known.

    Args:
        sample_truth: SampleTruth, or None if the films are not those of the sample.
        candidates: Candidates.
        *labels: RoundLabels of the rounds, round 0 first.
    """
    truth = pd.DataFrame({"clip_id": pd.Series(dtype="str"), "label": pd.Series(dtype="str")})
    if sample_truth is not None and len(sample_truth):
        truth = match_truth(sample_truth, candidates)
    return measure_label_quality(dict(enumerate(labels)), truth)


def analyse_failures(
    bench_predictions: pd.DataFrame,
    candidates: pd.DataFrame,
    sources: pd.DataFrame,
    features: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return failure_pairs, hard_clips, slice_scores and suspect_labels."""
    hard_clips = find_hard_clips(bench_predictions, dependent=(VOTE,))
    return (
        rank_pairs(bench_predictions),
        hard_clips,
        score_slices(bench_predictions, candidates, sources, features),
        list_suspects(hard_clips),
    )


def tabulate_dataset(
    training_labels: pd.DataFrame,
    bench_labels: pd.DataFrame,
    sources: pd.DataFrame,
    candidates: pd.DataFrame,
    round_history: pd.DataFrame,
    explanations: pd.DataFrame,
    taxonomy: Taxonomy,
) -> tuple[pd.DataFrame | str, ...]:
    """Return the tables about the dataset in the order of `TITLES`, then Markdown and LaTeX."""
    labels = count_labels(training_labels, bench_labels, taxonomy)
    clips = {*training_labels["clip_id"], *bench_labels["clip_id"]}
    tables = {
        "datasets": compare_datasets(labels, taxonomy),
        "types": count_types(labels),
        "films": count_films(sources, clips, candidates),
        "steps": list_steps(round_history, explanations),
        "labels": labels,
    }
    ordered = [tables[name] for name in TITLES]
    return (*ordered, write_markdown(tables), write_latex(tables))


def draw_distributions(dataset_labels: pd.DataFrame) -> tuple[Any, Any]:
    """Return the distributions of the trainset and of the bench, matplotlib Figures."""
    return (
        plot_distribution(dataset_labels, "trainset"),
        plot_distribution(dataset_labels, "bench"),
    )


def draw_confusion_matrix(bench_predictions: pd.DataFrame, taxonomy: Taxonomy) -> Any:
    """Return the confusion matrix of the headline model, a matplotlib Figure."""
    answers, title = _headline_answers(bench_predictions)
    return plots.plot_confusion(
        answers["truth"].tolist(), answers["predicted"].tolist(), taxonomy, title
    )


def draw_classes(bench_predictions: pd.DataFrame, taxonomy: Taxonomy) -> Any:
    """Return F1 and recall by label of the headline model, a matplotlib Figure."""
    answers, title = _headline_answers(bench_predictions)
    return plots.plot_classes(
        answers["truth"].tolist(), answers["predicted"].tolist(), taxonomy, title
    )


def draw_rounds(round_history: pd.DataFrame, label_quality: pd.DataFrame) -> Any:
    """Return the student's scores and the labels' accuracy by round, a matplotlib Figure."""
    return rounds_plot.plot_rounds(round_history, label_quality)


def write_results_page(
    training: TrainingOptions, human_votes: pd.DataFrame, **contents: Unpack[PageContents]
) -> str:
    """Return the results page as HTML."""
    people = summarise_campaigns(human_votes)
    return render_page(contents, people, training.cross_fits(contents["student"]))


def _check_names(predictions: Sequence[ModelPredictions]) -> None:
    """Raise if two entries would share their rows in the tables."""
    names = Counter((each.model, each.modalities) for each in predictions)
    twice = [" ".join(name) for name, count in names.items() if count > 1]
    if twice:
        raise EvaluationError(
            f"evaluation.models: two models are called {twice[0]} in the tables, such as a voter "
            "and a model of one name; give one of them another name"
        )


def _headline_answers(bench_predictions: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    name, modalities = find_headline(bench_predictions)
    of_model = bench_predictions["model"] == name
    answers = bench_predictions[of_model & (bench_predictions["modalities"] == modalities)]
    return answers, f"{name} ({modalities}) on the bench, {len(answers)} clips"
