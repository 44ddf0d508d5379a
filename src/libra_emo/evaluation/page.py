"""The results page: one HTML file that needs no other file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

import pandas as pd

from libra_emo.evaluation.metrics import METRICS
from libra_emo.evaluation.rounds_plot import judge_of
from libra_emo.evaluation.tables import find_headline
from libra_emo.evaluation.templates import open_templates
from libra_emo.schemas import OUTCOMES
from libra_emo.taxonomy import Taxonomy

TEMPLATE = Path(__file__).parent / "results.html.j2"
METRIC_NAMES = dict(
    zip(
        METRICS,
        (
            "accuracy",
            "macro F1",
            "weighted F1",
            "accuracy, negative",
            "macro F1, negative",
            "weighted F1, negative",
        ),
        strict=True,
    )
)
RELIABILITY = {"ece": "calibration error", "brier": "Brier score", "nll": "NLL, nats"}
ROUND_COUNTS = ("input", "sampled", "dropped", "changed", "output")


class PageContents(TypedDict):
    """The datasets and parameters that the page shows, by their names in the catalog.

    Attributes:
        annotators: Who answered, people or simulated annotators.
        student: Kind of the student.
        seed: Seed of the run.
        taxonomy: The emotions.
        clip_ledger: ClipLedger.
        candidates: Candidates.
        bench_labels: RoundLabels of the bench.
        labels: RoundLabels of the last round.
        machine_votes: MachineVotes.
        round_history: One row per round.
        label_quality: One row per round, see `measure_label_quality`.
        loop_decisions: One row per round: answers so far, certified error, why the loop stops.
        bench_predictions: BenchPredictions of all evaluated models.
        bench_scores: One row per model and modalities, see `score_models`.
        bench_versions: What the numbers of each model rest on, see `describe_versions`.
        bench_comparisons: The headline model and each other one, see `compare_models`.
        voter_scores: The voters' report card, see `score_voters`.
        voter_pairs: Pairs of voters, see `compare_errors`.
        explanations: Explanations.
        confusion_matrix: Figure as PNG, and so are the following.
        per_class_plot: F1 and recall by label.
        rounds_plot: Scores and label quality by round.
        quality_plot: Wrong labels by answers, and what the next ones would bring.
        footage_plot: Hours and clips of the films.
        voter_errors_plot: Voters with the same errors.
        voter_recall_plot: Recall by label and voter.
    """

    annotators: str
    student: str
    seed: int
    taxonomy: Taxonomy
    clip_ledger: pd.DataFrame
    candidates: pd.DataFrame
    bench_labels: pd.DataFrame
    labels: pd.DataFrame
    machine_votes: pd.DataFrame
    round_history: pd.DataFrame
    label_quality: pd.DataFrame
    loop_decisions: pd.DataFrame
    bench_predictions: pd.DataFrame
    bench_scores: pd.DataFrame
    bench_versions: pd.DataFrame
    bench_comparisons: pd.DataFrame
    voter_scores: pd.DataFrame
    voter_pairs: pd.DataFrame
    explanations: pd.DataFrame
    confusion_matrix: bytes
    per_class_plot: bytes
    rounds_plot: bytes
    quality_plot: bytes
    footage_plot: bytes
    voter_errors_plot: bytes
    voter_recall_plot: bytes


def render_page(
    contents: PageContents, people: list[dict[str, Any]], cross_fitted: bool = True
) -> str:
    """Return the page as HTML with its figures inside; the same contents give the same page.

    It shows no subtitle and no face.

    Args:
        contents: Datasets and parameters.
        people: One row per campaign: campaign, people, clips, votes, adjudicated and
            krippendorff_alpha.
        cross_fitted: Whether the rounds' students predicted clips by models that were not trained
            on their films.
    """
    environment = open_templates(TEMPLATE.parent)
    environment.filters.update(
        percent=percent,
        whole=whole,
        decimals=decimals,
        plain=plain,
        base64=lambda data: base64.b64encode(data).decode("ascii"),
    )
    template = environment.get_template(TEMPLATE.name)
    return template.render(
        contents,
        **_summarise_clips(contents),
        **_summarise_models(contents),
        cross_fitted=cross_fitted,
        people=people,
        simulated=contents["annotators"] == "simulated",
        voters=summarise_voters(contents["machine_votes"]),
        card=_records(contents["voter_scores"]),
        pairs=_records(contents["voter_pairs"]),
        rounds=_records(contents["round_history"]),
        quality=_records(contents["label_quality"]),
        decisions=_records(contents["loop_decisions"]),
        judge=judge_of(contents["round_history"]),
        plateau=bool((contents["loop_decisions"]["stop"] == "plateau").any()),
        truth_known=bool(contents["label_quality"]["known"].sum()),
        statuses=contents["explanations"]["status"].value_counts().to_dict(),
        metrics=METRIC_NAMES,
        round_counts=ROUND_COUNTS,
        reliability=RELIABILITY,
    )


def _summarise_clips(contents: PageContents) -> dict[str, Any]:
    """Return the number of films, the scenes by outcome, and the clips by label."""
    ledger = contents["clip_ledger"]
    names = contents["taxonomy"].labels
    pool = _counts(contents["labels"]["label"], names)
    bench = _counts(contents["bench_labels"]["label"], names)
    return {
        "films": int(ledger["source_id"].nunique()),
        "outcomes": _counts(ledger["outcome"], OUTCOMES),
        "label_counts": [
            {"label": name, "pool": pool[name], "bench": bench[name]} for name in names
        ],
    }


def _summarise_models(contents: PageContents) -> dict[str, Any]:
    """Return the scores of all models, and the comparison of the headline model with each other."""
    return {
        "headline": find_headline(contents["bench_predictions"]),
        "scores": _part_abstentions(contents["bench_scores"], contents["voter_scores"]),
        "comparisons": _records(contents["bench_comparisons"]),
        "versions": _records(contents["bench_versions"].fillna("")),
    }


def _part_abstentions(scores: pd.DataFrame, voter_scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the scores with the share of clips on which a voter abstained or the vote was open.

    `unreadable` is then the share of the other clips without a label.
    """
    card = voter_scores.set_index("voter")
    rows = _records(scores)
    for row in rows:
        known = row["model"] in card.index
        abstained = card.loc[row["model"], "status_abstained"] / row["n"] if known else 0.0
        row["abstained"] = min(float(abstained), row["unreadable"])
        row["unreadable"] -= row["abstained"]
    return rows


def summarise_voters(machine_votes: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each voter's number of clips, and the share of the clips with each status."""
    rows = []
    for voter, votes in machine_votes.groupby("voter", sort=True):
        shares = votes["status"].value_counts(normalize=True).sort_index()
        rows.append({"voter": voter, "clips": len(votes), "shares": shares.to_dict()})
    return rows


def percent(value: Any) -> str:
    """Return a fraction as percent with one decimal, or a dash if it is not known."""
    return "–" if pd.isna(value) else f"{100 * float(value):.1f}"


def decimals(value: Any) -> str:
    """Return a number with three decimals, or a dash if it is not known."""
    return "–" if pd.isna(value) else f"{float(value):.3f}"


def whole(value: Any) -> str:
    """Return a count with commas, or a dash if it is not known."""
    return "–" if pd.isna(value) else f"{int(value):,}"


def plain(value: Any, form: str = ".1f") -> str:
    """Return a number in a format, or a dash if it is not known."""
    return "–" if pd.isna(value) else format(float(value), form)


def _counts(values: pd.Series, names: Sequence[str]) -> dict[str, int]:
    counts = values.value_counts()
    return {name: int(counts.get(name, 0)) for name in names}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
