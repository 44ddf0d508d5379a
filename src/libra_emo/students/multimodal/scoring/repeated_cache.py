"""Scoring where attention takes no mask of ours: the request's cache is repeated for each label."""

from __future__ import annotations

from typing import Any

from libra_emo.students.multimodal.scoring.prefill import later_positions


def score_repeated(model: Any, batch: dict[str, Any], output: Any, labels: list[list[int]]) -> Any:
    """Return the labels' log-likelihoods, of shape (clips, labels).

    The cache is repeated for the labels, and the tokens of each label are read behind a cache of
    its own. This needs as many times the cache's memory as there are labels.

    Args:
        model: The model in evaluation mode.
        batch: The requests that were read, padded on the left.
        output: The model's output for them, with its cache.
        labels: Tokens of each label, its terminator included.
    """
    import torch

    device = batch["input_ids"].device
    first = output.logits[:, -1].float().log_softmax(dim=-1)
    starts = torch.tensor([tokens[0] for tokens in labels], device=device)
    scores = first[:, starts]
    longest = max(len(tokens) for tokens in labels)
    if longest == 1:
        return scores
    clips, count = len(scores), len(labels)
    inputs = torch.zeros((count, longest - 1), dtype=torch.long, device=device)
    targets = torch.full((count, longest - 1), -1, device=device)
    for row, tokens in enumerate(labels):
        inputs[row, : len(tokens) - 1] = torch.tensor(tokens[:-1], device=device)
        targets[row, : len(tokens) - 1] = torch.tensor(tokens[1:], device=device)
    cache = output.past_key_values
    cache.batch_repeat_interleave(count)
    logits = model(
        input_ids=inputs.repeat(clips, 1),
        attention_mask=_repeat_mask(batch["attention_mask"], count, longest - 1),
        past_key_values=cache,
        use_cache=True,
        **_repeat_positions(batch, count, longest - 1),
    ).logits
    log_shares = logits.float().log_softmax(dim=-1)
    goals = targets.repeat(clips, 1)
    taken = log_shares.gather(-1, goals.clamp(min=0)[..., None])[..., 0]
    rest = taken.masked_fill(goals < 0, 0.0).sum(dim=-1)
    return scores + rest.view(clips, count)


def _repeat_mask(mask: Any, count: int, length: int) -> Any:
    import torch

    repeated = mask.repeat_interleave(count, dim=0)
    return torch.cat([repeated, repeated.new_ones((len(repeated), length))], dim=1)


def _repeat_positions(batch: dict[str, Any], count: int, length: int) -> dict[str, Any]:
    """Return the positions of the labels' tokens, where the family knows any."""
    import torch

    positions = batch.get("position_ids")
    if positions is None:
        return {}
    steps = torch.arange(1, length + 1, device=positions.device)
    later = later_positions(positions, steps)
    return {"position_ids": later.repeat_interleave(count, dim=-2)}
