"""Labels scored from one reading against a full pass for each label."""

import dataclasses

import numpy as np
import pytest
import torch
from support.tiny_training import LABELS, draw_shards, options, write_rows

from libra_emo.students.multimodal.examples import open_example
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.scoring import labels as scoring
from libra_emo.students.multimodal.scoring.labels import score_labels
from libra_emo.students.multimodal.training.program.losses import answer_loss


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    chosen = options()
    family = open_family(chosen)
    model, processor = family.load(chosen.checkpoint, chosen)
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=6)
    examples = [open_example(row, reader, chosen) for row in write_rows(labels)[:3]]
    longer = f"{examples[1].request} Look at the face, and listen to what is said."
    examples[1] = dataclasses.replace(examples[1], request=longer)
    examples[2] = dataclasses.replace(examples[2], explained=False, answer=None)
    return family, model, processor, examples


def full_pass(family, model, processor, example, label):
    """The log-likelihood of a label and what ends it, read with the whole request."""
    answer = f"{label}\n" if example.explained else label
    encoded = family.encode(processor, example, answer)
    ends = len(family.label_ids(processor, label, example.explained))
    labels = encoded.labels.clone()
    begins = int((labels != -100).nonzero()[0])
    labels[begins + ends :] = -100  # the end of a turn after an empty explanation
    with torch.no_grad():
        batch = family.collate([dataclasses.replace(encoded, labels=labels)])
        return -float(answer_loss(model, batch)[0])


@pytest.mark.parametrize("way", ["sdpa", "eager", "repeated"])
def test_they_are_equal_whatever_the_padding_and_the_ending(parts, way, monkeypatch):
    family, model, processor, examples = parts
    if way == "repeated":  # as with attention that takes no mask of ours
        monkeypatch.setattr(scoring, "_WITH_ANY_MASK", ())
    else:
        model.set_attn_implementation(way)
    found = score_labels(model, family, processor, examples, LABELS)
    assert len({len(family.encode(processor, example, None)) for example in examples}) > 1
    for row, example in zip(found, examples, strict=True):
        wanted = [full_pass(family, model, processor, example, label) for label in LABELS]
        np.testing.assert_allclose(row, wanted, rtol=1e-4)
    model.set_attn_implementation("sdpa")


def test_the_request_is_read_once_and_its_cache_not_copied(parts, monkeypatch):
    """Two passes in all, of the request and of the labels' tokens; what sees runs in the first."""
    family, model, processor, examples = parts
    read, seen = [], []
    whole, tower = model.forward, model.model.vision_tower.forward

    def count(**batch):
        read.append(tuple(batch["input_ids"].shape))
        return whole(**batch)

    def look(*given, **named):
        seen.append(1)
        return tower(*given, **named)

    monkeypatch.setattr(model, "forward", count)
    monkeypatch.setattr(model.model.vision_tower, "forward", look)
    score_labels(model, family, processor, examples[:2], LABELS)
    longest = max(len(family.encode(processor, example, None)) for example in examples[:2])
    starts = {
        tuple(tokens[:n])
        for label in LABELS
        for tokens in [family.label_ids(processor, label, True)]
        for n in range(1, len(tokens))
    }
    assert read == [(2, longest), (2, len(starts))]
    assert len(seen) == 1


def test_a_clip_alone_is_judged_as_in_a_batch(parts):
    family, model, processor, examples = parts
    together = score_labels(model, family, processor, examples, LABELS)
    alone = [score_labels(model, family, processor, [example], LABELS)[0] for example in examples]
    np.testing.assert_allclose(together, np.array(alone), rtol=1e-4)


def test_right_and_left_padding_give_the_same_answers(parts):
    family, model, processor, examples = parts
    encoded = [family.encode(processor, example, None) for example in examples]
    last = {}
    for side in ("left", "right"):
        batch = family.collate(encoded, side)
        mask = batch["attention_mask"]
        batch.pop("labels")
        with torch.no_grad():
            logits = model(**batch).logits
        ends = [int(row.nonzero()[-1]) for row in mask]
        last[side] = torch.stack([logits[n, end] for n, end in enumerate(ends)])
    torch.testing.assert_close(last["left"], last["right"], rtol=1e-3, atol=1e-4)
