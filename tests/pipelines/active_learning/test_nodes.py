"""Once the score is flat, a round asks nobody and changes nothing."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from support.rounds import round_report

from libra_emo.annotation.options import AnnotationOptions
from libra_emo.pipelines.active_learning import nodes, scoring
from libra_emo.pipelines.active_learning.certifying import leave_uncertified
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import (
    Audits,
    HumanVotes,
    MachineVotes,
    Posteriors,
    RoundLabels,
    check,
    empty,
)
from libra_emo.students import TrainingOptions
from libra_emo.students.calibration import Calibration
from libra_emo.taxonomy import read_taxonomy

OPTIONS = ActiveLearningOptions()
FLAT = round_report(
    2,
    saturated=True,
    best_score=0.6,
    rounds_without_gain=2,
    calibration=Calibration(temperature=1.2),
    accuracy=0.5,
)


@pytest.fixture
def labels():
    rows = {"clip_id": ["a", "b"], "label": ["sad", "angry"], "origin": "machine"}
    return check(pd.DataFrame({**rows, "support": 2, "votes": 3, "round": 0}), RoundLabels)


def test_a_round_changes_nothing_once_the_score_is_flat(labels):
    taxonomy = read_taxonomy()
    features = labels[["clip_id"]]
    none = empty(HumanVotes)
    predictions = nodes.predict_clips(features, labels, None, FLAT, None)
    known = {
        "predictions": predictions,
        "machine_votes": empty(MachineVotes),
        "votes_before": none,
        "report_before": FLAT,
        "taxonomy": taxonomy,
        "active_learning": OPTIONS,
    }
    queue = nodes.select_clips(labels=labels, seed=1, **known)
    votes = nodes.ask_round_annotators(
        queue=queue,
        audit=empty(Audits),
        annotation=AnnotationOptions(),
        annotators="people",
        annotation_store=None,
        sample_truth=None,
        candidates=labels,
        seed=1,
        **known,
    )
    after, dropped = nodes.merge_answers(
        labels_before=labels,
        queue=queue,
        human_votes=votes,
        posterior_before=empty(Posteriors),
        annotators="people",
        **known,
    )
    options = TrainingOptions()
    leaks = pd.DataFrame({"clip_id": [], "bench_clip": []})
    model = nodes.train_student(
        *(features, after, leaks, taxonomy, "classical", options, 1, None, None),
        report_before=FLAT,
    )
    report, decision, judged = scoring.score_round(
        model,
        features,
        labels,
        empty(RoundLabels),
        none,
        labels,
        queue,
        after,
        dropped,
        empty(Posteriors),
        none,
        leave_uncertified("people"),
        taxonomy,
        "people",
        OPTIONS,
        None,
        1,
        FLAT,
    )
    assert judged.empty
    assert_frame_equal(after, labels)
    assert len(queue) == len(votes) == len(dropped) == len(predictions) == 0
    assert model == {"pointer": "round_2"}
    assert report.passed_through and report.saturated and report.round == 3
    assert report.calibration == FLAT.calibration
    assert report.metrics == FLAT.metrics and report.changed == 0
    assert decision.stops and "had stopped" in decision.reason


def test_annotators_are_asked_before_the_score_is_flat(labels):
    predictions = pd.DataFrame({"clip_id": ["a", "b"], "predicted": "sad", "confidence": 0.5})
    going = FLAT.model_copy(update={"saturated": False})
    votes = empty(HumanVotes), empty(MachineVotes)
    queue = nodes.select_clips(
        labels, predictions, votes[1], votes[0], going, read_taxonomy(), OPTIONS, 1
    )
    assert queue["clip_id"].tolist() == ["b"]
