"""What a round of the loop reads, from the small world: labels, predictions, votes, options."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from libra_emo.annotation.options import AnnotationOptions
from libra_emo.pipelines.active_learning import certifying, nodes, weighing
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import HumanVotes, Predictions, check, empty
from libra_emo.taxonomy import Taxonomy, read_taxonomy
from support.rounds import round_report
from support.small_world import SmallWorld, make_world

AUDIT = {"enabled": True, "clips": 12, "min_clips_per_stratum": 2}


@dataclass
class LoopRound:
    """Round 1 of a loop with simulated annotators; each step keeps what it returns."""

    options: ActiveLearningOptions
    world: SmallWorld
    taxonomy: Taxonomy
    predictions: pd.DataFrame
    votes_before: pd.DataFrame

    def __post_init__(self):
        self.labels_before = self.world.rounds[0]
        self.report_before = round_report(0)
        first = weighing.weigh_first_labels(
            self.labels_before,
            self.votes_before,
            self.world.machine_votes,
            "simulated",
            self.taxonomy,
            self.options,
        )
        self.soft_labels_before, self.posterior_before = first[:2]

    @property
    def known(self):
        """What most nodes read."""
        return {
            "predictions": self.predictions,
            "machine_votes": self.world.machine_votes,
            "votes_before": self.votes_before,
            "report_before": self.report_before,
            "taxonomy": self.taxonomy,
            "active_learning": self.options,
        }

    def select(self):
        self.queue = nodes.select_clips(labels=self.labels_before, seed=1, **self.known)
        self.audit = certifying.draw_round_audit(
            self.labels_before,
            self.posterior_before,
            self.world.features,
            self.report_before,
            self.options,
            1,
        )
        return self

    def ask(self, **inputs):
        people = {
            "annotators": "simulated",
            "annotation_store": None,
            "sample_truth": self.world.sample_truth,
            "candidates": self.world.candidates,
            "seed": 1,
        }
        self.human_votes = nodes.ask_round_annotators(
            queue=self.queue,
            audit=self.audit,
            annotation=AnnotationOptions(),
            **self.known,
            **{**people, **inputs},
        )
        return self

    def label(self):
        self.labels, self.dropped = nodes.merge_answers(
            labels_before=self.labels_before,
            queue=self.queue,
            human_votes=self.human_votes,
            posterior_before=self.posterior_before,
            annotators="simulated",
            **self.known,
        )
        self.soft_labels, self.posterior, self.changes = weighing.weigh_labels(
            labels=self.labels,
            labels_before=self.labels_before,
            human_votes=self.human_votes,
            soft_labels_before=self.soft_labels_before,
            posterior_before=self.posterior_before,
            annotators="simulated",
            **self.known,
        )
        return self

    def certify(self):
        self.certificate, self.votes_so_far = certifying.certify_labels(
            audit=self.audit,
            labels=self.labels,
            posterior=self.posterior,
            human_votes=self.human_votes,
            annotators="simulated",
            **self.known,
        )
        return self

    def run(self):
        return self.select().ask().label().certify()


def make_round(votes=None, **options):
    """Return round 1 of a loop before its first step."""
    world, taxonomy = make_world(), read_taxonomy()
    before = empty(HumanVotes) if votes is None else votes
    chosen = ActiveLearningOptions(**options)
    return LoopRound(chosen, world, taxonomy, predict(world.rounds[1], taxonomy), before)


def predict(labels, taxonomy):
    """Return predictions of a student that gives 0.7 to labels that are better than round 0's."""
    shares = np.full((len(labels), len(taxonomy.labels)), 0.3 / (len(taxonomy.labels) - 1))
    places = [taxonomy.labels.index(label) for label in labels["label"]]
    shares[np.arange(len(labels)), places] = 0.7
    table = pd.DataFrame(shares, columns=[f"p_{label}" for label in taxonomy.labels])
    table.insert(0, "clip_id", labels["clip_id"].to_numpy())
    table.insert(1, "predicted", labels["label"].to_numpy())
    table.insert(2, "confidence", 0.7)
    return check(table, Predictions)
