"""Scoring labels where attention takes no mask of ours: the request's cache once for each label."""

from __future__ import annotations

from typing import Any

from libra_emo.students.multimodal.inference.prefill import later_places


def score_repeated(model: Any, batch: dict[str, Any], read: Any, wanted: list[list[int]]) -> Any:
    """Return the labels' log-likelihoods, of shape (clips, labels).

    The cache is repeated for the labels, whose tokens are read as if each were the only one. It
    needs as many times the cache's room as there are labels.

    Args:
        model: In evaluation mode.
        batch: What it read, padded on the left.
        read: What it told, with its cache.
        wanted: The tokens of each label, its terminator included.
    """
    import torch

    device = batch["input_ids"].device
    first = read.logits[:, -1].float().log_softmax(dim=-1)
    starts = torch.tensor([tokens[0] for tokens in wanted], device=device)
    scores = first[:, starts]
    longest = max(len(tokens) for tokens in wanted)
    if longest == 1:
        return scores
    count, labels = len(scores), len(wanted)
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
    """Return the positions of the labels' tokens, where the family knows any."""
    import torch

    places = batch.get("position_ids")
    if places is None:
        return {}
    steps = torch.arange(1, length + 1, device=places.device)
    return {"position_ids": later_places(places, steps).repeat_interleave(labels, dim=-2)}
