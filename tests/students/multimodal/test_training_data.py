"""What is learnt and what is held out, film by film."""

import pytest
from support.tiny_training import draw_shards, write_rows

from libra_emo.students.multimodal.training_data import gather_training_data
from libra_emo.students.options.fine_tuning import FineTuningOptions


@pytest.fixture
def given(tmp_path):
    reader, labels = draw_shards(tmp_path / "shards", clips=24, films=6)
    film_of = {clip_id: clip_id.split("-")[0] for clip_id in labels}
    return write_rows(labels), film_of, reader


def gather(given, fraction):
    return gather_training_data(*given, FineTuningOptions(validation_fraction=fraction), seed=7)


def test_films_are_learnt_or_held_out_whole_and_no_clip_is_lost(given):
    found = gather(given, 0.4)
    assert found.held_out and found.explained
    assert len(found.training_rows) + len(found.validation_rows) == 24
    assert {row["clip_id"].split("-")[0] for row in found.validation_rows} == found.held_out
    assert not {row["clip_id"].split("-")[0] for row in found.training_rows} & found.held_out
    answers = [row["messages"][1]["content"] for row in found.training_rows]
    assert found.training_labels == [answer.split("\n")[0] for answer in answers]


def test_without_some_films_all_others_are_learnt(given):
    found = gather(given, 0.4).without(["film0", "film3"])
    assert not found.held_out and not found.validation_rows
    assert {row["clip_id"].split("-")[0] for row in found.training_rows} == {
        "film1",
        "film2",
        "film4",
        "film5",
    }
    assert len(found.films) == len(found.rows) == 16


def test_clips_that_may_not_be_learnt_are_left_out(given):
    rows, film_of, reader = given
    del film_of["film0-000"]
    found = gather_training_data(rows, film_of, reader, FineTuningOptions(), seed=7)
    assert len(found.rows) == 23 and all(row["clip_id"] != "film0-000" for row in found.rows)
