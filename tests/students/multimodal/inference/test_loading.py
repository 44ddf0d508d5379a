"""Clips that are read ahead of the model come in their order, and troubles where they belong."""

import threading

import numpy as np
import pytest
from support.tiny_training import LABELS, draw_shards, options, write_rows

from libra_emo.media.shards import ShardError
from libra_emo.students.errors import EncodingError
from libra_emo.students.multimodal.inference.loading import load_batches
from libra_emo.students.multimodal.inference.model import generate_rows, load_model, score_rows


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


def test_a_clip_that_cannot_be_encoded_is_named_and_left_out(given, caplog):
    rows, reader = given
    odd = {rows[4]["clip_id"], *(row["clip_id"] for row in rows[6:])}

    def encode(example):
        if example.clip_id in odd:
            raise EncodingError(f"clip {example.clip_id}: it cannot be encoded")
        return example.clip_id

    chosen = options().model_copy(update={"predict_batch_clips": 3})
    batches = list(load_batches(rows, reader, chosen, encode))
    assert [batch.places for batch in batches] == [[0, 1, 2], [3, 5]]
    assert all(clip_id in caplog.text for clip_id in odd)


def test_its_prediction_is_missing_and_all_others_are_the_same(given, monkeypatch):
    rows, reader = given
    chosen = options().model_copy(update={"predict_batch_clips": 4})
    loaded = load_model(chosen)
    wanted = np.array(score_rows(loaded, rows, reader, chosen, LABELS))
    texts = generate_rows(loaded, rows, reader, chosen.model_copy(update={"max_answer_tokens": 4}))
    real = loaded.family.inputs

    def inputs(processor, example):
        if example.clip_id == rows[4]["clip_id"]:
            raise ValueError("odd")
        return real(processor, example)

    monkeypatch.setattr(loaded.family, "inputs", inputs)
    found = np.array(score_rows(loaded, rows, reader, chosen, LABELS))
    assert np.isnan(found[4]).all()
    others = [place for place in range(len(rows)) if place != 4]
    np.testing.assert_allclose(found[others], wanted[others], rtol=1e-4, atol=1e-5)
    short = chosen.model_copy(update={"max_answer_tokens": 4})
    answers = generate_rows(loaded, rows, reader, short)
    assert answers[4].text == "" and answers[0] == texts[0]
