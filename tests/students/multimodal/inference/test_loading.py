"""Clips that are read ahead of the model come in their order, and troubles where they belong."""

import threading

import pytest
from support.tiny_training import draw_shards, options, write_rows

from libra_emo.media.shards import ShardError
from libra_emo.students.multimodal.inference.loading import load_batches


@pytest.fixture
def given(tmp_path):
    reader, labels = draw_shards(tmp_path / "shards", clips=9)
    return write_rows(labels), reader


@pytest.mark.parametrize(("size", "wanted"), [(4, [4, 4, 1]), (9, [9]), (20, [9])])
def test_they_come_in_order_so_many_at_a_time(given, size, wanted):
    rows, reader = given
    chosen = options().model_copy(update={"predict_batch_clips": size, "predict_loader_threads": 3})
    batches = list(load_batches(rows, reader, chosen, lambda example: example.clip_id))
    assert [len(batch.examples) for batch in batches] == wanted
    found = [clip_id for batch in batches for clip_id in batch.encoded]
    assert found == [row["clip_id"] for row in rows]
    assert list(load_batches([], reader, chosen, str)) == []


def test_the_next_batch_is_read_while_one_is_at_work_and_no_further(given):
    rows, reader = given
    chosen = options().model_copy(update={"predict_batch_clips": 3})
    seen, second = [], threading.Event()

    def encode(example):
        seen.append(example.clip_id)
        if len(seen) == 6:
            second.set()
        return example.clip_id

    batches = load_batches(rows, reader, chosen, encode)
    next(batches)
    assert second.wait(30)  # nobody has asked for the second yet
    assert len(seen) == 6
    assert len(list(batches)) == 2 and len(seen) == 9


def test_a_clip_that_cannot_be_read_is_named_where_its_turn_is(given):
    rows, reader = given
    rows[5] = {**rows[5], "clip_id": "film9-000"}
    chosen = options().model_copy(update={"predict_batch_clips": 3})
    batches = load_batches(rows, reader, chosen, lambda example: example.clip_id)
    assert len(next(batches).examples) == 3
    with pytest.raises(ShardError, match="film9-000"):
        next(batches)
