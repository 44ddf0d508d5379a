import numpy as np
import pandas as pd
import pytest
from support.loop_round import AUDIT, make_round
from support.rounds import round_report

from libra_emo.datasets import ReportDataset
from libra_emo.labelling.certificate import content_hash, digest_tables, stale_reason
from libra_emo.pipelines.active_learning import certifying
from libra_emo.schemas import Predictions, empty


def test_every_labelled_clip_has_a_probability_and_the_draw_is_repeated():
    audit = make_round(audit=AUDIT).select().audit
    assert set(audit["clip_id"]) == set(make_round().labels_before["clip_id"])
    assert audit["probability"].between(0, 1, inclusive="right").all()
    assert audit["drawn"].any() and not audit["drawn"].all()
    pd.testing.assert_frame_equal(audit, make_round(audit=AUDIT).select().audit)
    by_stratum = audit.groupby(["label", "origin"])["probability"].nunique()
    assert (by_stratum == 1).all()


def test_the_certificate_speaks_of_the_labels_of_its_round():
    done = make_round(audit=AUDIT).run()
    found = done.certificate.certificate
    assert done.certificate.annotators == "simulated" and done.certificate.reason is None
    assert found.released == len(done.labels)
    assert 0 <= found.overall.low <= found.overall.estimate <= found.overall.high <= 1
    assert found.hash == content_hash(found)
    drawn = done.audit.loc[done.audit["drawn"], "clip_id"]
    assert found.clips == drawn.isin(done.labels["clip_id"]).sum()
    now = {**found.digests, "labels": digest_tables(done.labels)}
    assert stale_reason(found, now) is None
    other = done.labels.assign(label="sad")
    assert "labels" in stale_reason(found, {**now, "labels": digest_tables(other)})


@pytest.mark.parametrize("strategy", ["disagreement", "expected_gain"])
def test_answers_of_the_audit_change_nothing_before_its_interval_is_written(strategy):
    """Whatever the panel says: labels, soft labels and posterior are the same."""
    done = make_round(audit=AUDIT, query_strategy=strategy).run()
    labels, soft, posterior = done.labels, done.soft_labels, done.posterior
    panel = done.human_votes["campaign"].str.contains("audit")
    assert panel.any()
    done.human_votes.loc[panel, "label"] = "amazed"
    done.label().certify()
    pd.testing.assert_frame_equal(done.labels, labels)
    pd.testing.assert_frame_equal(done.soft_labels, soft)
    pd.testing.assert_frame_equal(done.posterior, posterior)
    assert done.certificate.certificate.overall.estimate == pytest.approx(1)
    # afterwards they are ordinary votes
    assert done.votes_so_far["campaign"].str.contains("audit").any()


def test_an_audit_of_all_labels_finds_their_share_of_wrong_ones():
    """With a panel that knows the truth, the estimate is the share itself."""
    every = {**AUDIT, "clips": 36, "min_clips_per_stratum": 100}
    done = make_round(audit=every).select().ask().label()
    truth = done.world.sample_truth.merge(
        done.world.candidates, on=["source_id", "start_s"]
    ).set_index("clip_id")["label"]
    panel = done.human_votes["campaign"] == "round_1.audit"
    done.human_votes.loc[panel, "label"] = done.human_votes.loc[panel, "clip_id"].map(truth)
    found = done.certify().certificate.certificate
    wrong = done.labels["label"] != done.labels["clip_id"].map(truth)
    assert found.overall.estimate == pytest.approx(wrong.mean(), abs=1e-6)
    assert found.panel.instability == 0


@pytest.mark.parametrize(
    ("options", "report", "reason"),
    [
        ({}, round_report(0), "no audit"),
        ({"audit": AUDIT}, round_report(0, saturated=True), "stopped"),
        ({"audit": AUDIT}, round_report(5), "look 6 is none of the 5"),
    ],
)
def test_without_an_audit_there_is_a_reason_and_no_certificate(options, report, reason):
    ready = make_round(**options)
    ready.report_before = report
    done = ready.run()
    assert done.audit.empty and done.certificate.certificate is None
    assert reason in done.certificate.reason


def test_the_final_certificate_is_that_of_the_final_labels_alone():
    done = make_round(audit=AUDIT).run()
    first = certifying.leave_uncertified("simulated")
    assert certifying.take_certificate(done.labels, first, done.certificate) == done.certificate
    other = done.labels.assign(label=np.roll(done.labels["label"], 1))
    stale = certifying.take_certificate(other, first, done.certificate)
    assert stale.certificate is None and "round 1" in stale.reason
    assert certifying.take_certificate(done.labels, first) == first


def test_a_certificate_comes_back_as_it_was_saved(tmp_path):
    done = make_round(audit={**AUDIT, "annotators_per_clip": 1, "threshold": 1}).run()
    assert np.isnan(done.certificate.certificate.panel.instability)
    kind = certifying.RoundCertificate
    dataset = ReportDataset(
        filepath=str(tmp_path / "round_1.json"), model=f"{kind.__module__}.{kind.__name__}"
    )
    dataset.save(done.certificate)
    found = dataset.load().certificate
    assert found.hash == content_hash(found)


@pytest.mark.parametrize("strategy", ["disagreement", "expected_gain"])
def test_certified_labels_stay_as_they_are_in_the_rounds_after_the_stop(strategy):
    first = make_round(audit=AUDIT, query_strategy=strategy).run()
    assert first.votes_so_far["campaign"].eq("round_1.audit").any()
    later = make_round(first.votes_so_far, audit=AUDIT, query_strategy=strategy)
    later.labels_before, later.report_before = first.labels, round_report(1, saturated=True)
    later.posterior_before, later.soft_labels_before = first.posterior, first.soft_labels
    later.predictions = empty(Predictions)
    later.run()
    pd.testing.assert_frame_equal(later.labels, first.labels)
    assert later.dropped.empty and later.changes.empty
    found = certifying.take_certificate(later.labels, first.certificate, later.certificate)
    assert found == first.certificate
