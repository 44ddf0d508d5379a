import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.report_card import (
    compare_errors,
    recall_by_class,
    score_voters,
    split_voters,
    summarise_card,
)
from libra_emo.evaluation.report_card_plots import plot_errors_alike, plot_recall
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
# the paper's bench, and the 327 of its 642 clips that the vote has right (50.93 %)
BENCH = dict(
    zip(TAXONOMY.labels, (41, 61, 35, 62, 77, 51, 44, 42, 80, 35, 39, 48, 27), strict=True)
)
RIGHT = 327


def answers(truth: list[str], **voters: list[str | None]) -> pd.DataFrame:
    tables = []
    for voter, predicted in voters.items():
        table = pd.DataFrame({"clip_id": [f"c{n:04d}" for n in range(len(truth))], "truth": truth})
        table["predicted"] = pd.Series(predicted, dtype="str")
        table["source_id"] = table["clip_id"]  # each clip a film of its own
        table["status"] = np.where(table["predicted"].isna(), "abstained", "ok")
        tables.append(table.assign(voter=voter, cost_usd=0.01, seconds=2.0))
    return pd.concat(tables, ignore_index=True)


def bench() -> tuple[list[str], list[str | None]]:
    truth = [label for label, count in BENCH.items() for _ in range(count)]
    order = np.random.default_rng(5).permutation(len(truth))
    others = dict(zip(TAXONOMY.labels, (*TAXONOMY.labels[1:], TAXONOMY.labels[0]), strict=True))
    predicted: list[str | None] = list(truth)
    for place in order[RIGHT:]:
        predicted[place] = others[truth[place]]
    return truth, predicted


def test_the_papers_vote_has_its_accuracy_and_its_interval() -> None:
    truth, predicted = bench()
    table = score_voters(answers(truth, vote=predicted), "vote", TAXONOMY, 7, 2000)
    row = table.iloc[0]
    assert len(truth) == 642 and round(100 * row["accuracy"], 2) == 50.93
    half = (row["accuracy_high"] - row["accuracy_low"]) / 2
    assert 100 * half == pytest.approx(3.9, abs=0.15)
    assert np.isnan(row["p_value"]), "nothing to compare the vote with but itself"


def test_scores_are_scikit_learns() -> None:
    from sklearn.metrics import f1_score

    random = np.random.default_rng(3)
    truth = list(random.choice(TAXONOMY.labels, 300))
    said = [t if random.random() < 0.5 else str(random.choice(TAXONOMY.labels)) for t in truth]
    row = score_voters(answers(truth, one=said, vote=truth), "vote", TAXONOMY, 7, 100).iloc[0]
    assert row["weighted_f1"] == pytest.approx(f1_score(truth, said, average="weighted"))
    assert row["macro_f1"] == pytest.approx(f1_score(truth, said, average="macro"))
    assert row["weighted_f1_low"] < row["weighted_f1"] < row["weighted_f1_high"]


def test_abstentions_are_wrong_and_told_apart_with_cost_and_time() -> None:
    truth = ["sad", "sad", "happy", "angry"]
    table = answers(truth, one=["sad", None, "happy", "sad"], vote=["sad", "sad", "happy", None])
    table.loc[0, ["cost_usd", "seconds"]] = [0.03, 4.0]
    table.loc[1, ["cost_usd", "seconds"]] = np.nan
    one = score_voters(table, "vote", TAXONOMY, 7, 100).iloc[0]
    assert (one["accuracy"], one["answered"]) == (0.5, 3)
    assert one["answered_accuracy"] == pytest.approx(2 / 3)
    assert (one["status_ok"], one["status_abstained"], one["status_refused"]) == (3, 1, 0)
    assert (one["only_voter"], one["only_vote"], one["p_value"]) == (0, 1, 1.0)
    assert one["cost_usd"] == pytest.approx(0.05)
    assert one["cost_usd_per_clip"] == pytest.approx(0.05 / 3)
    assert one["seconds_per_clip"] == pytest.approx(8 / 3)


def test_recall_by_class() -> None:
    table = recall_by_class(answers(["sad", "sad", "happy"], one=["sad", None, "sad"]), TAXONOMY)
    found = table.set_index("label")
    assert len(table) == 13 and found.loc["sad", "recall"] == 0.5
    assert (found.loc["happy", "hits"], found.loc["happy", "truths"]) == (0, 1)
    assert found.loc["sad", "recall_low"] < 0.5 < found.loc["sad", "recall_high"]
    assert np.isnan(found.loc["angry", "recall"])


def test_errors_alike_are_counted_where_both_answered() -> None:
    truth = ["sad"] * 4 + ["happy"] * 4 + ["angry"]
    table = answers(
        truth,
        one=["sad", "angry", "angry", "angry", "happy", "happy", "sad", "happy", None],
        two=["sad", "angry", "angry", "happy", "happy", "sad", "sad", "happy", "sad"],
        vote=truth,
    )
    pairs = compare_errors(table, "vote", TAXONOMY)
    row = pairs.iloc[0]
    assert len(pairs) == 1 and (row["first"], row["second"], row["n"]) == ("one", "two", 8)
    assert (row["wrong_first"], row["wrong_second"]) == (4, 5)
    assert (row["both_wrong"], row["alike"]) == (4, 3)
    assert row["both_wrong_expected"] == pytest.approx(3 * 3 / 4 + 1 * 2 / 4)
    assert row["alike_expected"] == pytest.approx(3 * 2 / 4 + 1 * 2 / 4)
    assert row["alike_low"] < row["alike_share"] == 3 / 8 < row["alike_high"]


def test_independent_voters_err_alike_as_often_as_expected() -> None:
    random = np.random.default_rng(11)
    truth = list(random.choice(TAXONOMY.labels, 20_000))
    one, two = (
        [t if random.random() < 0.5 else str(random.choice(TAXONOMY.labels[:4])) for t in truth]
        for _ in range(2)
    )
    row = compare_errors(answers(truth, one=one, two=two), "vote", TAXONOMY).iloc[0]
    assert row["both_wrong"] == pytest.approx(row["both_wrong_expected"], rel=0.04)
    assert row["alike"] == pytest.approx(row["alike_expected"], rel=0.05)


LABELS = st.sampled_from([*TAXONOMY.labels[:4], None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TAXONOMY.labels[:4]), LABELS, LABELS), min_size=1, max_size=25
    )
)
def test_a_pair_is_the_same_either_way(
    rows: list[tuple[str, str | None, str | None]],
) -> None:
    truth, one, two = (list(column) for column in zip(*rows, strict=True))
    there = compare_errors(answers(truth, one=one, two=two), "vote", TAXONOMY).iloc[0]  # type: ignore[arg-type]
    back = compare_errors(answers(truth, two=two, one=one), "vote", TAXONOMY).iloc[0]  # type: ignore[arg-type]
    for name in ("n", "both_wrong", "alike"):
        assert there[name] == back[name]
    for name in ("both_wrong_expected", "alike_expected"):
        assert there[name] == pytest.approx(back[name])
    assert there["alike"] <= there["both_wrong"] <= min(there["wrong_first"], there["wrong_second"])
    assert there["alike_expected"] <= there["both_wrong_expected"] + 1e-9


def test_a_voter_that_was_not_asked_about_all_is_an_error() -> None:
    table = answers(["sad", "happy"], one=["sad", "happy"], vote=["sad", None])
    with pytest.raises(EvaluationError, match="'one' has 1 answers for 2 bench clips"):
        split_voters(table.drop(index=0))
    with pytest.raises(EvaluationError, match="'chosen' is not among the voters one, vote"):
        score_voters(table, "chosen", TAXONOMY, 7, 100)
    with pytest.raises(EvaluationError, match="lack the column status"):
        split_voters(table.drop(columns="status"))


def test_the_report_holds_all_three() -> None:
    truth, predicted = bench()
    table = answers(truth, one=predicted, two=truth, vote=predicted)
    scores = score_voters(table, "vote", TAXONOMY, 7, 100)
    recall, pairs = recall_by_class(table, TAXONOMY), compare_errors(table, "vote", TAXONOMY)
    report = summarise_card(scores, recall, pairs, ["simulated", "simulated"])
    assert report["bench_labelled_by"] == ["simulated"]
    assert list(report["voters"]) == list(report["recall"]) == ["one", "two", "vote"]
    assert report["pairs"][0]["wrong_second"] == 0


@pytest.mark.parametrize("names", [("one",), ("one", "two", "three")])
def test_plots_show_every_voter(names: tuple[str, ...]) -> None:
    truth, predicted = bench()
    table = answers(truth, **dict.fromkeys([*names, "vote"], predicted))
    scores, pairs = (
        score_voters(table, "vote", TAXONOMY, 7, 100),
        compare_errors(table, "vote", TAXONOMY),
    )
    axes = plot_errors_alike(scores, pairs).axes[0]
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert shown == (["one", "vote"] if len(names) == 1 else list(names))
    texts = {text.get_text() for text in axes.texts}
    wrong = f"{1 - RIGHT / len(truth):.1%}"
    assert f"{wrong}\nwrong" in texts
    if len(names) > 1:
        expected = pairs["alike_expected"][0] / len(truth)
        assert f"{wrong}\n({expected:.1%})" in texts
    axes = plot_recall(recall_by_class(table, TAXONOMY), TAXONOMY).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == [*names, "vote"]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        f"{label}  ({count})" for label, count in BENCH.items()
    ]
