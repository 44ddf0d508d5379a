"""Answers written out token by token: a label with its explanation, or that of a given label."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import Encoded, Family
from libra_emo.students.multimodal.inference.prefill import group_alike, later_places, read_requests

_LOOK_EVERY = 8  # tokens between looks at whether all are done, each of which waits for the GPU


class Answer(NamedTuple):
    """What a model wrote.

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


def write_answers(
    model: Any,
    family: Family,
    processor: Any,
    encoded: Sequence[Encoded],
    max_tokens: int,
    beginnings: Sequence[str] | None = None,
) -> list[Answer]:
    """Return what a model answers to requests, the most probable token at each place.

    Args:
        model: In evaluation mode.
        family: Its own.
        processor: Its own.
        encoded: The requests, and as much of each answer as is given.
        max_tokens: After which an answer is cut.
        beginnings: The text of what is given.
    """
    import torch

    end = family.end_of_turn(processor)
    found: list[list[int]] = [[] for _ in encoded]
    with torch.inference_mode():
        for places in group_alike(encoded, family):
            some = [encoded[place] for place in places]
            told = _write(model, family, some, end, max_tokens).tolist()
            for place, tokens in zip(places, told, strict=True):
                found[place] = tokens
    given = beginnings or [""] * len(encoded)
    return [_to_answer(processor, *pair, end) for pair in zip(given, found, strict=True)]


def _write(model: Any, family: Family, some: Sequence[Encoded], end: int, most: int) -> Any:
    """Return the tokens of answers, of shape (clips, tokens); after its end each repeats it."""
    import torch

    batch, read = read_requests(model, family, some)
    mask, places = batch["attention_mask"], batch.get("position_ids")
    written: list[Any] = []
    done = torch.zeros(len(some), dtype=torch.bool, device=mask.device)
    for number in range(1, most + 1):
        token = read.logits[:, -1].argmax(dim=-1).masked_fill(done, end)
        written.append(token)
        done = done | (token == end)
        if number == most or (number % _LOOK_EVERY == 0 and bool(done.all())):
            break
        mask = torch.cat([mask, mask.new_ones((len(mask), 1))], dim=1)
        where = {}
        if places is not None:
            step = torch.tensor([number], device=places.device)
            where = {"position_ids": later_places(places, step)}
        read = model(
            input_ids=token[:, None],
            attention_mask=mask,
            past_key_values=read.past_key_values,
            use_cache=True,
            **where,
        )
    return torch.stack(written, dim=1)


def _to_answer(processor: Any, beginning: str, tokens: list[int], end: int) -> Answer:
    ended = end in tokens
    kept = tokens[: tokens.index(end)] if ended else tokens
    text = processor.tokenizer.decode(kept, skip_special_tokens=True)
    return Answer(f"{beginning}{text}", "stop" if ended else "length")
