import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from libra_emo.evaluation.failures.pairs import COLUMNS, rank_pairs


def predictions(truth, predicted, films=None, model="one"):
    films = [f"film{place}" for place in range(len(truth))] if films is None else films
    return pd.DataFrame(
        {
            "model": model,
            "modalities": "VAT",
            "clip_id": [f"clip{place:03d}" for place in range(len(truth))],
            "source_id": films,
            "truth": truth,
            "predicted": predicted,
        }
    )


def test_the_most_frequent_pairs_come_first_with_wilsons_interval():
    truth = ["sad"] * 10 + ["angry"] * 4
    predicted = ["angry"] * 3 + ["happy"] + ["sad"] * 6 + ["hateful"] * 2 + [None, "angry"]
    found = rank_pairs(predictions(truth, predicted))
    assert found[["truth", "answer", "clips", "of"]].to_numpy().tolist() == [
        ["sad", "angry", 3, 10],
        ["angry", "hateful", 2, 4],
        ["sad", "happy", 1, 10],
    ]
    low, high = proportion_confint(3, 10, method="wilson")
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([low, high])


def test_clips_of_one_film_count_for_less():
    truth, predicted = ["sad"] * 20, ["angry"] * 10 + ["sad"] * 10
    apart = rank_pairs(predictions(truth, predicted)).iloc[0]
    together = rank_pairs(predictions(truth, predicted, ["a"] * 10 + ["b"] * 5 + ["c"] * 5)).iloc[0]
    assert together["films"] == 3
    assert together["high"] - together["low"] > apart["high"] - apart["low"]


def test_models_keep_their_order_and_right_answers_are_no_pairs():
    one = predictions(["sad", "sad"], ["sad", "sad"], model="b")
    other = predictions(["sad", "sad"], ["sad", "happy"], model="a")
    third = predictions(["sad", "sad"], ["angry", "angry"], model="0")
    found = rank_pairs(pd.concat([one, other, third], ignore_index=True))
    assert found["model"].tolist() == ["a", "0"]
    assert tuple(rank_pairs(one).columns) == COLUMNS
