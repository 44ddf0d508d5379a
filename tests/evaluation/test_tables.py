import pandas as pd
import pytest

from libra_emo.evaluation.metrics import METRICS, EvaluationError
from libra_emo.evaluation.tables import (
    bench_rows,
    check_coverage,
    compare_models,
    read_predictions,
    score_columns,
    score_models,
)
from libra_emo.schemas import TableError
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def make_bench(truth):
    return pd.DataFrame(
        {
            "clip_id": [f"clip{number}" for number in range(len(truth))],
            "label": truth,
            "origin": "people",
            "support": 5,
            "votes": 8,
            "round": 0,
        }
    )


def answers(bench, predicted):
    return pd.DataFrame({"clip_id": bench["clip_id"], "predicted": predicted})


def films(bench):
    return {clip: f"film{place // 2}" for place, clip in enumerate(bench["clip_id"])}


def rows_of(model, modalities, bench, predictions):
    return bench_rows(model, modalities, bench, films(bench), predictions)


def two_models():
    bench = make_bench(["sad", "sad", "angry", "happy"])
    one = bench_rows(
        "one", "VT", bench, films(bench), answers(bench, ["sad", "sad", "angry", "sad"])
    )
    two = bench_rows(
        "two", "T", bench, films(bench), answers(bench, ["happy", None, "sad", "happy"])
    )
    return pd.concat([two, one], ignore_index=True)


def test_scores_have_the_promised_columns_in_the_order_of_the_models():
    scores = score_models(two_models(), TAXONOMY)
    assert scores.columns.tolist() == score_columns()
    assert scores["model"].tolist() == ["two", "one"]
    assert scores["accuracy"].tolist() == [0.25, 0.75]
    assert scores["films"].tolist() == [2, 2]
    assert scores["unreadable"].tolist() == [0.25, 0.0]
    assert {f"{name}_high" for name in METRICS} < set(scores.columns)


def test_the_order_of_rows_changes_no_interval():
    table = two_models()
    shuffled = pd.concat([table.iloc[[2, 0, 3, 1]], table.iloc[4:].iloc[::-1]])
    pd.testing.assert_frame_equal(score_models(table, TAXONOMY), score_models(shuffled, TAXONOMY))


def test_the_paired_table_counts_who_alone_is_right():
    found = compare_models(two_models(), ("one", "VT"), TAXONOMY, seed=1, permutations=100)
    row = found.iloc[0]
    assert (row["model"], row["only_reference"], row["only_model"]) == ("two", 3, 1)
    assert row["p_mcnemar"] == pytest.approx(0.625)  # 3 of 4, two-sided: 10/16
    assert row["difference"] == 0.5
    # the first film has both of its clips for the reference, the second has one for either: of the
    # four ways to flip the signs all give a sum of two at least
    assert row["p_value"] == row["p_holm"] == 1.0


def test_a_clip_without_an_answer_is_there_and_unreadable():
    bench = make_bench(["sad", "angry"])
    rows = rows_of("one", "V", bench, answers(bench, ["sad", "angry"]).iloc[:1])
    assert rows["clip_id"].tolist() == ["clip0", "clip1"]
    assert rows["predicted"].isna().tolist() == [False, True]


def test_clips_outside_the_bench_are_left_aside():
    bench = make_bench(["sad", "angry"])
    predicted = pd.DataFrame({"clip_id": ["clip0", "clip1", "else"], "predicted": "sad"})
    assert len(rows_of("one", "V", bench, predicted)) == 2


def test_two_answers_to_one_clip_are_an_error():
    bench = make_bench(["sad"])
    with pytest.raises(EvaluationError, match="two predictions for clip clip0"):
        bench_rows(
            "one",
            "V",
            bench,
            films(bench),
            pd.DataFrame({"clip_id": ["clip0"] * 2, "predicted": "sad"}),
        )


def test_an_unknown_reference_is_an_error():
    with pytest.raises(EvaluationError, match="three VAT"):
        compare_models(two_models(), ("three", "VAT"), TAXONOMY, seed=1, permutations=100)


def test_predictions_from_outside_are_checked():
    with pytest.raises(EvaluationError, match=r"theirs\.csv: the column predicted is missing"):
        read_predictions("theirs.csv", pd.DataFrame({"clip_id": ["a"]}), TAXONOMY)
    table = pd.DataFrame({"clip_id": ["a"], "predicted": ["gloomy"]})
    with pytest.raises(TableError, match=r"theirs\.csv: 'gloomy'"):
        read_predictions("theirs.csv", table, TAXONOMY)
    table = pd.DataFrame({"clip_id": [1], "predicted": ["sad"], "p_sad": [0.5], "mood": ["x"]})
    found = read_predictions("theirs.csv", table, TAXONOMY)
    assert found.columns.tolist() == ["clip_id", "predicted", "p_sad"]
    assert found["clip_id"].tolist() == ["1"]


def test_a_file_about_other_clips_is_refused(caplog):
    bench = make_bench(["sad"] * 3)
    ours = answers(bench, "sad")
    for table in (ours.assign(clip_id=["1", "2", "3"]), ours.iloc[:0]):
        with pytest.raises(
            EvaluationError, match=r"theirs\.csv: none of its \d ids .* bench has clip0"
        ):
            check_coverage("theirs.csv", table, bench["clip_id"])
    check_coverage("theirs.csv", ours, bench["clip_id"])
    assert not caplog.records


def test_clips_that_a_file_lacks_are_listed(caplog):
    bench = make_bench(["sad"] * 3)
    check_coverage("theirs.csv", answers(bench, "sad").iloc[1:2], bench["clip_id"])
    assert "no prediction for 2 of 3 clips" in caplog.text and "clip0, clip2" in caplog.text
