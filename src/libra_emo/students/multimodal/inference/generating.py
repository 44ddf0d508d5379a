"""Answers that are generated token by token: a label with its explanation, or an explanation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import Encoded, Family
from libra_emo.students.multimodal.scoring.prefill import group_alike, later_positions, prefill

_CHECK_EVERY = 8  # tokens between checks whether all are done, each of which waits for the GPU


class GeneratedAnswer(NamedTuple):
    """An answer that a model generated.

    Attributes:
        text: The whole answer, its given beginning included.
        finish: `stop` where it ended by itself, `length` where it was cut.
    """

    text: str
    finish: Literal["stop", "length"]


def begin_answer(family: Family, processor: Any, example: Example, label: str) -> Encoded:
    """Return a request whose answer has begun with a label and a new line."""
    explained = dataclasses.replace(example, explained=True)
    whole = family.encode(processor, explained, f"{label}\n")
    kept = slice(len(whole) - 1)  # all but the end of the turn
    return dataclasses.replace(
        whole,
        input_ids=whole.input_ids[kept],
        labels=whole.labels[kept],
        position_ids=None if whole.position_ids is None else whole.position_ids[..., kept],
        token_inputs={name: value[kept] for name, value in whole.token_inputs.items()},
    )


def generate_answers(
    model: Any,
    family: Family,
    processor: Any,
    encoded: Sequence[Encoded],
    max_tokens: int,
    beginnings: Sequence[str] | None = None,
) -> list[GeneratedAnswer]:
    """Return a model's answers to requests, the most probable token at each place.

    Args:
        model: The model in evaluation mode.
        family: Family of the model.
        processor: Processor of the model.
        encoded: Requests, each with the beginning of its answer where that is given.
        max_tokens: Number of tokens after which an answer is cut.
        beginnings: Text of each beginning.
    """
    import torch

    end = family.end_of_turn(processor)
    answers: list[list[int]] = [[] for _ in encoded]
    with torch.inference_mode():
        for places in group_alike(encoded, family):
            group = [encoded[place] for place in places]
            generated = _generate(model, family, group, end, max_tokens).tolist()
            for place, tokens in zip(places, generated, strict=True):
                answers[place] = tokens
    given = beginnings or [""] * len(encoded)
    return [_to_answer(processor, *pair, end) for pair in zip(given, answers, strict=True)]


def _generate(
    model: Any, family: Family, group: Sequence[Encoded], end: int, max_tokens: int
) -> Any:
    """Return the tokens of answers, of shape (clips, tokens); after its end each repeats it."""
    import torch

    batch, output = prefill(model, family, group)
    mask, positions = batch["attention_mask"], batch.get("position_ids")
    generated: list[Any] = []
    done = torch.zeros(len(group), dtype=torch.bool, device=mask.device)
    for number in range(1, max_tokens + 1):
        token = output.logits[:, -1].argmax(dim=-1).masked_fill(done, end)
        generated.append(token)
        done = done | (token == end)
        if number == max_tokens or (number % _CHECK_EVERY == 0 and bool(done.all())):
            break
        mask = torch.cat([mask, mask.new_ones((len(mask), 1))], dim=1)
        next_position = {}
        if positions is not None:
            step = torch.tensor([number], device=positions.device)
            next_position = {"position_ids": later_positions(positions, step)}
        output = model(
            input_ids=token[:, None],
            attention_mask=mask,
            past_key_values=output.past_key_values,
            use_cache=True,
            **next_position,
        )
    return torch.stack(generated, dim=1)


def _to_answer(processor: Any, beginning: str, tokens: list[int], end: int) -> GeneratedAnswer:
    ended = end in tokens
    kept = tokens[: tokens.index(end)] if ended else tokens
    text = processor.tokenizer.decode(kept, skip_special_tokens=True)
    return GeneratedAnswer(f"{beginning}{text}", "stop" if ended else "length")
