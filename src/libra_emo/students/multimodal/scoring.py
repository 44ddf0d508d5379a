"""How probable each label is as the answer: one reading of the clip serves all labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import Encoded, Family


def score_labels(
    model: Any,
    family: Family,
    processor: Any,
    examples: Sequence[Example],
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """Return the log-likelihood of each label, with what ends it, as a clip's answer.

    The request is read once; its cache is repeated for the labels, whose tokens are then read side
    by side. The end (a new line, or the end of the turn) is part of each, so that no label gains
    from being the beginning of another.

    Args:
        model: In evaluation mode.
        family: Its own.
        processor: Its own.
        examples: Clips with their requests; answers are not looked at.
        labels: The candidates.

    Returns:
        A row an example, a column a label; not normalised over the labels.
    """
    import torch

    encoded = [family.encode(processor, example, None) for example in examples]
    found = np.zeros((len(examples), len(labels)))
    with torch.inference_mode():
        for places in _alike(encoded, examples, family.knows_positions):
            explained = examples[places[0]].explained
            wanted = [family.label_ids(processor, label, explained) for label in labels]
            some = [encoded[place] for place in places]
            found[places] = _score(model, family, some, wanted).double().cpu().numpy()
    return found


def _alike(
    encoded: Sequence[Encoded], examples: Sequence[Example], padded: bool
) -> list[list[int]]:
    """Return places that can be read together: answers end alike, lengths too if need be."""
    groups: dict[tuple[bool, int], list[int]] = {}
    for place, (item, example) in enumerate(zip(encoded, examples, strict=True)):
        groups.setdefault((example.explained, 0 if padded else len(item)), []).append(place)
    return list(groups.values())


def _score(model: Any, family: Family, some: Sequence[Encoded], wanted: list[list[int]]) -> Any:
    import torch

    device = next(model.parameters()).device
    batch = _on(family.collate(some, "left"), device)
    batch.pop("labels")
    read = model(**batch, use_cache=True, logits_to_keep=1)
    first = read.logits[:, -1].float().log_softmax(dim=-1)
    starts = torch.tensor([tokens[0] for tokens in wanted], device=device)
    scores = first[:, starts]
    longest = max(len(tokens) for tokens in wanted)
    if longest == 1:
        return scores
    count, labels = len(some), len(wanted)
    inputs = torch.zeros((labels, longest - 1), dtype=torch.long, device=device)
    targets = torch.full((labels, longest - 1), -1, device=device)
    for row, tokens in enumerate(wanted):
        inputs[row, : len(tokens) - 1] = torch.tensor(tokens[:-1], device=device)
        targets[row, : len(tokens) - 1] = torch.tensor(tokens[1:], device=device)
    cache = read.past_key_values
    cache.batch_repeat_interleave(labels)
    told = model(
        input_ids=inputs.repeat(count, 1),
        attention_mask=_mask(batch["attention_mask"], labels, longest - 1),
        past_key_values=cache,
        use_cache=True,
        **_places(batch, labels, longest - 1),
    )
    each = told.logits.float().log_softmax(dim=-1)
    aims = targets.repeat(count, 1)
    taken = each.gather(-1, aims.clamp(min=0)[..., None])[..., 0]
    rest = taken.masked_fill(aims < 0, 0.0).sum(dim=-1)
    return scores + rest.view(count, labels)


def _mask(mask: Any, labels: int, length: int) -> Any:
    import torch

    repeated = mask.repeat_interleave(labels, dim=0)
    return torch.cat([repeated, repeated.new_ones((len(repeated), length))], dim=1)


def _places(batch: dict[str, Any], labels: int, length: int) -> dict[str, Any]:
    """Return the positions of the labels' tokens: those after the highest of the request."""
    import torch

    places = batch.get("position_ids")
    if places is None:
        return {}
    steps = torch.arange(1, length + 1, device=places.device)
    if places.dim() == 3:
        highest = places.amax(dim=(0, 2)).repeat_interleave(labels)
        return {"position_ids": (highest[:, None] + steps).expand(3, -1, -1)}
    highest = places.amax(dim=1).repeat_interleave(labels)
    return {"position_ids": highest[:, None] + steps}


def _on(batch: dict[str, Any], device: Any) -> dict[str, Any]:
    return {
        name: value.to(device) if hasattr(value, "to") else value for name, value in batch.items()
    }
