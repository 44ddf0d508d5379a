import numpy as np
import pytest
from support.score_reports import draw_bench, draw_labels, make_report, match_labels
from support.votes import draw_votes

from libra_emo.evaluation.scoring.score import name_models, score_answers
from libra_emo.evaluation.scoring.summary import summarise


def test_both_headlines_and_the_ids_without_an_answer(tmp_path):
    """Four predictions are missing and six cannot be read."""
    clips = draw_bench()
    labels = draw_labels(clips, 0.6, seed=3)
    labels[:4], labels[4:10] = [None] * 4, [""] * 6
    report = score_answers(clips, [match_labels(clips, labels, tmp_path)], seed=1)
    (model,) = report.models
    hits = sum(
        label == clips.classes.names[t] for label, t in zip(labels, clips.truth, strict=True)
    )
    assert model.missing == ("c0", "c1", "c2", "c3")
    assert model.without_label == tuple(f"c{place}" for place in range(4, 10))
    assert model.scores["accuracy"].estimate == pytest.approx(hits / 191)
    assert model.readable["accuracy"].estimate == pytest.approx(hits / 185)
    assert model.coverage == pytest.approx(191 / 195)
    bounds, everything = model.bounds["accuracy"], model.bounds_all["accuracy"]
    assert (bounds.low, bounds.high) == pytest.approx((hits / 191, (hits + 6) / 191))
    assert (everything.low, everything.high) == pytest.approx((hits / 195, (hits + 10) / 195))
    found = summarise(report)
    assert found["war"] == found["accuracy"] == model.scores["accuracy"].estimate
    assert found["war_readable"] > found["war"]
    assert found["uar_readable"] > found["uar"]
    assert (found["unreadable"], found["missing"]) == (6, ["c0", "c1", "c2", "c3"])
    assert found["intervals"]["war"][0] < found["war"] < found["intervals"]["war"][1]
    assert found["bounds"]["accuracy"] == [bounds.low, bounds.high]


def test_models_are_ranked_and_those_that_differ_by_little_are_tied(tmp_path):
    report = make_report(tmp_path)
    assert report.best_first[-1] == 0
    assert report.ranks[0].tolist() == [3, 3]
    assert report.ranks[1].tolist() == report.ranks[2].tolist() == [1, 2]
    assert report.power.films > 12


def test_a_model_that_answered_nothing_is_last_and_breaks_nothing(tmp_path):
    clips = draw_bench()
    labels = draw_labels(clips, 0.6, seed=1)
    silent = match_labels(clips, [""] * len(labels), tmp_path, "silent")
    failed = match_labels(clips, ["sad"] + [None] * 194, tmp_path, "failed")
    report = score_answers(clips, [silent, failed, match_labels(clips, labels, tmp_path)], seed=1)
    assert report.best_first[0] == 2
    assert report.models[0].scores["accuracy"].estimate == 0
    assert np.isnan(report.models[0].readable["accuracy"].estimate)
    assert summarise(report)["models"][0]["accuracy_readable"] is None


def test_votes_give_a_ceiling_and_a_test_of_each_model(tmp_path):
    clips = draw_bench()
    report = make_report(tmp_path, clips=clips, votes=draw_votes(1, clips=195))
    assert report.ceiling.annotators == 8
    assert report.noise.manhattan > 0
    assert all(0 <= model.alternative.omega <= 1 for model in report.models)
    assert summarise(report)["human_ceiling"]["clips"] == 195


def test_probabilities_give_calibration_and_a_curve(tmp_path):
    clips = draw_bench()
    labels = draw_labels(clips, 0.6, seed=1)
    names = clips.classes.names
    shares = {name: tuple(0.4 if name == label else 0.05 for label in labels) for name in names}
    answers = match_labels(clips, labels, tmp_path, probabilities=shares)
    (model,) = score_answers(clips, [answers], seed=1).models
    assert model.calibration.ece == pytest.approx(
        abs(model.scores["accuracy"].estimate - 0.4), abs=0.06
    )
    assert model.curve.accuracy[-1] == pytest.approx(model.scores["accuracy"].estimate)


def test_no_two_models_have_one_name(tmp_path):
    clips = draw_bench()
    labels = draw_labels(clips, 0.6, seed=1)
    places = [(tmp_path / "a.csv", "V"), (tmp_path / "a.csv", "VA"), (tmp_path / "b.csv", "VA")]
    answers = [match_labels(clips, labels, place, "gpt", shown) for place, shown in places]
    assert name_models(answers) == ["gpt (V)", "gpt (VA) (a.csv)", "gpt (VA) (b.csv)"]
    assert name_models([answers[0]] * 2) != [answers[0].model] * 2
    assert len(set(name_models([answers[0]] * 2))) == 2


def test_the_same_request_gives_the_same_report(tmp_path):
    one, two = (summarise(make_report(tmp_path)) for _ in range(2))
    assert one == two
