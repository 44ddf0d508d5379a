"""The rounds of `end_to_end.py`, by the functions of the pipelines' nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scale_tables import LABELS, TAXONOMY

from libra_emo.annotation.options import AnnotationOptions
from libra_emo.pipelines.active_learning import certifying, nodes, weighing
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.pipelines.voting.nodes import collect_round_0_votes, merge_round_0
from libra_emo.voting.options import VotingOptions

SEED = 20250101
SIGNAL = 3.0  # how clearly the student sees the truth, in standard deviations of its noise
_PARAMETERS = Path(__file__).parents[1] / "conf" / "base" / "parameters_active_learning.yml"
OPTIONS = ActiveLearningOptions.model_validate(
    yaml.safe_load(_PARAMETERS.read_text())["active_learning"]
)


def start(folder: Path, own: Path, voting: VotingOptions) -> dict[str, Any]:
    """Label by vote and people, and weigh the labels: round 0."""
    read = _Reader(folder)
    voted = {name: read("vote", name) for name in ("majority", "queue", "machine_votes")}
    votes = collect_round_0_votes(
        voted["queue"], voted["machine_votes"], TAXONOMY, voting, OPTIONS, **_annotators(read)
    )
    labels, dropped = merge_round_0(
        voted["majority"],
        voted["queue"],
        votes,
        voted["machine_votes"],
        read("fabricate", "pool"),
        "simulated",
        TAXONOMY,
        voting,
        OPTIONS,
    )
    tables = weighing.weigh_first_labels(
        labels, votes, voted["machine_votes"], "simulated", TAXONOMY, OPTIONS
    )
    names = ("soft_labels", "posterior", "label_changes", "votes_so_far")
    made = dict(zip(names, tables, strict=True))
    made |= {"labels": labels, "dropped": dropped, "human_votes": votes}
    _write(made, own)
    return _describe(made, read)


def advance(number: int, folder: Path, own: Path) -> dict[str, Any]:
    """Predict, choose, ask, label, weigh and certify: a round after the vote."""
    read, before = _Reader(folder), f"round_{number - 1}"
    report = RoundReport.model_construct(round=number - 1, saturated=False)
    labels_before, machine = read(before, "labels"), read("vote", "machine_votes")
    features = read("fabricate", "candidates")[["clip_id", "source_id"]]
    posterior_before, votes_before = read(before, "posterior"), read(before, "votes_so_far")
    predictions = _predict(labels_before, read, number)
    queue = nodes.select_clips(
        labels_before, predictions, machine, votes_before, report, TAXONOMY, OPTIONS, SEED
    )
    audit = certifying.draw_round_audit(
        labels_before, posterior_before, features, report, OPTIONS, SEED
    )
    known = {
        "predictions": predictions,
        "machine_votes": machine,
        "votes_before": votes_before,
        "report_before": report,
        "taxonomy": TAXONOMY,
        "active_learning": OPTIONS,
    }
    asked = _annotators(read)
    votes = nodes.ask_round_annotators(queue=queue, audit=audit, **known, **asked)
    known |= {"human_votes": votes, "annotators": "simulated"}
    labels, dropped = nodes.merge_answers(
        labels_before=labels_before, queue=queue, posterior_before=posterior_before, **known
    )
    soft, posterior, changes = weighing.weigh_labels(
        labels=labels,
        labels_before=labels_before,
        soft_labels_before=read(before, "soft_labels"),
        posterior_before=posterior_before,
        **known,
    )
    certificate, votes_so_far = certifying.certify_labels(
        audit=audit, labels=labels, posterior=posterior, **known
    )
    (own / "certificate.json").write_text(certificate.model_dump_json())
    made = {"labels": labels, "dropped": dropped, "soft_labels": soft, "posterior": posterior}
    made |= {"label_changes": changes, "votes_so_far": votes_so_far, "human_votes": votes}
    _write(made, own)
    return {"asked": len(queue), "audited": int(audit["drawn"].sum()), **_describe(made, read)}


class _Reader:
    """Reads tables of earlier steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, step: str, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / step / f"{name}.parquet")

    def truth(self, clips: pd.Series) -> np.ndarray:
        """Return the true label of each clip."""
        ids = self("fabricate", "candidates")["clip_id"]
        labels = self("fabricate", "truth")["label"]
        return labels.to_numpy()[pd.Index(ids).get_indexer(clips)]


def _annotators(read: _Reader) -> dict[str, Any]:
    return {
        "annotators": "simulated",
        "annotation_store": None,
        "sample_truth": read("fabricate", "truth"),
        "candidates": read("fabricate", "candidates"),
        "annotation": AnnotationOptions(),
        "seed": SEED,
    }


def _predict(labels: pd.DataFrame, read: _Reader, number: int) -> pd.DataFrame:
    """Return Predictions drawn around the truth; no student is trained."""
    draw = np.random.default_rng([SEED, number])
    truth = pd.Index(LABELS).get_indexer(read.truth(labels["clip_id"]))
    seen = draw.normal(size=(len(labels), len(LABELS)))
    seen[np.arange(len(labels)), truth] += SIGNAL
    shares = np.exp(SIGNAL * (seen - seen.max(axis=1, keepdims=True)))
    shares /= shares.sum(axis=1, keepdims=True)
    table = pd.DataFrame({"clip_id": labels["clip_id"].to_numpy()})
    table["predicted"] = LABELS[shares.argmax(axis=1)]
    table["confidence"] = shares.max(axis=1)
    return pd.concat(
        [table, pd.DataFrame(shares, columns=[f"p_{label}" for label in LABELS])], axis=1
    )


def _write(tables: dict[str, pd.DataFrame], own: Path) -> None:
    for name, table in tables.items():
        table.to_parquet(own / f"{name}.parquet")


def _describe(made: dict[str, pd.DataFrame], read: _Reader) -> dict[str, Any]:
    labels = made["labels"]
    right = (labels["label"].to_numpy() == read.truth(labels["clip_id"])).mean()
    return {"judgements": len(made["human_votes"]), "right": round(float(right), 4)}
