"""Answers that are written out, against transformers' own generation and one full pass a token."""

import dataclasses

import pytest
import torch
from support.tiny_training import draw_shards, options, write_rows

from libra_emo.students.multimodal.examples import open_example
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.inference.generating import begin_answer, generate_answers
from libra_emo.students.multimodal.tiny.internvl import ALL
from libra_emo.students.options.multimodal import MultimodalOptions

NAMES = ("internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text")
TOKENS = 12


@pytest.fixture(scope="module", params=NAMES)
def parts(request, tmp_path_factory):
    chosen = MultimodalOptions(
        checkpoint=f"tiny:{request.param}", device="cpu", frames=4, frame_pixels=56
    )
    family = open_family(chosen)
    model, processor = family.load(chosen.checkpoint, chosen)
    places = processor.tokenizer.convert_tokens_to_ids(list(ALL[request.param].special))
    model.get_output_embeddings().weight.data[places] = 0  # a random model may say such a one
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=3, pixels=56)
    examples = [open_example(row, reader, chosen) for row in write_rows(labels)[:2]]
    longer = f"{examples[1].request} Look at the face, and listen to what is said."
    return family, model, processor, [examples[0], dataclasses.replace(examples[1], request=longer)]


def by_full_passes(family, model, processor, encoded):
    """Write with a pass over everything for each token; positions follow the highest."""
    end, tokens = family.end_of_turn(processor), []
    while len(tokens) < TOKENS:
        batch = family.collate([encoded])
        batch.pop("labels")
        with torch.no_grad():
            token = int(model(**batch).logits[0, -1].argmax())
        if token == end:
            break
        tokens.append(token)
        places = encoded.position_ids
        if places is not None:
            places = torch.cat([places, places[..., -1:] * 0 + places.max() + 1], dim=-1)
        encoded = dataclasses.replace(
            encoded,
            input_ids=torch.cat([encoded.input_ids, torch.tensor([token])]),
            labels=torch.cat([encoded.labels, torch.tensor([-100])]),
            position_ids=places,
            token_inputs={
                name: torch.cat([value, value[-1:] * 0])
                for name, value in encoded.token_inputs.items()
            },
        )
    return processor.tokenizer.decode(tokens, skip_special_tokens=True)


def test_they_are_those_of_full_passes_alone_and_together(parts):
    family, model, processor, examples = parts
    encoded = [family.encode(processor, example, None) for example in examples]
    assert len(encoded[0]) != len(encoded[1])
    wanted = [by_full_passes(family, model, processor, item) for item in encoded]
    found = generate_answers(model, family, processor, encoded, TOKENS)
    assert [answer.text for answer in found] == wanted
    alone = [generate_answers(model, family, processor, [item], TOKENS)[0] for item in encoded]
    assert alone == found


def test_a_given_label_begins_the_answer_and_is_read_with_the_request(parts):
    family, model, processor, examples = parts
    begun = [begin_answer(family, processor, example, "sad") for example in examples]
    for item, example in zip(begun, examples, strict=True):
        asked = family.encode(processor, dataclasses.replace(example, explained=True), None)
        added = item.input_ids[len(asked) :].tolist()
        assert added == family.label_ids(processor, "sad", True)
    wanted = [f"sad\n{by_full_passes(family, model, processor, item)}" for item in begun]
    found = generate_answers(model, family, processor, begun, TOKENS, ["sad\n"] * 2)
    assert [answer.text for answer in found] == wanted


def test_it_is_what_transformers_generates(tmp_path):
    chosen = options()
    family = open_family(chosen)
    model, processor = family.load(chosen.checkpoint, chosen)
    reader, labels = draw_shards(tmp_path / "shards", clips=3)
    examples = [open_example(row, reader, chosen) for row in write_rows(labels)]
    encoded = [family.encode(processor, example, None) for example in examples]
    batch = family.collate(encoded, "left")
    for name in ("labels", "position_ids"):  # it counts positions itself
        batch.pop(name)
    with torch.no_grad():
        peer = model.generate(**batch, max_new_tokens=TOKENS, do_sample=False)
    wanted = [
        processor.tokenizer.decode(row[batch["input_ids"].shape[1] :], skip_special_tokens=True)
        for row in peer
    ]
    found = generate_answers(model, family, processor, encoded, TOKENS)
    assert [answer.text for answer in found] == wanted


def test_an_answer_that_ends_early_is_whole_and_others_go_on(tmp_path):
    """A model that says its end at once: its output layer is turned towards that token."""
    chosen = options()
    family = open_family(chosen)
    model, processor = family.load(chosen.checkpoint, chosen)
    reader, labels = draw_shards(tmp_path / "shards", clips=3)
    example = open_example(write_rows(labels)[0], reader, chosen)
    encoded = [family.encode(processor, example, None)]
    assert generate_answers(model, family, processor, encoded, 1)[0].finish == "length"
    end = family.end_of_turn(processor)
    output_layer = model.lm_head.weight.data
    with torch.no_grad():
        batch = {k: v for k, v in family.collate(encoded).items() if k != "labels"}
        hidden = model(**batch, output_hidden_states=True).hidden_states[-1][0, -1]
    output_layer[end] = 100 * hidden
    assert generate_answers(model, family, processor, encoded, 9) == [("", "stop")]
