"""The loss of answers equals the model's own, and fillers weigh nothing."""

import numpy as np
import pytest
import torch
from support.tiny_training import draw_shards, options, write_rows

from libra_emo.students.errors import EncodingError
from libra_emo.students.multimodal.examples import open_example
from libra_emo.students.multimodal.families import UNLEARNT, open_family
from libra_emo.students.multimodal.training.batches import FILLER, order_epoch
from libra_emo.students.multimodal.training.program.dataset import TrainingDataset
from libra_emo.students.multimodal.training.program.losses import answer_loss
from libra_emo.students.multimodal.training.refused import Refusals


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    chosen = options()
    family = open_family(chosen)
    model, processor = family.load(chosen.checkpoint, chosen)
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=6)
    return family, model, processor, reader, write_rows(labels), chosen


def test_it_is_the_models_own_loss_times_the_tokens(parts):
    family, model, processor, reader, rows, chosen = parts
    examples = [open_example(row, reader, chosen) for row in rows[:3]]
    batch = family.collate(
        [family.encode(processor, example, example.answer) for example in examples]
    )
    with torch.no_grad():
        loss, tokens = answer_loss(model, batch)
        own = model(**batch).loss
    assert int(tokens) == int((batch["labels"] != UNLEARNT).sum())
    assert float(loss / tokens) == pytest.approx(float(own), rel=1e-5)


def test_fillers_have_no_loss_and_an_index_gives_the_same_whenever_read(parts):
    family, model, processor, reader, rows, chosen = parts
    order = order_epoch(["sad"] * 6, 7, 0, 4)
    dataset = TrainingDataset(rows, order, 8, reader, chosen, family, processor, 7)
    assert len(dataset) == 8 and (order[6:] == FILLER).all()
    with torch.no_grad():
        loss, tokens = answer_loss(model, family.collate([dataset[6], dataset[7]]))
    assert float(loss) == 0 and int(tokens) == 0
    first = dataset[2]
    again = TrainingDataset(rows, order, 8, reader, chosen, family, processor, 7)[2]
    assert torch.equal(first.input_ids, again.input_ids)
    (batched,) = dataset.__getitems__([2])  # as torch's loader asks for a batch
    assert torch.equal(first.input_ids, batched.input_ids)
    for name, value in first.clip_inputs.items():
        assert torch.equal(value, again.clip_inputs[name])
        assert torch.equal(value, batched.clip_inputs[name])


def test_a_clip_that_cannot_be_encoded_is_noted_and_teaches_nothing(parts, tmp_path, monkeypatch):
    family, _, processor, reader, rows, chosen = parts
    odd, real = rows[1]["clip_id"], family.inputs

    def inputs(used, example):
        if example.clip_id == odd:
            raise ValueError("placeholders are 3, and frames 4")
        return real(used, example)

    monkeypatch.setattr(family, "inputs", inputs)
    notes = Refusals(tmp_path, len(rows))
    order = np.array([0, 1, 2, FILLER])
    given = (rows, order, 4, reader, chosen, family, processor, 7)
    dataset = TrainingDataset(*given, notes)
    learnt = [bool((dataset[place].labels != UNLEARNT).any()) for place in range(4)]
    assert learnt == [True, False, True, False]
    (note,) = notes.read()
    assert note["clip_id"] == odd
    assert note["reason"].startswith(f"clip {odd}: it cannot be encoded for internvl (ValueError")
    with pytest.raises(EncodingError, match=odd):
        TrainingDataset(*given)[1]
