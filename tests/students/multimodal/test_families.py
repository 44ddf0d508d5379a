"""Each family's adapter on a tiny random model: from a clip to a loss and back."""

import dataclasses
import re

import numpy as np
import pytest
import torch
from support.tiny_training import LABELS, draw_shards, write_rows

from libra_emo.students.multimodal.examples import open_example
from libra_emo.students.multimodal.families import UNLEARNT, open_family
from libra_emo.students.multimodal.scoring.labels import score_labels
from libra_emo.students.options.multimodal import MultimodalOptions

NAMES = ("internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text")
# four frames of 56 x 56 pixels, patches of 14: 4 x 4 a frame, merged 2 x 2 where the family merges;
# Qwen joins two frames, Llava keeps every patch
VISUAL = {"internvl": 4 * 4, "qwen2_5_vl": 2 * 4, "qwen2_5_omni": 2 * 4, "image_text": 4 * 16}


class World:
    def __init__(self, name, folder):
        self.name = name
        self.options = MultimodalOptions(
            checkpoint=f"tiny:{name}", device="cpu", frames=4, frame_pixels=56
        )
        self.family = open_family(self.options)
        self.model, self.processor = self.family.load(self.options.checkpoint, self.options)
        reader, labels = draw_shards(folder, clips=6, pixels=56)
        self.examples = [open_example(row, reader, self.options) for row in write_rows(labels)[:3]]
        longer = f"{self.examples[1].request} Look at the face, and listen to what is said."
        self.examples[1] = dataclasses.replace(self.examples[1], request=longer)

    def encode(self, number=0, answer=None):
        return self.family.encode(self.processor, self.examples[number], answer)


@pytest.fixture(scope="module", params=NAMES)
def world(request, tmp_path_factory):
    return World(request.param, tmp_path_factory.mktemp("clips") / "shards")


@pytest.fixture(params=["qwen2_5_vl", "qwen2_5_omni"])
def timed(request, tmp_path):
    return World(request.param, tmp_path / "shards")


def run(world, encoded, side="right"):
    batch = world.family.collate(encoded, side)
    return batch, world.model(**{k: v for k, v in batch.items() if k != "labels"}).logits


def loss_of(world, encoded):
    batch, logits = run(world, encoded)
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), batch["labels"][:, 1:].flatten(), ignore_index=UNLEARNT
    )


def test_placeholders_are_as_many_as_visual_tokens(world):
    assert world.encode().visual_tokens == VISUAL[world.name]


def test_the_answer_alone_is_learnt_and_ends_with_the_turn(world):
    answer = world.examples[0].answer
    encoded, asked = world.encode(answer=answer), world.encode()
    assert (encoded.labels[: len(asked)] == UNLEARNT).all()
    answered = encoded.labels[len(asked) :]
    assert (answered == encoded.input_ids[len(asked) :]).all()
    tokenizer = world.processor.tokenizer
    assert tokenizer.decode(answered) == f"{answer}<|im_end|>"
    label = answer.split("\n")[0]
    first = world.family.label_ids(world.processor, label, True)
    assert answered[: len(first)].tolist() == first


def test_the_loss_falls_with_lora_on_the_language_model_alone(world):
    from peft import LoraConfig, get_peft_model

    hit = [
        name
        for name, _ in world.model.named_modules()
        if re.fullmatch(world.family.lora_targets, name)
    ]
    assert len(hit) == 2 * 7  # layers, and linear parts of each
    assert all(re.search(r"language_model", name) for name in hit)
    encoded = [world.encode(n, example.answer) for n, example in enumerate(world.examples)]
    torch.manual_seed(0)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=world.family.lora_targets)
    tuned = World.__new__(World)
    tuned.__dict__.update(world.__dict__)
    tuned.model = get_peft_model(world.model, config)
    try:
        trained = [p for p in tuned.model.parameters() if p.requires_grad]
        assert len(trained) == 2 * len(hit)
        optimizer = torch.optim.AdamW(trained, lr=2e-2)
        losses = []
        for _ in range(20):
            loss = loss_of(tuned, encoded)
            losses.append(float(loss.detach()))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert losses[-1] < 0.8 * losses[0]
    finally:
        tuned.model.unload()


def test_saved_and_loaded_again_it_says_the_same(world, tmp_path):
    world.model.save_pretrained(tmp_path)
    world.processor.save_pretrained(tmp_path)
    options = world.options.model_copy(update={"checkpoint": str(tmp_path)})
    again = World.__new__(World)
    again.__dict__.update(world.__dict__)
    again.family = open_family(options)
    assert again.family.name == world.name
    again.model, again.processor = again.family.load(str(tmp_path), options)
    with torch.no_grad():
        before, after = (run(each, [each.encode()])[1] for each in (world, again))
    torch.testing.assert_close(after, before, rtol=0, atol=0)


def test_labels_are_scored_as_by_full_passes(world):
    examples = [*world.examples[:2], dataclasses.replace(world.examples[2], explained=False)]
    found = score_labels(world.model, world.family, world.processor, examples, LABELS)
    for row, example in zip(found, examples, strict=True):
        asked = world.family.encode(world.processor, example, None)
        wanted = []
        for label in LABELS:
            encoded = world.family.encode(
                world.processor, example, f"{label}\n" if example.explained else label
            )
            tokens = world.family.label_ids(world.processor, label, example.explained)
            with torch.no_grad():
                logs = run(world, [encoded])[1][0].log_softmax(-1)
            places = range(len(asked) - 1, len(asked) - 1 + len(tokens))
            wanted.append(sum(float(logs[p, t]) for p, t in zip(places, tokens, strict=True)))
        np.testing.assert_allclose(row, wanted, rtol=1e-4, atol=1e-4)


def test_right_and_left_padding_say_the_same(world):
    if not world.family.knows_positions:
        pytest.skip("its batches are not padded before the answer")
    encoded = [world.encode(n) for n in range(2)]
    assert len(encoded[0]) != len(encoded[1])
    last = {}
    for side in ("left", "right"):
        with torch.no_grad():
            batch, logits = run(world, encoded, side)
        ends = [int(mask.nonzero()[-1]) for mask in batch["attention_mask"]]
        last[side] = torch.stack([logits[n, end] for n, end in enumerate(ends)])
    torch.testing.assert_close(last["left"], last["right"], rtol=1e-3, atol=1e-4)


def test_times_stand_in_the_positions(timed):
    """Four frames over four seconds: two pairs, two seconds apart.

    Qwen2.5-VL here counts 2 positions a second, so 4 lie between the pairs; Omni counts 25, so 50.
    """
    example = dataclasses.replace(timed.examples[0], audio=None)
    assert example.duration_s == 4.0
    encoded = timed.family.encode(timed.processor, example, None)
    seen = encoded.input_ids == timed.processor.video_token_id
    begin = int(seen.nonzero()[0])
    between = {"qwen2_5_vl": 2 * 2, "qwen2_5_omni": 25 * 2}[timed.name]
    places = (encoded.position_ids[:, seen] - begin).tolist()
    assert places[0] == [0] * 4 + [between] * 4
    assert places[1] == [0, 0, 1, 1] * 2
    assert places[2] == [0, 1, 0, 1] * 2


def test_sound_and_frames_share_one_axis_of_time(tmp_path):
    """Of four seconds the sound has 25 tokens each; chunks of two seconds, frames first."""
    world = World("qwen2_5_omni", tmp_path / "shards")
    encoded = world.encode()
    video, audio = world.processor.video_token_id, world.processor.audio_token_id
    ids = encoded.input_ids.tolist()
    assert ids.count(audio) == 100
    kinds = [token for token in ids if token in (video, audio)]
    assert kinds == [video] * 4 + [audio] * 50 + [video] * 4 + [audio] * 50
    sound = encoded.position_ids[0][encoded.input_ids == audio]
    frames = encoded.position_ids[0][encoded.input_ids == video]
    assert (sound - sound[0]).tolist() == list(range(100))
    assert (frames - sound[0]).tolist() == [0] * 4 + [50] * 4
