"""The loss of answers equals the model's own, and fillers weigh nothing."""

import pytest
import torch
from support.lessons import draw_shards, options, write_rows

from libra_emo.students.multimodal.examples import open_example
from libra_emo.students.multimodal.families import UNLEARNT, open_family
from libra_emo.students.multimodal.training.dataset import Lessons
from libra_emo.students.multimodal.training.losses import answer_loss
from libra_emo.students.multimodal.training.order import FILLER, order_epoch


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
    batch = family.collate([family.encode(processor, each, each.answer) for each in examples])
    with torch.no_grad():
        loss, tokens = answer_loss(model, batch)
        own = model(**batch).loss
    assert int(tokens) == int((batch["labels"] != UNLEARNT).sum())
    assert float(loss / tokens) == pytest.approx(float(own), rel=1e-5)


def test_fillers_have_no_loss_and_each_place_is_the_same_whenever_asked(parts):
    family, model, processor, reader, rows, chosen = parts
    order = order_epoch(["sad"] * 6, 7, 0, 4)
    lessons = Lessons(rows, order, 8, reader, chosen, family, processor, 7)
    assert len(lessons) == 8 and (order[6:] == FILLER).all()
    with torch.no_grad():
        loss, tokens = answer_loss(model, family.collate([lessons[6], lessons[7]]))
    assert float(loss) == 0 and int(tokens) == 0
    first = lessons[2]
    again = Lessons(rows, order, 8, reader, chosen, family, processor, 7)[2]
    assert torch.equal(first.input_ids, again.input_ids)
    for name, value in first.clip_inputs.items():
        assert torch.equal(value, again.clip_inputs[name])
