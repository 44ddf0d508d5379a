"""What is learnt and what is held out, film by film."""

import pytest
from support.lessons import draw_shards, write_rows

from libra_emo.students.multimodal.training.options import FineTuningOptions
from libra_emo.students.multimodal.training_data import gather_material


@pytest.fixture
def given(tmp_path):
    reader, labels = draw_shards(tmp_path / "shards", clips=24, films=6)
    film_of = {clip_id: clip_id.split("-")[0] for clip_id in labels}
    return write_rows(labels), film_of, reader


def gather(given, fraction):
    return gather_material(*given, FineTuningOptions(validation_fraction=fraction), seed=7)


def test_films_are_learnt_or_held_out_whole_and_no_clip_is_lost(given):
    found = gather(given, 0.4)
    assert found.held and found.explained
    assert len(found.learnt) + len(found.scored) == 24
    assert {row["clip_id"].split("-")[0] for row in found.scored} == found.held
    assert not {row["clip_id"].split("-")[0] for row in found.learnt} & found.held
    assert found.answers == [row["messages"][1]["content"].split("\n")[0] for row in found.learnt]


def test_without_some_films_all_others_are_learnt(given):
    found = gather(given, 0.4).without(["film0", "film3"])
    assert not found.held and not found.scored
    assert {row["clip_id"].split("-")[0] for row in found.learnt} == {
        "film1",
        "film2",
        "film4",
        "film5",
    }
    assert len(found.films) == len(found.rows) == 16


def test_clips_that_may_not_be_learnt_are_left_out(given):
    rows, film_of, reader = given
    del film_of["film0-000"]
    found = gather_material(rows, film_of, reader, FineTuningOptions(), seed=7)
    assert len(found.rows) == 23 and all(row["clip_id"] != "film0-000" for row in found.rows)
