import pandas as pd
import pytest

from libra_emo.evaluation.sets.bench import NO_CONSENSUS, NO_TRUTH, read_bench, read_own_table
from libra_emo.evaluation.sets.set_classes import SetError


def test_the_bench_has_its_films_and_its_clips_without_a_label(tmp_path):
    labels, sample = tmp_path / "data/05_model_input", tmp_path / "data/03_primary"
    labels.mkdir(parents=True)
    sample.mkdir()
    pd.DataFrame({"clip_id": ["a", "b"], "label": ["sad", "happy"]}).to_parquet(
        labels / "bench_labels.parquet"
    )
    pd.DataFrame({"clip_id": ["a", "b", "c"], "source_id": ["f", "g", "g"]}).to_parquet(
        sample / "bench_sample.parquet"
    )
    for place in (tmp_path, labels / "bench_labels.parquet"):
        owners = read_bench(place)
        assert owners.clips["film"].tolist() == ["f", "g"]
        assert owners.left_out.to_dict("records") == [{"clip_id": "c", "reason": NO_CONSENSUS}]


def test_a_table_of_ones_own(tmp_path):
    place = tmp_path / "mine.csv"
    place.write_text("id,truth,film\n1,sad,x\n2,,x\n3,happy,y\n")
    owners = read_own_table(place)
    assert owners.clips["clip_id"].tolist() == ["1", "3"]
    assert owners.left_out.to_dict("records") == [{"clip_id": "2", "reason": NO_TRUTH}]


def test_the_truth_may_lie_in_another_file(tmp_path):
    clips, truth = tmp_path / "clips.csv", tmp_path / "truth.csv"
    clips.write_text("clip_id,film\n2,x\n3,y\n")
    truth.write_text("clip_id,label\n1,sad\n2,happy\n3,angry\n")
    owners = read_own_table(truth, clips=clips)
    assert owners.clips["label"].tolist() == ["happy", "angry"]
    assert owners.clips["film"].tolist() == ["x", "y"]
    clips.write_text("clip_id\n2\n4\n")
    with pytest.raises(SetError, match=r"1 clips of .* have no truth here, the first is 4"):
        read_own_table(truth, clips=clips)


def test_a_bench_without_truth_and_a_fold_of_it_are_refused(tmp_path):
    place = tmp_path / "clips.csv"
    place.write_text("clip_id,film\n1,x\n")
    with pytest.raises(SetError, match="there is no truth to score by; give a column"):
        read_own_table(place)
    with pytest.raises(SetError, match="has no folds"):
        read_own_table(place, fold=1)
