"""The page of results: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.evaluation.metrics import METRICS
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


@dataclass(frozen=True)
class Results:
    """What the page shows: the tables of the catalog by their names, and how they were made.

    Attributes:
        headline: The model, by name and modalities, that the figures show and the others are held
            against.
        voter_scores: The voters' report card, as `score_voters` gives it.
        voter_pairs: Which of them err alike, as `compare_errors` gives it.
        figures: PNG bytes of `confusion_matrix`, `per_class_plot`, `rounds_plot`,
            `footage_plot`, `voter_errors_plot` and `voter_recall_plot`.
    """

    annotators: str
    student: str
    seed: int
    headline: tuple[str, str]
    clip_ledger: pd.DataFrame
    candidates: pd.DataFrame
    bench_labels: pd.DataFrame
    labels: pd.DataFrame
    machine_votes: pd.DataFrame
    round_history: pd.DataFrame
    label_quality: pd.DataFrame
    bench_scores: pd.DataFrame
    comparisons: pd.DataFrame
    voter_scores: pd.DataFrame
    voter_pairs: pd.DataFrame
    explanations: pd.DataFrame
    figures: dict[str, bytes]


def render_page(results: Results, taxonomy: Taxonomy) -> str:
    """Return the page as HTML, its pictures inside; the same results make the same page.

    No subtitle and no face is on it.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent,
        whole=whole,
        decimals=decimals,
        plain=plain,
        png=lambda data: base64.b64encode(data).decode("ascii"),
    )
    template = environment.get_template(TEMPLATE.name)
    return template.render(
        r=results,
        simulated=results.annotators == "simulated",
        films=int(results.clip_ledger["source_id"].nunique()),
        outcomes=_counts(results.clip_ledger["outcome"], OUTCOMES),
        label_counts=_label_counts(results, taxonomy),
        voters=summarise_voters(results.machine_votes),
        card=_records(results.voter_scores),
        pairs=_records(results.voter_pairs),
        metrics=METRIC_NAMES,
        round_counts=ROUND_COUNTS,
        reliability=RELIABILITY,
        rounds=_records(results.round_history),
        quality=_records(results.label_quality),
        truth_known=bool(results.label_quality["known"].sum()),
        scores=_records(results.bench_scores),
        comparisons=_records(results.comparisons),
        statuses=results.explanations["status"].value_counts().to_dict(),
    )


def summarise_voters(machine_votes: pd.DataFrame) -> list[dict[str, Any]]:
    """Return for each voter how many clips it saw and the share that ended in each status."""
    rows = []
    for voter, votes in machine_votes.groupby("voter", sort=True):
        shares = votes["status"].value_counts(normalize=True).sort_index()
        rows.append({"voter": voter, "clips": len(votes), "shares": shares.to_dict()})
    return rows


def percent(value: Any) -> str:
    """Return a fraction as percent with one decimal, a dash for what is not known."""
    return "–" if pd.isna(value) else f"{100 * float(value):.1f}"


def decimals(value: Any) -> str:
    """Return a number with three decimals, a dash for what is not known."""
    return "–" if pd.isna(value) else f"{float(value):.3f}"


def whole(value: Any) -> str:
    """Return a count with commas, a dash for what is not known."""
    return "–" if pd.isna(value) else f"{int(value):,}"


def plain(value: Any, form: str = ".1f") -> str:
    """Return a number in a form, a dash for what is not known."""
    return "–" if pd.isna(value) else format(float(value), form)


def _counts(values: pd.Series, names: Sequence[str]) -> dict[str, int]:
    counts = values.value_counts()
    return {name: int(counts.get(name, 0)) for name in names}


def _label_counts(results: Results, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    pool = _counts(results.labels["label"], taxonomy.labels)
    bench = _counts(results.bench_labels["label"], taxonomy.labels)
    return [{"label": name, "pool": pool[name], "bench": bench[name]} for name in taxonomy.labels]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
